// The order of a tape of app-server: one peer, whose stdin and stdout are a JSON-RPC connection.
// The client sends each `>` when it is told that it is that one's turn, or before; a `<` goes out
// when every `>` before it has come, with the client's own id where it answers a request.
//
// What is said to the process that hosts the client, as JSON lines (N: the line of a `>`):
//   {"send":N}       everything before has come, was written and read, and where it answers calls,
//                    these came back
//   {"end":true,"closed":B}  nothing is left to play; closed: codex has ended the connection
// and what that says:
//   {"returned":N}   the call made for N came back or raised; of what starts a turn: and whoever
//                    consumes the turn is there. Until then nothing follows the response.
//   {"lost":true}    the client reads no more: what codex still had to say is dropped
//   {"idle":true}    after the end: every call came back. Codex then closes its output, so that the
//                    client has seen everything before its own end
//   {"refused":N,"why":"…"}  the client has no way to send that
#ifndef HARNESS_PEER_APP_SERVER_CONDUCTOR_H_
#define HARNESS_PEER_APP_SERVER_CONDUCTOR_H_

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/peer/conductor.h"
#include "harness/tape/tape.h"

namespace codex::harness {

class AppServerConductor : public Conductor {
 public:
  // The tape must outlive the conductor.
  explicit AppServerConductor(const Tape& tape);

  void started(PeerId peer, std::vector<std::string> argv) override;
  void received(PeerId peer, std::string line) override;
  void input_ended(PeerId peer, std::string input) override;
  void acknowledged(PeerId peer) override;
  void gone(PeerId peer) override;

  // {"messages":[{"line":N,"message":…},…] of the `>`, "answers":[…]}: for each of codex's requests
  // in order the `>` that answers it, null where the tape has none.
  json::Value script() const override;
  std::vector<json::Value> take_words() override;
  bool heard(const json::Value& said) override;

  void finish() override;
  std::vector<Command> take_commands() override;
  State state() const override;
  const std::optional<OffScript>& off_script() const override { return off_script_; }
  // In lane wire/run: "app-server", then what came, each under its method or as "response", in the
  // order of the tape; last what the tape lacks.
  std::vector<Observation> observations() const override;

 private:
  struct Step {
    std::size_t entry = 0;
    std::optional<Order> order;  // nothing: the `>` of this entry must have come
  };

  void advance();
  bool has_come(std::size_t entry);
  bool may_be_missing(std::size_t entry) const;
  bool awaits_calls(bool all) const;
  bool is_held() const;
  void play(const Step& step);
  void command(Order order);
  std::string with_client_ids(std::size_t entry);
  void end();

  void returned(std::size_t entry);
  void refused(std::size_t entry, std::string_view why);
  void lost();
  void idle();
  void refuse_message(const std::string& shown);
  void leave_script(std::size_t entry, const std::string& reason);

  const json::Value* message_of(std::size_t entry) const;
  std::optional<std::size_t> message_at(const json::Value* line) const;

  const Tape& tape_;
  std::vector<Step> steps_;
  std::size_t next_ = 0;  // step

  std::optional<PeerId> peer_;
  std::vector<std::string> argv_;
  std::optional<Order::Kind> busy_;  // it has this order, and has not acknowledged it
  bool gone_ = false;
  bool input_ended_ = false;
  bool closed_ = false;  // codex has ended the connection, as the tape says
  bool stalled_ = false;
  bool lost_ = false;

  // What the client sent, and what its calls did; all by entry of the tape.
  std::map<std::size_t, json::Value> came_;
  std::vector<std::size_t> taken_;  // the same, as harness/tape/rpc.h has it
  std::set<std::size_t> told_;      // it was told that it is their turn
  std::set<std::size_t> answered_;  // their response was written
  std::set<std::size_t> returned_;
  std::vector<json::Value> lacking_;   // came, and is not on the tape
  bool end_told_ = false;
  std::vector<json::Value> words_;
  std::vector<Command> commands_;
  std::optional<OffScript> off_script_;
};

}  // namespace codex::harness

#endif  // HARNESS_PEER_APP_SERVER_CONDUCTOR_H_
