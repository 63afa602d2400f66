#include "json_out.h"

#include <charconv>
#include <cmath>

#include "utf8.h"

namespace codex::telemetry::otlp {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

void put_escaped(std::string& out, char c) {
  static constexpr char kDigits[] = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(c);
  out += "\\u00";
  out += kDigits[byte >> 4U];
  out += kDigits[byte & 15U];
}

bool plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

template <typename Number>
void put_digits(std::string& out, Number value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

void put_value_at(std::string& out, const json::Value& value, const OtlpLimits& limits,
                  std::size_t depth) {
  if (const std::string* text = value.string()) {
    out += R"({"stringValue":)";
    put_text(out, *text, limits.length);
  } else if (const json::Integer* integer = value.integer()) {
    if (const auto number = value.as_int64()) {
      out += R"({"intValue":)";
      put_integer(out, *number);
    } else {
      out += R"({"stringValue":)";
      put_text(out, integer->digits, limits.length);
    }
  } else if (const double* real = value.real()) {
    out += R"({"doubleValue":)";
    put_real(out, *real);
  } else if (const bool* boolean = value.boolean()) {
    out += *boolean ? R"({"boolValue":true)" : R"({"boolValue":false)";
  } else if (depth >= limits.depth || value.is_null()) {
    out += '{';
  } else if (const json::Array* array = value.array()) {
    out += R"({"arrayValue":{"values":[)";
    for (std::size_t i = 0; i < array->size(); ++i) {
      if (i != 0) out += ',';
      put_value_at(out, (*array)[i], limits, depth + 1);
    }
    out += "]}";
  } else {
    out += R"({"kvlistValue":{"values":[)";
    bool first = true;
    for (const auto& [key, member] : *value.object()) {
      out += first ? R"({"key":)" : R"(,{"key":)";
      first = false;
      put_text(out, key);
      out += R"(,"value":)";
      put_value_at(out, member, limits, depth + 1);
      out += '}';
    }
    out += "]}";
  }
  out += '}';
}

}  // namespace

void put_text(std::string& out, std::string_view text, std::size_t length) {
  if (text.size() > length) text = json::prefix(text, length);
  out += '"';
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = at;
    while (end < text.size() && plain(text[end]))
      ++end;
    out.append(text, at, end - at);
    at = end;
    if (at == text.size()) break;
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      put_escaped(out, text[at++]);
      continue;
    }
    const utf8::CodePoint point = utf8::decode(text, at);
    if (!point.well_formed || utf8::is_surrogate(point.value)) {
      out += kReplacement;
    } else {
      out.append(text, at, point.size);
    }
    at += point.size;
  }
  out += '"';
}

void put_integer(std::string& out, std::int64_t value) {
  out += '"';
  put_digits(out, value);
  out += '"';
}

void put_unsigned(std::string& out, std::uint64_t value) {
  out += '"';
  put_digits(out, value);
  out += '"';
}

void put_real(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "\"NaN\"";
  } else if (std::isinf(value)) {
    out += value < 0 ? "\"-Infinity\"" : "\"Infinity\"";
  } else {
    out += json::real_text(value);
  }
}

void put_time(std::string& out, std::chrono::system_clock::time_point time) {
  using namespace std::chrono;
  const auto since = duration_cast<nanoseconds>(time.time_since_epoch()).count();
  put_unsigned(out, since < 0 ? 0 : static_cast<std::uint64_t>(since));
}

void put_value(std::string& out, const json::Value& value, const OtlpLimits& limits) {
  put_value_at(out, value, limits, 0);
}

Attributes::Attributes(std::string& out, const OtlpLimits& limits) : out_(out), limits_(limits) {
  out_ += R"("attributes":[)";
}

bool Attributes::begin(std::string_view prefix, std::string_view key) {
  if (prefix.empty() && key.empty()) return false;
  if (count_ >= limits_.count) {
    ++dropped_;
    return false;
  }
  out_ += count_++ == 0 ? R"({"key":)" : R"(,{"key":)";
  put_text(out_, prefix);
  if (!key.empty()) {
    out_.pop_back();  // the quote
    std::string rest;
    put_text(rest, key);
    out_ += prefix.empty() ? "" : ".";
    out_.append(rest, 1);
  }
  out_ += R"(,"value":)";
  return true;
}

void Attributes::add(std::string_view key, std::string_view text) {
  if (!begin(key, {})) return;
  out_ += R"({"stringValue":)";
  put_text(out_, text, limits_.length);
  out_ += "}}";
}

void Attributes::add(std::string_view key, std::int64_t value) {
  if (!begin(key, {})) return;
  out_ += R"({"intValue":)";
  put_integer(out_, value);
  out_ += "}}";
}

void Attributes::add(std::string_view key, bool value) {
  if (!begin(key, {})) return;
  out_ += value ? R"({"boolValue":true}})" : R"({"boolValue":false}})";
}

void Attributes::add(std::string_view key, const json::Value& value) {
  add(key, {}, value);
}

void Attributes::add(std::string_view prefix, std::string_view key, const json::Value& value) {
  if (!begin(prefix, key)) return;
  put_value(out_, value, limits_);
  out_ += '}';
}

void Attributes::close() {
  out_ += ']';
  if (dropped_ == 0) return;
  out_ += R"(,"droppedAttributesCount":)";
  put_digits(out_, dropped_);
}

}  // namespace codex::telemetry::otlp
