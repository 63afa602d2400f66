#include "tests/support/on_terminal.h"

#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace codex::test {

std::string on_terminal(const std::vector<std::string>& argv, const Terminal& terminal) {
  std::vector<char*> words;
  for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  winsize size{};
  size.ws_col = static_cast<unsigned short>(terminal.columns);
  size.ws_row = 50;
  int screen = -1;
  const pid_t pid = ::forkpty(&screen, nullptr, nullptr, &size);
  if (pid < 0) return "";
  if (pid == 0) {
    ::setenv("LC_ALL", terminal.locale.c_str(), 1);
    ::setenv("TERM", "xterm", 1);
    ::execv(words[0], words.data());
    ::_exit(127);
  }
  std::string shown;
  char bytes[4096];
  // The end of a terminal is an error to read.
  for (ssize_t got = 0; (got = ::read(screen, bytes, sizeof bytes)) > 0;) {
    shown.append(bytes, static_cast<std::size_t>(got));
  }
  ::close(screen);
  ::waitpid(pid, nullptr, 0);
  return shown;
}

}  // namespace codex::test
