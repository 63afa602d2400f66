#include "golden/ci_command.h"

#include <cstddef>

namespace codex::golden {

bool begins_ci_command(std::string_view text) {
  if (!text.starts_with("##")) return false;
  std::size_t at = 2;
  while (at < text.size() && ((text[at] | 0x20) >= 'a' && (text[at] | 0x20) <= 'z')) ++at;
  return at < text.size() && text[at] == '[';
}

}  // namespace codex::golden
