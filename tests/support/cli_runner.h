// Runs a real program as a user's shell would, and keeps what it printed.
#ifndef TESTS_SUPPORT_CLI_RUNNER_H_
#define TESTS_SUPPORT_CLI_RUNNER_H_

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace codex::test {

struct Call {
  std::vector<std::string> argv;         // the first is the path of the program
  std::vector<std::string> environment;  // NAME=VALUE, and nothing else is there
  std::string folder;                    // to run in
  std::optional<mode_t> umask = {};      // else as here
  std::chrono::seconds limit{240};       // then the program is killed, with what it started
  std::optional<std::chrono::milliseconds> interrupt_after = {};  // SIGINT, as of Ctrl-C
};

struct Finished {
  std::string out;
  std::string err;
  int status = -1;     // exit status; 128 + N where signal N ended it
  bool late = false;   // killed at the limit
  double seconds = 0;
};
// For messages of failed tests.
std::ostream& operator<<(std::ostream& stream, const Finished& finished);

// stdin is empty, stdout and stderr are pipes: nothing is a terminal. Fails the test where the
// program is late or cannot be started.
Finished run_program(const Call& call);

// The processes whose programs lie in the folder.
std::vector<pid_t> running_in(const std::string& folder);

// codex-telemetry-diff in a folder of its own, with PATH, HOME and a locale alone.
class Tool {
 public:
  // `program` is its path, `home` what HOME says and where it runs.
  Tool(std::string program, std::string home);

  Finished run(std::vector<std::string> arguments) const;

  // For what is to be different in a run; each gives a changed copy.
  Tool with(const std::string& variable, const std::string& value) const;
  Tool in(const std::string& folder) const;
  Tool with_umask(mode_t mask) const;
  Tool interrupted_after(std::chrono::milliseconds time) const;

 private:
  Call call_;
};

}  // namespace codex::test

#endif  // TESTS_SUPPORT_CLI_RUNNER_H_
