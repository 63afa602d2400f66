// JSON as Python's `json` module reads and prints it.
//
// A Codex wire is read by clients written in Python, and what they show (tool results, span
// sizes, error texts) depends on Python's reading: integers have any length, NaN and Infinity are
// numbers, lone surrogates are characters, the last of duplicate keys wins at the place of the
// first. General JSON libraries refuse or change these, so telemetry keeps a value of its own.
//
// Strings hold WTF-8: UTF-8 in which a lone surrogate is encoded like any other code point
// (three bytes, ED A0..BF xx). Sources: CPython 3.11 Lib/json/decoder.py, scanner.py, encoder.py.
//
// Thread-safety: values are plain data; functions are pure. Nothing here throws but bad_alloc.
#ifndef CODEX_TELEMETRY_JSON_H_
#define CODEX_TELEMETRY_JSON_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace codex::json {

class Value;
using Array = std::vector<Value>;

// An ordered map: insertion order is kept, setting an existing key keeps its place (Python dict).
class Object {
 public:
  using Member = std::pair<std::string, Value>;

  Object();
  Object(std::initializer_list<Member> members);
  Object(const Object&);
  Object(Object&&) noexcept;
  Object& operator=(const Object&);
  Object& operator=(Object&&) noexcept;
  ~Object();

  // Null when absent. The pointer lives until the object changes.
  const Value* find(std::string_view key) const;
  Value* find(std::string_view key);
  // Inserts at the end, or replaces in place.
  Value& set(std::string_view key, Value value);
  // Like set(), for a key that is known to be absent: does not search.
  void append(std::string key, Value value);
  bool erase(std::string_view key);
  void clear();
  // Room for so many members in all.
  void reserve(std::size_t count);

  std::size_t size() const;
  bool empty() const;
  std::vector<Member>::const_iterator begin() const;
  std::vector<Member>::const_iterator end() const;
  std::vector<Member>::iterator begin();
  std::vector<Member>::iterator end();

  friend bool operator==(const Object& a, const Object& b);

 private:
  std::vector<Member> members_;
};

// An integer of any length, as its canonical decimal digits ("-12", "0"; never "-0" or "+1").
struct Integer {
  std::string digits;
  bool operator==(const Integer&) const = default;
};

enum class Kind { kNull, kBoolean, kInteger, kReal, kString, kArray, kObject };

class Value {
 public:
  Value() = default;  // null
  Value(std::nullptr_t) {}
  Value(bool value) : data_(value) {}
  Value(int value) : Value(static_cast<std::int64_t>(value)) {}
  Value(std::int64_t value);
  Value(std::uint64_t value);
  Value(double value) : data_(value) {}
  Value(Integer value) : data_(std::move(value)) {}
  Value(const char* value) : data_(std::string(value)) {}
  Value(std::string_view value) : data_(std::string(value)) {}
  Value(std::string value) : data_(std::move(value)) {}
  Value(Array value) : data_(std::move(value)) {}
  Value(Object value) : data_(std::move(value)) {}

  Kind kind() const { return static_cast<Kind>(data_.index()); }
  bool is_null() const { return kind() == Kind::kNull; }
  bool is_string() const { return kind() == Kind::kString; }
  bool is_array() const { return kind() == Kind::kArray; }
  bool is_object() const { return kind() == Kind::kObject; }
  // Integer, real or boolean count as numbers in Python; this is integer or real.
  bool is_number() const { return kind() == Kind::kInteger || kind() == Kind::kReal; }

  // Null when the value is of another kind.
  const bool* boolean() const { return std::get_if<bool>(&data_); }
  const Integer* integer() const { return std::get_if<Integer>(&data_); }
  const double* real() const { return std::get_if<double>(&data_); }
  const std::string* string() const { return std::get_if<std::string>(&data_); }
  std::string* string() { return std::get_if<std::string>(&data_); }
  const Array* array() const { return std::get_if<Array>(&data_); }
  Array* array() { return std::get_if<Array>(&data_); }
  const Object* object() const { return std::get_if<Object>(&data_); }
  Object* object() { return std::get_if<Object>(&data_); }

  // The member of an object, null when this is no object or has no such key.
  const Value* get(std::string_view key) const;
  // The integer when it fits, else nothing.
  std::optional<std::int64_t> as_int64() const;
  // The string, or `fallback` when this is none.
  std::string_view text(std::string_view fallback = {}) const;

  // Exact: kinds differ, so 1, 1.0 and true are three values; NaN equals NaN, 0.0 is not -0.0;
  // key order counts.
  friend bool operator==(const Value& a, const Value& b);

 private:
  std::variant<std::monostate, bool, Integer, double, std::string, Array, Object> data_;
};

// Defined here because they need Value to be complete.
inline Object::Object() = default;
inline Object::Object(Object&&) noexcept = default;
inline Object& Object::operator=(Object&&) noexcept = default;
inline Object::~Object() = default;
inline std::size_t Object::size() const {
  return members_.size();
}
inline bool Object::empty() const {
  return members_.empty();
}
inline void Object::reserve(std::size_t count) {
  members_.reserve(count);
}
inline std::vector<Object::Member>::const_iterator Object::begin() const {
  return members_.begin();
}
inline std::vector<Object::Member>::const_iterator Object::end() const {
  return members_.end();
}
inline std::vector<Object::Member>::iterator Object::begin() {
  return members_.begin();
}
inline std::vector<Object::Member>::iterator Object::end() {
  return members_.end();
}

// What json.loads would raise, with Python's own sentence ("Expecting value: line 1 column 1
// (char 0)"); line, column and char count code points.
struct ParseError {
  std::string message;     // without the position, e.g. "Expecting value"
  std::size_t byte = 0;    // offset in the input
  std::size_t line = 1;    // 1-based
  std::size_t column = 1;  // 1-based, code points
  std::size_t character = 0;
  // False where Python raises no JSONDecodeError and so names no place: an integer of too many
  // digits (ValueError), too deep a document (RecursionError).
  bool positioned = true;
  std::string text() const;  // str() of the exception
};

struct ParseOptions {
  // Python raises RecursionError at 1000 less the frames of whoever calls: from here on the client's
  // host decides, not the client. Deeper input is refused rather than risk the stack.
  std::size_t max_depth = 900;
};

// Reads one document, as json.loads(str) does. `input` is UTF-8 (or WTF-8); bytes that are not
// are an error ("invalid UTF-8"), as Python would have failed when decoding before.
class ParseResult {
 public:
  ParseResult(Value value) : result_(std::move(value)) {}
  ParseResult(ParseError error) : result_(std::move(error)) {}
  bool ok() const { return result_.index() == 0; }
  explicit operator bool() const { return ok(); }
  const Value& value() const { return std::get<0>(result_); }
  Value& value() { return std::get<0>(result_); }
  const ParseError& error() const { return std::get<1>(result_); }

 private:
  std::variant<Value, ParseError> result_;
};
ParseResult parse(std::string_view input, const ParseOptions& options = {});

struct Style {
  bool ensure_ascii = true;
  std::string_view item_separator = ", ";
  std::string_view key_separator = ": ";
};
inline constexpr Style kPythonDefault{};
inline constexpr Style kCompact{true, ",", ":"};
// Like kCompact but characters stand as themselves (lone surrogates stay escaped).
inline constexpr Style kCompactUnicode{false, ",", ":"};

// json.dumps(value, …): shortest float text, NaN/Infinity spelled so, 0x7f escaped only when
// ensure_ascii (as CPython's C encoder does), surrogate pairs for astral characters.
std::string dump(const Value& value, const Style& style = kPythonDefault);
void dump_to(std::string& out, const Value& value, const Style& style = kPythonDefault);
// kCompact, for logs and for the messages of failed tests.
std::ostream& operator<<(std::ostream& stream, const Value& value);
// len(json.dumps(value, separators=(",", ":"))) without building it.
std::size_t compact_size(const Value& value);

// ---- Python's view of strings and values ----
std::size_t length(std::string_view wtf8);                           // len(str)
std::string_view prefix(std::string_view wtf8, std::size_t points);  // str[:points], points >= 0
std::string_view strip(std::string_view wtf8);                       // str.strip()
bool truthy(const Value& value);                                     // bool(x)
bool python_equal(const Value& a, const Value& b);                   // a == b: 1 == 1.0 == True
std::string python_str(const Value& value);                          // str(x)
std::string python_repr(const Value& value);                         // repr(x)
std::string real_text(double value);                                 // repr(float)

}  // namespace codex::json

#endif  // CODEX_TELEMETRY_JSON_H_
