// Runs a program on a terminal of its own: stdin, stdout and stderr are one.
#ifndef TESTS_SUPPORT_TERMINAL_H_
#define TESTS_SUPPORT_TERMINAL_H_

#include <string>
#include <vector>

namespace codex::test {

struct TerminalCall {
  std::vector<std::string> argv;             // the first is the path of the program
  std::vector<std::string> environment = {};  // NAME=VALUE, beside this process's own without CI
  std::string keys = {};                     // are typed at once
  unsigned short columns = 80;
  std::string folder = {};                   // to run in; empty: here
};

struct Shown {
  std::string text;  // all that was written, "\r\n" for each end of a line
  int status = -1;   // exit status; -1 where a signal ended it
};

Shown run_on_terminal(const TerminalCall& call);

}  // namespace codex::test

#endif  // TESTS_SUPPORT_TERMINAL_H_
