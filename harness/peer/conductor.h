// Owns the order of a tape while peers play it to a client: who is which process of the tape, what
// goes out next, and whether the client is still on script. No input or output of its own: whoever
// holds the sockets tells it what came, and sends what it commands.
//
//   auto conductor = make_conductor(tape);
//   conductor->started(7, {"exec", "-"});  conductor->input_ended(7, "say hi");
//   for (auto& [peer, order] : conductor->take_commands()) …  // then conductor->acknowledged(peer)
#ifndef HARNESS_PEER_CONDUCTOR_H_
#define HARNESS_PEER_CONDUCTOR_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codex/telemetry/json.h"
#include "harness/model/observation.h"
#include "harness/peer/protocol.h"
#include "harness/tape/tape.h"

namespace codex::harness {

class Conductor {
 public:
  using PeerId = int;  // of the caller's choice, never used twice
  struct Command {
    PeerId peer = 0;
    Order order;
  };
  enum class State {
    kPlaying,    // an order is under way
    kWaiting,    // for a `>`
    kHolding,    // for a call of the client to come back
    kEnd,        // nothing is left to play
    kStalled,    // the same, and a process stays that will never say another byte
    kOffScript,  // nothing is commanded any more
  };
  // Where the client left the script: the reason names the tape's file and line.
  struct OffScript {
    std::size_t line = 0;
    std::string reason;
  };

  Conductor() = default;
  Conductor(const Conductor&) = delete;
  Conductor& operator=(const Conductor&) = delete;
  virtual ~Conductor() = default;

  // ---- what peers say ----
  virtual void started(PeerId peer, std::vector<std::string> argv) = 0;
  // One line of stdin, without its LF, as it came.
  virtual void received(PeerId /*peer*/, std::string /*line*/) {}
  // With what was not received line by line.
  virtual void input_ended(PeerId peer, std::string input) = 0;
  virtual void acknowledged(PeerId peer) = 0;
  // The peer's process is no more: it exited as ordered, or the client has ended it.
  virtual void gone(PeerId peer) = 0;

  // ---- what the process that hosts the client is told, and says ----
  // What its adapter needs of the tape; null where it needs nothing.
  virtual json::Value script() const { return {}; }
  // Lines for it, in order.
  virtual std::vector<json::Value> take_words() { return {}; }
  // False where that is none of the words that this conductor knows.
  virtual bool heard(const json::Value& /*said*/) { return false; }

  // The client is done, or is waited for no longer: a `>` that never came is off script.
  virtual void finish() = 0;

  virtual std::vector<Command> take_commands() = 0;
  virtual State state() const = 0;
  virtual const std::optional<OffScript>& off_script() const = 0;
  // What the client sent, in the order of the tape.
  virtual std::vector<Observation> observations() const = 0;
};

// The one for the tape's transport. The tape must outlive it.
std::unique_ptr<Conductor> make_conductor(const Tape& tape);

}  // namespace codex::harness

#endif  // HARNESS_PEER_CONDUCTOR_H_
