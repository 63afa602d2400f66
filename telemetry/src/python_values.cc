#include "python_values.h"

#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include "pydantic_int.h"

namespace codex::telemetry {
namespace {

using json::Value;

bool is_integer(const Value& value) { return value.boolean() || value.integer(); }

Count integer_of(const Value& value) {
  return Count(std::get<json::Integer>(pydantic_integer(value)));
}

// float(value); nothing where the integer is too large.
std::optional<double> real_of(const Value& value) {
  if (const double* real = value.real()) return *real;
  if (const bool* flag = value.boolean()) return *flag ? 1.0 : 0.0;
  const double real = std::strtod(value.integer()->digits.c_str(), nullptr);
  return std::isfinite(real) ? std::optional(real) : std::nullopt;
}

ClientError type_error(std::string text) { return {"TypeError", std::move(text)}; }

}  // namespace

std::string_view python_type(const Value& value) {
  switch (value.kind()) {
    case json::Kind::kNull: return "NoneType";
    case json::Kind::kBoolean: return "bool";
    case json::Kind::kInteger: return "int";
    case json::Kind::kReal: return "float";
    case json::Kind::kString: return "str";
    case json::Kind::kArray: return "list";
    case json::Kind::kObject: return "dict";
  }
  return "";
}

std::variant<Value, ClientError> python_add(const Value& a, const Value& b) {
  const std::string right(python_type(b));
  if (is_integer(a) && is_integer(b)) return (integer_of(a) + integer_of(b)).value();
  const auto number = [](const Value& value) { return is_integer(value) || value.real(); };
  if (number(a) && number(b)) {
    const std::optional<double> x = real_of(a);
    const std::optional<double> y = real_of(b);
    if (x && y) return Value(*x + *y);
    return ClientError{"OverflowError", "int too large to convert to float"};
  }
  if (const std::string* text = a.string()) {
    if (b.is_string()) return Value(*text + *b.string());
    return type_error("can only concatenate str (not \"" + right + "\") to str");
  }
  if (const json::Array* list = a.array()) {
    if (!b.is_array()) {
      return type_error("can only concatenate list (not \"" + right + "\") to list");
    }
    json::Array both = *list;
    both.insert(both.end(), b.array()->begin(), b.array()->end());
    return Value(std::move(both));
  }
  return type_error("unsupported operand type(s) for +: '" + std::string(python_type(a)) +
                    "' and '" + right + "'");
}

bool same_key(const Value& a, const Value& b) {
  const bool both_nan = a.real() && b.real() && std::isnan(*a.real()) && std::isnan(*b.real());
  return both_nan || json::python_equal(a, b);
}

}  // namespace codex::telemetry
