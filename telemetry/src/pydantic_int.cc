#include "pydantic_int.h"

#include <algorithm>
#include <cmath>

#include "python_values.h"
#include "utf8.h"

namespace codex::telemetry {
namespace {

constexpr std::size_t kMaxDigits = 4300;

constexpr IntRefusal kNoInteger{"int_type", "Input should be a valid integer"};
constexpr IntRefusal kUnparsable{
    "int_parsing", "Input should be a valid integer, unable to parse string as an integer"};
constexpr IntRefusal kTooLong{
    "int_parsing_size", "Unable to parse input string as an integer, exceeded maximum size"};
constexpr IntRefusal kFraction{
    "int_from_float", "Input should be a valid integer, got a number with a fractional part"};
constexpr IntRefusal kNotFinite{"finite_number", "Input should be a finite number"};
constexpr IntRefusal kSurrogate{
    "string_unicode",
    "Input should be a valid string, unable to parse raw data as a unicode string"};

using Result = std::variant<json::Integer, IntRefusal>;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// str::trim of Rust: White_Space, which lacks the separators U+001C..U+001F that Python strips.
bool is_space(std::string_view point) {
  return !(point[0] >= 0x1C && point[0] <= 0x1F) && json::strip(point).empty();
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty()) {
    const std::size_t size = utf8::decode(text, 0).size;
    if (!is_space(text.substr(0, size))) break;
    text.remove_prefix(size);
  }
  while (!text.empty()) {
    const std::size_t size = utf8::decode_before(text, text.size()).size;
    if (!is_space(text.substr(text.size() - size))) break;
    text.remove_suffix(size);
  }
  return text;
}

// [+-] digits, single underscores between digits, then maybe a point and zeros.
Result parsed(std::string_view text) {
  if (has_surrogate(text)) return kSurrogate;
  text = trimmed(text);
  bool negative = false;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  const std::size_t point = text.find('.');
  if (point != std::string_view::npos) {
    const std::string_view zeros = text.substr(point + 1);
    if (zeros.empty() || zeros.find_first_not_of('0') != std::string_view::npos) return kUnparsable;
    text = text.substr(0, point);
  }
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_digit(text[i])) {
      digits += text[i];
      continue;
    }
    const bool inside = i > 0 && i + 1 < text.size();
    const bool separates = inside && is_digit(text[i - 1]) && is_digit(text[i + 1]);
    if (text[i] != '_' || !separates) return kUnparsable;
  }
  if (digits.empty()) return kUnparsable;
  if (digits.size() > kMaxDigits) return kTooLong;
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  return json::Integer{negative && digits != "0" ? "-" + digits : digits};
}

Result of_real(double value) {
  if (!std::isfinite(value)) return kNotFinite;
  if (std::trunc(value) != value) return kFraction;
  constexpr double kEdge = 9223372036854775808.0;
  if (value <= -kEdge || value >= kEdge) return kTooLong;
  return json::Integer{std::to_string(static_cast<std::int64_t>(value))};
}

std::string shortened(const std::string& text) {
  if (text.size() <= 50) return text;
  const auto inside = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
  };
  std::size_t head = 25;
  while (inside(head)) --head;
  std::size_t tail = text.size() - 24;
  while (inside(tail)) ++tail;
  return text.substr(0, head) + "..." + text.substr(tail);
}

}  // namespace

bool has_surrogate(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const utf8::CodePoint point = utf8::decode(text, at);
    if (utf8::is_surrogate(point.value)) return true;
    at += point.size;
  }
  return false;
}

std::string shortened_repr(const json::Value& value) { return shortened(json::python_repr(value)); }

Result pydantic_integer(const json::Value& value) {
  if (const bool* flag = value.boolean()) return json::Integer{*flag ? "1" : "0"};
  if (const json::Integer* integer = value.integer()) return *integer;
  if (const double* real = value.real()) return of_real(*real);
  if (const std::string* text = value.string()) return parsed(*text);
  return kNoInteger;
}

Count PydanticModel::integer(std::string_view field, const json::Value& value) {
  const auto result = pydantic_integer(value);
  if (const json::Integer* integer = std::get_if<json::Integer>(&result)) return Count(*integer);
  const IntRefusal& refusal = std::get<IntRefusal>(result);
  std::string line(field);
  line.append("\n  ").append(refusal.message).append(" [type=").append(refusal.type);
  line.append(", input_value=").append(shortened_repr(value));
  line.append(", input_type=").append(python_type(value));
  line.append("]\n    For further information visit https://errors.pydantic.dev/2.14/v/");
  errors_.push_back(line.append(refusal.type));
  return 0;
}

std::string PydanticModel::error() const {
  std::string text = std::to_string(errors_.size()) + " validation error";
  if (errors_.size() != 1) text += 's';
  text.append(" for ").append(title_);
  for (const std::string& error : errors_) text.append("\n").append(error);
  return text;
}

}  // namespace codex::telemetry
