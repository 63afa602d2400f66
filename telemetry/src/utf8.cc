#include "utf8.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace codex::utf8 {
namespace {

unsigned char byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

bool is_continuation(unsigned char byte) {
  return (byte & 0xC0) == 0x80;
}

// How long a sequence is by its first byte; 0 when none starts so.
std::size_t sequence_size(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xC2) return 0;
  if (lead < 0xE0) return 2;
  if (lead < 0xF0) return 3;
  return lead < 0xF5 ? 4 : 0;
}

CodePoint stray(unsigned char byte) {
  return {static_cast<char32_t>(0xDC00 + byte), 1, false};
}

char continuation(char32_t bits) {
  return static_cast<char>(0x80 | (bits & 0x3F));
}

}  // namespace

CodePoint decode(std::string_view text, std::size_t at) {
  const unsigned char lead = byte_at(text, at);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t size = sequence_size(lead);
  if (size == 0 || text.size() - at < size) return stray(lead);

  // The lead holds 7 - size bits of the value, each continuation six.
  char32_t value = static_cast<char32_t>(lead & (0x7F >> size));
  for (std::size_t i = 1; i < size; ++i) {
    const unsigned char byte = byte_at(text, at + i);
    if (!is_continuation(byte)) return stray(lead);
    value = (value << 6) | (byte & 0x3Fu);
  }
  const bool overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
  if (overlong || value > 0x10FFFF) return stray(lead);
  return {value, size, true};
}

CodePoint decode_before(std::string_view text, std::size_t end) {
  const std::size_t furthest = std::min<std::size_t>(end, 4);
  for (std::size_t size = 1; size <= furthest; ++size) {
    if (is_continuation(byte_at(text, end - size))) continue;
    const CodePoint point = decode(text.substr(0, end), end - size);
    if (point.size == size) return point;
    break;
  }
  return stray(byte_at(text, end - 1));
}

void append(std::string& out, char32_t value) {
  if (value < 0x80) {
    out += static_cast<char>(value);
    return;
  }
  if (value < 0x800) {
    out += static_cast<char>(0xC0 | (value >> 6));
  } else {
    if (value < 0x10000) {
      out += static_cast<char>(0xE0 | (value >> 12));
    } else {
      out += static_cast<char>(0xF0 | (value >> 18));
      out += continuation(value >> 12);
    }
    out += continuation(value >> 6);
  }
  out += continuation(value);
}

std::size_t find_ill_formed(std::string_view text) {
  constexpr std::uint64_t kNotAscii = 0x8080808080808080U;
  for (std::size_t at = 0; at < text.size();) {
    // Most of it is ASCII, eight bytes at a time.
    for (std::uint64_t bytes = 0; text.size() - at >= sizeof bytes; at += sizeof bytes) {
      std::memcpy(&bytes, text.data() + at, sizeof bytes);
      if ((bytes & kNotAscii) != 0) break;
    }
    if (at == text.size()) break;
    const CodePoint point = decode(text, at);
    if (!point.well_formed) return at;
    at += point.size;
  }
  return std::string_view::npos;
}

}  // namespace codex::utf8
