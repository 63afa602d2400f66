#include "python_utf8.h"

#include <cstdio>

namespace codex::telemetry {
namespace {

constexpr const char* kCut = "unexpected end of data";

// A stretch of bytes that is no UTF-8, and why.
struct Undecodable {
  std::size_t begin;
  std::size_t end;
  const char* reason;
};

// CPython Objects/stringlib/codecs.h, utf8_decode: how far a bad sequence reaches.
std::optional<Undecodable> find_undecodable(std::string_view bytes, std::size_t from) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  for (std::size_t i = from; i < bytes.size();) {
    const unsigned lead = at(i);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    if (lead < 0xC2 || lead > 0xF4) return Undecodable{i, i + 1, "invalid start byte"};
    const std::size_t need = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    for (std::size_t next = i + 1; next < i + need; ++next) {
      if (next >= bytes.size()) return Undecodable{i, next, kCut};
      const bool first = next == i + 1;
      const unsigned low = !first ? 0x80 : lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
      const unsigned high = !first ? 0xBF : lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
      if (at(next) < low || at(next) > high) {
        return Undecodable{i, next, "invalid continuation byte"};
      }
    }
    i += need;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> utf8_decode_error(std::string_view bytes) {
  const std::optional<Undecodable> bad = find_undecodable(bytes, 0);
  if (!bad) return std::nullopt;
  char text[128];
  if (bad->end - bad->begin == 1) {
    std::snprintf(text, sizeof text, "'utf-8' codec can't decode byte 0x%02x in position %zu: %s",
                  static_cast<unsigned char>(bytes[bad->begin]), bad->begin, bad->reason);
  } else {
    std::snprintf(text, sizeof text, "'utf-8' codec can't decode bytes in position %zu-%zu: %s",
                  bad->begin, bad->end - 1, bad->reason);
  }
  return text;
}

std::size_t utf8_cut_tail(std::string_view bytes) {
  const std::optional<Undecodable> bad = find_undecodable(bytes, 0);
  const bool cut = bad && std::string_view(bad->reason) == kCut;
  return cut ? bytes.size() - bad->begin : 0;
}

std::string utf8_decode_replacing(std::string_view bytes) {
  std::string text;
  std::size_t from = 0;
  while (const std::optional<Undecodable> bad = find_undecodable(bytes, from)) {
    text.append(bytes.substr(from, bad->begin - from)).append("\xEF\xBF\xBD");
    from = bad->end;
  }
  return text.append(bytes.substr(from));
}

}  // namespace codex::telemetry
