// The JSON value: members of an object, the two equalities, truth.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "codex/telemetry/json.h"

namespace codex::json {
namespace {

template <typename Members>
auto find_member(Members& members, std::string_view key) {
  return std::find_if(members.begin(), members.end(),
                      [key](const Object::Member& member) { return member.first == key; });
}

// The digits of a double that is a whole number: exact, up to 309 of them.
std::string whole_digits(double value) {
  std::array<char, 320> buffer;
  const double positive_zero = value == 0 ? 0.0 : value;
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(),
                                          positive_zero, std::chars_format::fixed, 0);
  return error == std::errc{} ? std::string(buffer.data(), end) : std::string();
}

// bool is a kind of int in Python.
std::optional<std::string_view> integer_digits(const Value& value) {
  if (const bool* boolean = value.boolean()) return *boolean ? "1" : "0";
  if (const Integer* integer = value.integer()) return integer->digits;
  return std::nullopt;
}

bool numbers_equal(std::string_view integer, double real) {
  return std::isfinite(real) && std::trunc(real) == real && whole_digits(real) == integer;
}

bool is_python_number(const Value& value) {
  return value.is_number() || value.kind() == Kind::kBoolean;
}

bool numbers_equal(const Value& a, const Value& b) {
  const double* real_a = a.real();
  const double* real_b = b.real();
  if (real_a && real_b) return *real_a == *real_b;
  if (real_a) return numbers_equal(*integer_digits(b), *real_a);
  if (real_b) return numbers_equal(*integer_digits(a), *real_b);
  return *integer_digits(a) == *integer_digits(b);
}

bool arrays_equal(const Array& a, const Array& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), python_equal);
}

std::vector<const Object::Member*> by_key(const Object& object) {
  std::vector<const Object::Member*> members;
  members.reserve(object.size());
  for (const Object::Member& member : object)
    members.push_back(&member);
  std::sort(members.begin(), members.end(),
            [](const Object::Member* a, const Object::Member* b) { return a->first < b->first; });
  return members;
}

bool objects_equal(const Object& a, const Object& b) {
  if (a.size() != b.size()) return false;
  const auto members_a = by_key(a);
  const auto members_b = by_key(b);
  return std::equal(members_a.begin(), members_a.end(), members_b.begin(),
                    [](const Object::Member* x, const Object::Member* y) {
                      return x->first == y->first && python_equal(x->second, y->second);
                    });
}

}  // namespace

Object::Object(const Object&) = default;
Object& Object::operator=(const Object&) = default;

Object::Object(std::initializer_list<Member> members) {
  for (const Member& member : members)
    set(member.first, member.second);
}

const Value* Object::find(std::string_view key) const {
  const auto found = find_member(members_, key);
  return found == members_.end() ? nullptr : &found->second;
}

Value* Object::find(std::string_view key) {
  const auto found = find_member(members_, key);
  return found == members_.end() ? nullptr : &found->second;
}

Value& Object::set(std::string_view key, Value value) {
  if (Value* present = find(key)) {
    *present = std::move(value);
    return *present;
  }
  return members_.emplace_back(std::string(key), std::move(value)).second;
}

void Object::append(std::string key, Value value) {
  constexpr std::size_t kMostHave = 4;
  if (members_.empty()) members_.reserve(kMostHave);
  members_.emplace_back(std::move(key), std::move(value));
}

bool Object::erase(std::string_view key) {
  const auto found = find_member(members_, key);
  if (found == members_.end()) return false;
  members_.erase(found);
  return true;
}

void Object::clear() {
  members_.clear();
}

bool operator==(const Object& a, const Object& b) {
  return a.members_ == b.members_;
}

Value::Value(std::int64_t value) : data_(Integer{std::to_string(value)}) {}
Value::Value(std::uint64_t value) : data_(Integer{std::to_string(value)}) {}

const Value* Value::get(std::string_view key) const {
  const Object* members = object();
  return members ? members->find(key) : nullptr;
}

std::optional<std::int64_t> Value::as_int64() const {
  const Integer* whole = integer();
  if (!whole) return std::nullopt;
  const char* const end = whole->digits.data() + whole->digits.size();
  std::int64_t result = 0;
  const auto [stop, error] = std::from_chars(whole->digits.data(), end, result);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return result;
}

std::string_view Value::text(std::string_view fallback) const {
  const std::string* characters = string();
  return characters ? std::string_view(*characters) : fallback;
}

bool operator==(const Value& a, const Value& b) {
  const double* real_a = a.real();
  const double* real_b = b.real();
  if (!real_a || !real_b) return a.data_ == b.data_;
  if (std::isnan(*real_a) || std::isnan(*real_b)) return std::isnan(*real_a) == std::isnan(*real_b);
  return *real_a == *real_b && std::signbit(*real_a) == std::signbit(*real_b);
}

bool truthy(const Value& value) {
  switch (value.kind()) {
    case Kind::kNull:
      return false;
    case Kind::kBoolean:
      return *value.boolean();
    case Kind::kInteger:
      return value.integer()->digits != "0";
    case Kind::kReal:
      return *value.real() != 0;
    case Kind::kString:
      return !value.string()->empty();
    case Kind::kArray:
      return !value.array()->empty();
    case Kind::kObject:
      return !value.object()->empty();
  }
  return false;
}

bool python_equal(const Value& a, const Value& b) {
  if (is_python_number(a) && is_python_number(b)) return numbers_equal(a, b);
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Kind::kString:
      return *a.string() == *b.string();
    case Kind::kArray:
      return arrays_equal(*a.array(), *b.array());
    case Kind::kObject:
      return objects_equal(*a.object(), *b.object());
    default:
      return true;  // null; numbers were compared above
  }
}

}  // namespace codex::json
