// Owns the order of a tape of exec while peers play it to a client: who is which process of the
// tape, what goes out next, and whether the client is still on script. No input or output of its
// own: whoever holds the sockets tells it what came, and sends what it commands.
//
//   Conductor conductor(tape);
//   conductor.started(7, {"exec", "-"});  conductor.input_ended(7, "say hi");
//   for (auto& [peer, order] : conductor.take_commands()) …  // then conductor.acknowledged(peer)
#ifndef HARNESS_PEER_CONDUCTOR_H_
#define HARNESS_PEER_CONDUCTOR_H_

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/model/observation.h"
#include "harness/peer/plan.h"
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
    kEnd,        // nothing is left to play
    kStalled,    // the same, and a process stays that will never say another byte
    kOffScript,  // nothing is commanded any more
  };

  // Where the client left the script: the reason names the tape's file and line.
  struct OffScript {
    std::size_t line = 0;
    std::string reason;
  };

  // The tape must outlive the conductor.
  explicit Conductor(const Tape& tape);

  void started(PeerId peer, std::vector<std::string> argv);
  void input_ended(PeerId peer, std::string input);
  void acknowledged(PeerId peer);
  // The peer's process is no more: it exited as ordered, or the client has killed it, which leaves
  // what it had still to say unsaid and is not off script.
  void gone(PeerId peer);
  // The client is done, or is waited for no longer: a `>` that never came is off script.
  void finish();

  std::vector<Command> take_commands();
  State state() const;
  const std::optional<OffScript>& off_script() const { return off_script_; }
  // What the client sent: "exec" in lane wire/call:K for the K-th process of the tape, in order.
  std::vector<Observation> observations() const;

 private:
  struct Peer {
    std::vector<std::string> argv;
    std::optional<std::string> input;
    std::optional<std::size_t> process;  // once it is known
  };
  struct Process {
    std::optional<PeerId> peer;  // once it was started
    bool gone = false;
    bool stalled = false;
  };

  bool needs_input(const std::vector<std::string>& argv) const;
  void pair(PeerId id, Peer& peer);
  void advance();
  void leave_script(std::size_t line, std::string reason);
  void refuse(const std::vector<std::string>& argv);

  const Tape& tape_;
  const Plan plan_;
  std::vector<Process> processes_;  // as in plan_.processes
  std::vector<std::size_t> taken_;  // entries that were paired, as harness/tape/pairing.h has it
  std::map<PeerId, Peer> peers_;    // those that are gone too: what they sent was observed
  std::size_t next_ = 0;            // step
  std::optional<PeerId> busy_;      // has an order that it has not acknowledged
  std::vector<Command> commands_;
  std::optional<OffScript> off_script_;
};

}  // namespace codex::harness

#endif  // HARNESS_PEER_CONDUCTOR_H_
