// Is this UTF-8?
#ifndef HARNESS_MODEL_UTF8_H_
#define HARNESS_MODEL_UTF8_H_

#include <cstddef>
#include <string_view>

namespace codex::harness {

// The offset of the first byte that is not UTF-8 (surrogates, overlong forms and what is beyond
// U+10FFFF are not), npos where all are.
std::size_t find_invalid_utf8(std::string_view bytes);

inline bool is_utf8(std::string_view bytes) {
  return find_invalid_utf8(bytes) == std::string_view::npos;
}

}  // namespace codex::harness

#endif  // HARNESS_MODEL_UTF8_H_
