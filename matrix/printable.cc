#include "matrix/printable.h"

#include <algorithm>

#include "golden/ci_command.h"
#include "golden/json_text.h"
#include "harness/model/utf8.h"

namespace codex::matrix {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

bool is_tail(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

// `text` starts with a whole UTF-8 sequence; tells its size and its code point.
char32_t decode(std::string_view text, std::size_t& size) {
  size = 1;
  while (size < text.size() && is_tail(text[size]))
    ++size;
  const auto lead = static_cast<unsigned char>(text.front());
  if (size == 1) return lead;
  char32_t point = lead & (0xffU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    point = (point << 6) | (static_cast<unsigned char>(text[i]) & 0x3fU);
  }
  return point;
}

// No characters at all, or such as nobody sees: noncharacters, tags.
bool is_hidden(char32_t point) {
  return (point & 0xfffe) == 0xfffe || (point >= 0xfdd0 && point <= 0xfdef) ||
         (point >= 0xe0000 && point <= 0xe0fff);
}

void append_escape(std::string& out, char32_t unit) {
  out += "\\u";
  for (const unsigned shift : {12U, 8U, 4U, 0U})
    out += kHex[(unit >> shift) & 0xf];
}

void append_valid(std::string& out, std::string_view text) {
  while (!text.empty()) {
    std::size_t size = 0;
    const char32_t point = decode(text, size);
    if (golden::is_unsafe(point) || is_hidden(point) || golden::begins_ci_command(text)) {
      if (point > 0xffff) append_escape(out, 0xd800 + ((point - 0x10000) >> 10));
      append_escape(out, point > 0xffff ? 0xdc00 + (point & 0x3ff) : point);
    } else {
      out += text.substr(0, size);
    }
    text.remove_prefix(size);
  }
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  // At the begin of a line it is a command to a build service.
  const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
  if (text.substr(begin).starts_with("::")) {
    out = std::string(text.substr(0, begin)) + "\\u003a";
    text.remove_prefix(begin + 1);
  }
  while (!text.empty()) {
    const std::size_t valid = std::min(harness::find_invalid_utf8(text), text.size());
    append_valid(out, text.substr(0, valid));
    text.remove_prefix(valid);
    if (text.empty()) break;
    const auto byte = static_cast<unsigned char>(text.front());
    out += "\\x";
    out += kHex[byte >> 4];
    out += kHex[byte & 0xf];
    text.remove_prefix(1);
  }
  return out;
}

std::string shortened(std::string text, std::size_t longest) {
  const auto count = static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !is_tail(c); }));
  if (longest == 0 || count <= longest) return text;
  std::size_t end = 0;
  for (std::size_t points = 0; points < longest; ++points) {
    ++end;
    while (end < text.size() && is_tail(text[end]))
      ++end;
  }
  return text.substr(0, end) + "… (" + std::to_string(count) + " characters)";
}

std::string printable_value(const json::Value& value, std::size_t longest) {
  return shortened(golden::shown(value), longest);
}

}  // namespace codex::matrix
