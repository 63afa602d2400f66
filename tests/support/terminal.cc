#include "tests/support/terminal.h"

#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <string_view>

#include <gtest/gtest.h>

extern char** environ;

namespace codex::test {

Shown run_on_terminal(const TerminalCall& call) {
  // Made before the fork: the child may only call what is safe there.
  std::vector<std::string> variables = call.environment;
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string_view variable = *each;
    bool again = variable.substr(0, 3) == "CI=";
    for (const std::string& own : call.environment) {
      const std::size_t name = own.find('=') + 1;
      again = again || variable.substr(0, name) == std::string_view(own).substr(0, name);
    }
    if (!again) variables.emplace_back(variable);
  }
  std::vector<char*> argv;
  std::vector<char*> environment;
  for (const std::string& word : call.argv) argv.push_back(const_cast<char*>(word.c_str()));
  for (const std::string& each : variables) environment.push_back(const_cast<char*>(each.c_str()));
  argv.push_back(nullptr);
  environment.push_back(nullptr);

  winsize size{};
  size.ws_row = 24;
  size.ws_col = call.columns;
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, &size);
  if (child == 0) {
    if (call.folder.empty() || ::chdir(call.folder.c_str()) == 0) {
      ::execve(argv[0], argv.data(), environment.data());
    }
    ::_exit(127);
  }
  EXPECT_GT(child, 0) << "no terminal";
  if (child < 0) return {};
  EXPECT_EQ(::write(terminal, call.keys.data(), call.keys.size()),
            static_cast<ssize_t>(call.keys.size()));
  Shown shown;
  char chunk[4096];
  for (ssize_t got; (got = ::read(terminal, chunk, sizeof chunk)) > 0;) {
    shown.text.append(chunk, static_cast<std::size_t>(got));
  }
  ::close(terminal);
  int raw = 0;
  ::waitpid(child, &raw, 0);
  shown.status = WIFEXITED(raw) ? WEXITSTATUS(raw) : -1;
  return shown;
}

}  // namespace codex::test
