// Words in a row.
#ifndef CLI_WORDS_H_
#define CLI_WORDS_H_

#include <string>
#include <string_view>
#include <vector>

namespace codex::cli {

// "a, b, c"
inline std::string joined(const std::vector<std::string>& words, std::string_view between = ", ") {
  std::string out;
  for (const std::string& word : words) {
    if (!out.empty()) out += between;
    out += word;
  }
  return out;
}

}  // namespace codex::cli

#endif  // CLI_WORDS_H_
