// str and repr as Python 3.11 prints them, and strings by code points.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <iterator>

#include "codex/telemetry/json.h"
#include "utf8.h"

namespace codex::json {
namespace {

// Both ends belong to the range.
struct Range {
  char32_t first;
  char32_t last;
};

// kNotPrintable and kWhitespace: sorted ranges.
#include "unicode_tables.inc"

template <std::size_t kSize>
bool contains(const Range (&ranges)[kSize], char32_t value) {
  const Range* const behind =
      std::upper_bound(std::begin(ranges), std::end(ranges), value,
                       [](char32_t v, const Range& range) { return v < range.first; });
  return behind != std::begin(ranges) && value <= std::prev(behind)->last;
}

bool is_printable(char32_t value) {
  if (value < 0x7F) return value >= 0x20;
  return !contains(kNotPrintable, value);
}

void append_hex(std::string& out, char32_t value, int width) {
  constexpr std::string_view kHex = "0123456789abcdef";
  for (int shift = 4 * (width - 1); shift >= 0; shift -= 4)
    out += kHex[(value >> shift) & 0xF];
}

void append_escape(std::string& out, char32_t value) {
  out += '\\';
  switch (value) {
    case '\t':
      out += 't';
      return;
    case '\n':
      out += 'n';
      return;
    case '\r':
      out += 'r';
      return;
    default:
      break;
  }
  if (value <= 0xFF) {
    out += 'x';
    append_hex(out, value, 2);
  } else if (value <= 0xFFFF) {
    out += 'u';
    append_hex(out, value, 4);
  } else {
    out += 'U';
    append_hex(out, value, 8);
  }
}

void append_repr(std::string& out, std::string_view text) {
  const bool has_single = text.find('\'') != std::string_view::npos;
  const bool has_double = text.find('"') != std::string_view::npos;
  const char quote = has_single && !has_double ? '"' : '\'';
  out += quote;
  for (std::size_t at = 0; at < text.size();) {
    const utf8::CodePoint point = utf8::decode(text, at);
    if (point.value == static_cast<unsigned char>(quote) || point.value == '\\') {
      out += '\\';
      out += text[at];
    } else if (is_printable(point.value)) {
      out += text.substr(at, point.size);
    } else {
      append_escape(out, point.value);
    }
    at += point.size;
  }
  out += quote;
}

void append_repr(std::string& out, const Value& value);

void append_repr(std::string& out, const Array& items) {
  out += '[';
  bool first = true;
  for (const Value& item : items) {
    if (!std::exchange(first, false)) out += ", ";
    append_repr(out, item);
  }
  out += ']';
}

void append_repr(std::string& out, const Object& members) {
  out += '{';
  bool first = true;
  for (const auto& [key, value] : members) {
    if (!std::exchange(first, false)) out += ", ";
    append_repr(out, std::string_view(key));
    out += ": ";
    append_repr(out, value);
  }
  out += '}';
}

void append_repr(std::string& out, const Value& value) {
  switch (value.kind()) {
    case Kind::kNull:
      out += "None";
      return;
    case Kind::kBoolean:
      out += *value.boolean() ? "True" : "False";
      return;
    case Kind::kInteger:
      out += value.integer()->digits;
      return;
    case Kind::kReal:
      out += real_text(*value.real());
      return;
    case Kind::kString:
      append_repr(out, std::string_view(*value.string()));
      return;
    case Kind::kArray:
      append_repr(out, *value.array());
      return;
    case Kind::kObject:
      append_repr(out, *value.object());
      return;
  }
}

// A number d.ddd × 10^exponent.
struct Decimal {
  std::string digits;
  int exponent;
};

// The shortest digits that read back as `value`, which is finite and not negative.
Decimal shortest_decimal(double value) {
  std::array<char, 32> buffer;
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                    std::chars_format::scientific);
  const std::string_view text(buffer.data(), static_cast<std::size_t>(result.ptr - buffer.data()));
  const std::size_t e = text.find('e');
  Decimal decimal{std::string(1, text.front()), 0};
  if (e > 2) decimal.digits += text.substr(2, e - 2);
  const std::size_t exponent_at = text[e + 1] == '+' ? e + 2 : e + 1;
  std::from_chars(text.data() + exponent_at, result.ptr, decimal.exponent);
  return decimal;
}

std::string scientific_text(const Decimal& decimal) {
  std::string out = decimal.digits;
  if (out.size() > 1) out.insert(1, 1, '.');
  out += decimal.exponent < 0 ? "e-" : "e+";
  const int magnitude = std::abs(decimal.exponent);
  if (magnitude < 10) out += '0';
  return out + std::to_string(magnitude);
}

std::string positional_text(const Decimal& decimal) {
  if (decimal.exponent < 0) {
    const auto zeros = static_cast<std::size_t>(-decimal.exponent - 1);
    return "0." + std::string(zeros, '0') + decimal.digits;
  }
  const std::size_t whole = static_cast<std::size_t>(decimal.exponent) + 1;
  std::string out = decimal.digits;
  if (out.size() <= whole) {
    out.append(whole - out.size(), '0');
    return out + ".0";
  }
  return out.insert(whole, 1, '.');
}

}  // namespace

std::size_t length(std::string_view wtf8) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < wtf8.size(); ++count)
    at += utf8::decode(wtf8, at).size;
  return count;
}

std::string_view prefix(std::string_view wtf8, std::size_t points) {
  std::size_t at = 0;
  while (points-- > 0 && at < wtf8.size())
    at += utf8::decode(wtf8, at).size;
  return wtf8.substr(0, at);
}

std::string_view strip(std::string_view wtf8) {
  while (!wtf8.empty()) {
    const utf8::CodePoint point = utf8::decode(wtf8, 0);
    if (!contains(kWhitespace, point.value)) break;
    wtf8.remove_prefix(point.size);
  }
  while (!wtf8.empty()) {
    const utf8::CodePoint point = utf8::decode_before(wtf8, wtf8.size());
    if (!contains(kWhitespace, point.value)) break;
    wtf8.remove_suffix(point.size);
  }
  return wtf8;
}

std::string python_str(const Value& value) {
  const std::string* text = value.string();
  return text ? *text : python_repr(value);
}

std::string python_repr(const Value& value) {
  std::string out;
  append_repr(out, value);
  return out;
}

std::string real_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  const Decimal decimal = shortest_decimal(std::abs(value));
  const bool scientific = decimal.exponent < -4 || decimal.exponent >= 16;
  return (std::signbit(value) ? "-" : "") +
         (scientific ? scientific_text(decimal) : positional_text(decimal));
}

}  // namespace codex::json
