#include "log_escape.h"

#include <cstdint>
#include <cstring>

#include "utf8.h"

namespace codex::telemetry {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101U;
constexpr std::uint64_t kHighBits = 0x8080808080808080U;

// The high bit of a byte is set where the byte of `word` is zero; right as far as the question is
// whether there is any.
std::uint64_t zero_bytes(std::uint64_t word) {
  return (word - kOnes) & ~word & kHighBits;
}

// Whether all eight bytes are printable ASCII, and for JSON none of them " or backslash.
template <bool kJson>
bool plain_ascii(std::uint64_t word) {
  std::uint64_t bad = word & kHighBits;
  bad |= (word - kOnes * 0x20) & ~word & kHighBits;  // below 0x20
  bad |= zero_bytes(word ^ (kOnes * 0x7F));
  if constexpr (kJson) bad |= zero_bytes(word ^ (kOnes * '"')) | zero_bytes(word ^ (kOnes * '\\'));
  return bad == 0;
}

template <bool kJson>
bool plain_ascii(char c) {
  return c >= 0x20 && c < 0x7F && (!kJson || (c != '"' && c != '\\'));
}

bool unsafe(char32_t value) {
  return value < 0x20 || (value >= 0x7F && value < 0xA0) || value == 0x61C || value == 0x200E ||
         value == 0x200F || (value >= 0x2028 && value <= 0x202E) ||
         (value >= 0x2066 && value <= 0x206F) || utf8::is_surrogate(value);
}

void append_hex(std::string& out, char32_t value, int digits) {
  constexpr std::string_view kHex = "0123456789abcdef";
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
    out += kHex[(value >> shift) & 0xF];
}

template <bool kJson>
void append_escape(std::string& out, char32_t value) {
  // Characters that have an escape of two letters, and the second one.
  constexpr std::string_view kShort = kJson ? "\n\r\t\"\\\b\f" : "\n\r\t";
  constexpr std::string_view kLetters = "nrt\"\\bf";
  out += '\\';
  const std::size_t known =
      value < 0x80 ? kShort.find(static_cast<char>(value)) : std::string_view::npos;
  if (known != std::string_view::npos) {
    out += kLetters[known];
  } else if (!kJson && value < 0x100) {
    out += 'x';
    append_hex(out, value, 2);
  } else {
    out += 'u';  // nothing beyond U+FFFF is unsafe
    append_hex(out, value, 4);
  }
}

template <bool kJson>
void append_escaped(std::string& out, std::string_view text) {
  std::size_t copied = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    std::uint64_t word = 0;
    if (text.size() - at >= sizeof word) {
      std::memcpy(&word, text.data() + at, sizeof word);
      if (plain_ascii<kJson>(word)) {
        at += sizeof word;
        continue;
      }
    }
    if (plain_ascii<kJson>(text[at])) {
      ++at;
      continue;
    }
    const utf8::CodePoint point = utf8::decode(text, at);
    if (unsafe(point.value) || point.value < 0x7F) {
      out.append(text, copied, at - copied);
      append_escape<kJson>(out, point.value);
      copied = at + point.size;
    }
    at += point.size;
  }
  out.append(text, copied);
}

}  // namespace

void append_plain(std::string& out, std::string_view text) {
  append_escaped<false>(out, text);
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  append_escaped<true>(out, text);
  out += '"';
}

}  // namespace codex::telemetry
