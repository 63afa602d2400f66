// The codex side of an exec tape for the cpp subject: feeds each process's bytes to its observer
// in the order of the tape.
#ifndef HARNESS_AGENT_RUN_TAPE_PLAYER_H_
#define HARNESS_AGENT_RUN_TAPE_PLAYER_H_

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "codex/telemetry/exec_observer.h"
#include "harness/tape/tape.h"

namespace codex::harness {

class TapePlayer {
 public:
  // Someone who started a process and waits for its end.
  struct Client {
    telemetry::ExecObserver* observer = nullptr;
    std::function<void()> enter;    // before the observer is fed: makes the call current
    std::function<void()> leave;    // after
    std::function<bool()> done;     // the client waits no longer (it failed, or the process ended)
    // No byte for so long: gives up, or false when it would wait on.
    std::function<bool(double milliseconds)> silent;
  };
  struct OffScript {
    std::size_t line = 0;
    std::string reason;
  };

  explicit TapePlayer(const Tape& tape);

  // A process is started: the number of its `>` on the tape, or why the tape has no such one.
  std::variant<std::size_t, OffScript> start(const std::vector<std::string>& argv,
                                             const std::string& standard_input, Client client);
  enum class End { kAllDone, kHang, kOffScript };
  // Plays until every client is done.
  End play();
  // After the run: a `>` that never came.
  std::optional<OffScript> missing() const;
  const OffScript& off_script() const { return off_script_; }

 private:
  // Per process of the tape, by its number less one.
  struct Process {
    std::size_t last_entry = 0;  // index of the last entry that belongs to it
    bool taken = false;
    bool ended = false;
    Client client;
  };
  // False when the process will never say another byte and its client waits for ever.
  bool feed(Process& process, const Entry& entry);
  void end(Process& process, std::optional<int> exit, std::optional<int> signal);
  bool silence(Process& process, double milliseconds);
  bool all_done() const;

  const Tape& tape_;
  std::vector<Process> processes_;
  std::vector<std::size_t> taken_;  // entry indices of the `>` that were paired
  std::size_t next_ = 0;
  OffScript off_script_;
};

}  // namespace codex::harness

#endif  // HARNESS_AGENT_RUN_TAPE_PLAYER_H_
