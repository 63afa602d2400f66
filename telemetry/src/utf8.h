// WTF-8 by code points: UTF-8 in which surrogates may stand, as in a Python str.
//
// Reading is total. A byte that belongs to no sequence reads as U+DC80..U+DCFF, the lone surrogate
// that Python's "surrogateescape" makes of it.
#ifndef CODEX_TELEMETRY_SRC_UTF8_H_
#define CODEX_TELEMETRY_SRC_UTF8_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace codex::utf8 {

struct CodePoint {
  char32_t value;
  std::size_t size;  // bytes, at least 1
  bool well_formed;  // false: one stray byte
};

// The code point that starts at `at`, which is less than text.size().
CodePoint decode(std::string_view text, std::size_t at);
// The code point that ends just before `end`, which is more than 0.
CodePoint decode_before(std::string_view text, std::size_t end);

// `value` is at most U+10FFFF; a surrogate is written as three bytes.
void append(std::string& out, char32_t value);

// The offset of the first byte that belongs to no sequence, or npos.
std::size_t find_ill_formed(std::string_view text);

constexpr bool is_high_surrogate(char32_t value) {
  return value >= 0xD800 && value <= 0xDBFF;
}
constexpr bool is_low_surrogate(char32_t value) {
  return value >= 0xDC00 && value <= 0xDFFF;
}
constexpr bool is_surrogate(char32_t value) {
  return value >= 0xD800 && value <= 0xDFFF;
}

}  // namespace codex::utf8

#endif  // CODEX_TELEMETRY_SRC_UTF8_H_
