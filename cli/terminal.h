// What the terminal that somebody looks at can show.
#ifndef CLI_TERMINAL_H_
#define CLI_TERMINAL_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace codex::cli {

// Columns of the terminal behind the descriptor; 0 where there is none or it does not say.
std::size_t terminal_width(int descriptor);

// What LC_ALL, else LC_CTYPE, else LANG says; an empty variable is one that is not set.
struct Locale {
  std::string variable;  // empty: none of them is set
  std::string name;
  // The name has UTF-8 in it. Without a name too: containers set none, and what shows them is a
  // terminal of today.
  bool is_utf8 = true;
};
Locale locale_of(const std::function<std::optional<std::string>(const std::string&)>& variable);
Locale locale_here();

}  // namespace codex::cli

#endif  // CLI_TERMINAL_H_
