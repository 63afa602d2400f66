// A program that believes it is used by somebody.
#ifndef TESTS_SUPPORT_ON_TERMINAL_H_
#define TESTS_SUPPORT_ON_TERMINAL_H_

#include <cstddef>
#include <string>
#include <vector>

namespace codex::test {

struct Terminal {
  std::size_t columns = 80;
  std::string locale;  // LC_ALL
};
// All that it writes on a terminal of its own; lines end in "\r\n" there.
std::string on_terminal(const std::vector<std::string>& argv, const Terminal& terminal);

}  // namespace codex::test

#endif  // TESTS_SUPPORT_ON_TERMINAL_H_
