#include "jsonrpc_error.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <string_view>

#include "python_values.h"

namespace codex::telemetry {
namespace {

using json::Value;

constexpr std::size_t kMaxDigits = 4300;  // sys.get_int_max_str_digits()

// Enough for what it is compared with: no other letter becomes one of these by str.lower().
std::string lower(std::string_view text) {
  std::string made(text);
  for (char& c : made) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return made;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::variant<json::Integer, ClientError> int_of_text(std::string_view whole) {
  const auto refused = [whole] {
    // "%.200R": at most so many characters of the repr
    const std::string shown = json::python_repr(Value(whole));
    return ClientError{"ValueError", "invalid literal for int() with base 10: " +
                                         std::string(json::prefix(shown, 200))};
  };
  std::string_view text = json::strip(whole);
  bool negative = false;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_digit(text[i])) {
      digits += text[i];
    } else if (text[i] != '_' || i == 0 || i + 1 == text.size() || !is_digit(text[i - 1])) {
      return refused();
    }
  }
  if (digits.empty()) return refused();
  if (digits.size() > kMaxDigits) {
    return ClientError{"ValueError",
                       "Exceeds the limit (4300 digits) for integer string conversion: value has " +
                           std::to_string(digits.size()) +
                           " digits; use sys.set_int_max_str_digits() to increase the limit"};
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  return json::Integer{negative && digits != "0" ? "-" + digits : digits};
}

bool overloaded(const Value& value) {
  constexpr std::string_view kOverloaded = "server_overloaded";
  if (const std::string* text = value.string()) return lower(*text) == kOverloaded;
  if (const json::Array* array = value.array()) {
    return std::any_of(array->begin(), array->end(), overloaded);
  }
  const json::Object* object = value.object();
  if (object == nullptr) return false;
  const Value* direct = nullptr;
  for (const std::string_view key : {"codex_error_info", "codexErrorInfo", "errorInfo"}) {
    direct = object->find(key);
    if (direct != nullptr && json::truthy(*direct)) break;
  }
  if (direct != nullptr && direct->is_object()) {
    for (const auto& [key, part] : *direct->object()) {
      if (part.is_string() && lower(*part.string()) == kOverloaded) return true;
    }
  }
  return std::any_of(object->begin(), object->end(),
                     [](const auto& member) { return overloaded(member.second); });
}

std::string_view error_class(std::int64_t code, std::string_view message, const Value& data) {
  switch (code) {
    case -32700: return "ParseError";
    case -32600: return "InvalidRequestError";
    case -32601: return "MethodNotFoundError";
    case -32602: return "InvalidParamsError";
    case -32603: return "InternalRpcError";
    default: break;
  }
  if (code < -32099 || code > -32000) return "JsonRpcError";
  const std::string lowered = lower(message);
  if (lowered.find("retry limit") != std::string::npos ||
      lowered.find("too many failed attempts") != std::string::npos) {
    return "RetryLimitExceededError";
  }
  return overloaded(data) ? "ServerBusyError" : "CodexRpcError";
}

}  // namespace

std::variant<json::Integer, ClientError> python_int(const Value& value) {
  if (const bool* flag = value.boolean()) return json::Integer{*flag ? "1" : "0"};
  if (const json::Integer* integer = value.integer()) return *integer;
  if (const std::string* text = value.string()) return int_of_text(*text);
  if (const double* real = value.real()) {
    if (std::isnan(*real)) return ClientError{"ValueError", "cannot convert float NaN to integer"};
    if (std::isinf(*real)) {
      return ClientError{"OverflowError", "cannot convert float infinity to integer"};
    }
    char digits[400];  // the largest double has 309
    std::snprintf(digits, sizeof digits, "%.0f", std::trunc(*real));
    return json::Integer{std::string_view(digits) == "-0" ? "0" : digits};
  }
  return ClientError{
      "TypeError",
      "int() argument must be a string, a bytes-like object or a real number, not '" +
          std::string(python_type(value)) + "'"};
}

JsonRpcFailure jsonrpc_failure(const Value& error) {
  if (!error.is_object()) {
    return {{"openai_codex.errors.CodexError", "Malformed JSON-RPC error response"}};
  }
  const Value* raw_code = error.get("code");
  const auto code = python_int(raw_code == nullptr ? Value(-32000) : *raw_code);
  if (const ClientError* raised = std::get_if<ClientError>(&code)) return {*raised, true};
  const Value* raw_message = error.get("message");
  const std::string message =
      raw_message == nullptr ? std::string("unknown") : json::python_str(*raw_message);
  const Value* data = error.get("data");
  const Value number(std::get<json::Integer>(code));
  const std::string_view type = error_class(number.as_int64().value_or(0), message,
                                            data == nullptr ? Value() : *data);
  return {{"openai_codex.errors." + std::string(type),
           "JSON-RPC error " + number.integer()->digits + ": " + message}};
}

}  // namespace codex::telemetry
