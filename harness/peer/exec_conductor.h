// The order of a tape of exec: one peer for each `>`, started by the client in any order and told
// apart by argv and stdin; what they say interleaves as on the tape.
#ifndef HARNESS_PEER_EXEC_CONDUCTOR_H_
#define HARNESS_PEER_EXEC_CONDUCTOR_H_

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/peer/conductor.h"
#include "harness/peer/plan.h"
#include "harness/tape/tape.h"

namespace codex::harness {

class ExecConductor : public Conductor {
 public:
  // The tape must outlive the conductor.
  explicit ExecConductor(const Tape& tape);

  void started(PeerId peer, std::vector<std::string> argv) override;
  void input_ended(PeerId peer, std::string input) override;
  void acknowledged(PeerId peer) override;
  // Where the client has killed it, what it had still to say stays unsaid; that is not off script.
  void gone(PeerId peer) override;
  void finish() override;

  std::vector<Command> take_commands() override;
  State state() const override;
  const std::optional<OffScript>& off_script() const override { return off_script_; }
  // "exec" in lane wire/call:K for the K-th process of the tape.
  std::vector<Observation> observations() const override;

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

#endif  // HARNESS_PEER_EXEC_CONDUCTOR_H_
