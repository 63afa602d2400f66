// A program that a test talks to while it runs.
#ifndef TESTS_SUPPORT_LIVE_PROGRAM_H_
#define TESTS_SUPPORT_LIVE_PROGRAM_H_

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/subject/fd.h"

namespace codex::test {

// Nothing here waits longer than a minute: then it gives up, and the test fails.
class LiveProgram {
 public:
  // In a process group of its own; stdin, stdout and stderr are pipes.
  LiveProgram(std::vector<std::string> argv, const std::string& folder);
  LiveProgram(const LiveProgram&) = delete;
  LiveProgram& operator=(const LiveProgram&) = delete;
  // Kills what is left of the group.
  ~LiveProgram();

  pid_t pid() const { return pid_; }
  void write(std::string_view bytes);
  void close_input() { input_.reset(); }
  void close_output() { output_.reset(); }
  // The reader of stdin has gone. Waits for it.
  bool input_is_gone();
  // At least so many bytes, less at the end.
  std::string read(std::size_t bytes);
  // Until this text has come on stdout.
  bool read_until(std::string_view text);
  // stdout has ended. Waits for it.
  bool output_ends();

  // Writes `input` in pieces of these sizes (over and over), ends stdin, and reads both outputs to
  // their ends.
  void converse(std::string_view input, const std::vector<std::size_t>& pieces);
  const std::string& out() const { return out_; }
  const std::string& err() const { return err_; }

  void signal(int number) const;
  // As waitpid(2) has it; `options` too.
  int wait(int options = 0);

 private:
  pid_t pid_ = 0;
  bool waited_ = false;
  harness::Fd input_;
  harness::Fd output_;
  harness::Fd error_;
  std::string out_;  // that was read
  std::string err_;
};

// Runs it with empty stdin to its end.
struct Ended {
  int status = 0;  // as waitpid(2) has it
  std::string out;
  std::string err;
};
Ended run_to_end(std::vector<std::string> argv, const std::string& folder);

// True as soon as `condition` holds, false after a minute.
template <typename Condition>
bool eventually(const Condition& condition);

void nap();

template <typename Condition>
bool eventually(const Condition& condition) {
  for (int i = 0; i < 6000; ++i) {
    if (condition()) return true;
    nap();
  }
  return false;
}

}  // namespace codex::test

#endif  // TESTS_SUPPORT_LIVE_PROGRAM_H_
