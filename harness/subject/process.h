// Worker processes: started with one socket and nothing else of ours, and never left behind.
#ifndef HARNESS_SUBJECT_PROCESS_H_
#define HARNESS_SUBJECT_PROCESS_H_

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "harness/model/result.h"
#include "harness/subject/fd.h"

namespace codex::harness {

// How a process ended. `signal` is 0 unless it was killed.
struct ProcessExit {
  int status = 0;
  int signal = 0;
  // "ended with status 3", "was killed by signal 9 (Killed)"
  std::string text() const;
};

struct SpawnOptions {
  std::vector<std::string> argv;         // the first is the path of the executable
  std::vector<std::string> environment;  // "NAME=VALUE"
  int socket = -1;                       // becomes descriptor 3
  bool capture_stderr = false;           // else it is thrown away
};

// A child in a process group of its own. Movable; the destructor kills what is left.
class Process {
 public:
  // stdin and stdout are /dev/null. Errors name the executable and the system's reason.
  static Result<Process> spawn(const SpawnOptions& options);

  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  ~Process();

  pid_t pid() const { return pid_; }
  // The reading end of the child's stderr, non-blocking; -1 where it is not captured.
  int stderr_fd() const { return stderr_.get(); }
  // Nothing if it has not ended within the time (0: only looks).
  std::optional<ProcessExit> wait(int timeout_ms);
  // Kills the whole group, and waits for the child.
  ProcessExit kill_group();

 private:
  Process(pid_t pid, Fd stderr_pipe) : pid_(pid), stderr_(std::move(stderr_pipe)) {}

  pid_t pid_ = 0;  // 0: moved from
  Fd stderr_;
  std::optional<ProcessExit> exit_;
};

}  // namespace codex::harness

#endif  // HARNESS_SUBJECT_PROCESS_H_
