#include "cli/ascii_stream.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string_view>

namespace codex::cli {
namespace {

// Bytes of the character that this one begins; 0: it begins none.
std::size_t length_of(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  return first >= 0xF0 && first < 0xF5 ? 4 : 0;
}

std::uint32_t decoded(std::string_view bytes) {
  const auto first = static_cast<unsigned char>(bytes[0]);
  std::uint32_t point = bytes.size() == 2 ? first & 0x1Fu : bytes.size() == 3 ? first & 0x0Fu : first & 0x07u;
  for (const char c : bytes.substr(1)) point = point << 6 | (static_cast<unsigned char>(c) & 0x3Fu);
  return point;
}

std::string escaped(std::uint32_t point) {
  char text[16];
  if (point < 0x10000) {
    std::snprintf(text, sizeof text, "\\u%04x", point);
  } else {
    point -= 0x10000;
    std::snprintf(text, sizeof text, "\\u%04x\\u%04x", 0xD800 + (point >> 10), 0xDC00 + (point & 0x3FF));
  }
  return text;
}

}  // namespace

AsciiStream::AsciiStream(std::ostream& to) : std::ostream(nullptr), buffer_(to) { rdbuf(&buffer_); }

void AsciiStream::Buffer::give_up() {
  for (const char c : pending_) {
    char text[8];
    std::snprintf(text, sizeof text, "\\x%02x", static_cast<unsigned char>(c));
    to_ << text;
  }
  pending_.clear();
}

void AsciiStream::Buffer::put(unsigned char byte) {
  const bool continues = (byte & 0xC0) == 0x80;
  if (!pending_.empty() && !continues) give_up();
  if (byte < 0x80) {
    to_.put(static_cast<char>(byte));
    return;
  }
  pending_ += static_cast<char>(byte);
  const std::size_t length = length_of(static_cast<unsigned char>(pending_[0]));
  if (length == 0) return give_up();
  if (pending_.size() < length) return;
  const std::uint32_t point = decoded(pending_);
  pending_.clear();
  to_ << (point == 0x2192 ? "->" : point == 0x2026 ? "..." : escaped(point));
}

AsciiStream::Buffer::int_type AsciiStream::Buffer::overflow(int_type c) {
  if (c != traits_type::eof()) put(static_cast<unsigned char>(c));
  return to_ ? traits_type::not_eof(c) : traits_type::eof();
}

int AsciiStream::Buffer::sync() {
  to_.flush();
  return to_ ? 0 : -1;
}

}  // namespace codex::cli
