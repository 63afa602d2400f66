// json.loads of CPython 3.11: the scanner of Modules/_json.c, by bytes instead of code points.
// Where it stops and what it says there are observable, so both follow that file.
#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "codex/telemetry/json.h"
#include "utf8.h"

namespace codex::json {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
// sys.int_info.default_max_str_digits
constexpr std::size_t kMaxIntegerDigits = 4300;
// Below this many members a search beats an index.
constexpr std::size_t kIndexFrom = 16;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_whitespace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::optional<unsigned> hex_digit(char c) {
  if (is_digit(c)) return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

// Whether a number beyond the range of a double is too large (else it is too small), from its
// text: -?digits[.digits][e[+-]digits], not zero.
bool is_overflow(std::string_view number) {
  if (number.front() == '-') number.remove_prefix(1);
  const std::size_t exponent_at = std::min(number.find_first_of("eE"), number.size());
  const std::string_view mantissa = number.substr(0, exponent_at);
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  const std::size_t first = std::min(mantissa.find_first_of("123456789"), mantissa.size());
  const auto magnitude = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first);

  std::int64_t exponent = 0;
  bool negative = false;
  for (const char c : number.substr(exponent_at)) {
    if (c == '-') negative = true;
    if (is_digit(c) && exponent < std::numeric_limits<std::int64_t>::max() / 100)
      exponent = exponent * 10 + (c - '0');
  }
  return magnitude + (negative ? -exponent : exponent) > 0;
}

// float(number)
double read_real(std::string_view number) {
  double value = 0;
  const auto result = std::from_chars(number.data(), number.data() + number.size(), value);
  if (result.ec != std::errc::result_out_of_range) return value;
  const double limit = is_overflow(number) ? std::numeric_limits<double>::infinity() : 0.0;
  return number.front() == '-' ? -limit : limit;
}

// The keys of one object while it is read, so that a key that comes twice is found.
class KeyIndex {
 public:
  explicit KeyIndex(const Object& object) : object_(object) {}
  KeyIndex(const KeyIndex&) = delete;
  KeyIndex& operator=(const KeyIndex&) = delete;

  // Where in `members`, before the last one, the key stands; kNone where it is not there.
  std::size_t find(std::string_view key) {
    const std::size_t count = object_.size() - 1;  // the last one is the key's own
    const auto members = object_.begin();
    if (count < kIndexFrom) {
      for (std::size_t i = 0; i < count; ++i) {
        const std::string& known = members[static_cast<Offset>(i)].first;
        // Most differ in their size or their last letter, which costs no call to see.
        if (known.size() == key.size() && (key.empty() || known.back() == key.back()) &&
            known == key) {
          return i;
        }
      }
      return kNone;
    }
    if (!places_) places_ = std::make_unique<Places>();
    // Places, since the members move while their number grows.
    for (; indexed_ < count; ++indexed_)
      places_->emplace(std::hash<std::string_view>{}(members[static_cast<Offset>(indexed_)].first), indexed_);
    const auto [begin, end] = places_->equal_range(std::hash<std::string_view>{}(key));
    for (auto it = begin; it != end; ++it)
      if (members[static_cast<Offset>(it->second)].first == key) return it->second;
    return kNone;
  }

  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

 private:
  using Places = std::unordered_multimap<std::size_t, std::size_t>;  // hash of the key → place
  using Offset = std::ptrdiff_t;
  const Object& object_;
  std::size_t indexed_ = 0;
  std::unique_ptr<Places> places_;  // null: there are few members
};

// Each read_… reads from at_ and leaves it behind what was read; false means that error_ is set.
class Parser {
 public:
  Parser(std::string_view input, const ParseOptions& options)
      : input_(input), max_depth_(options.max_depth) {}

  ParseResult run() {
    Value document;
    if (!read_document(document)) return std::move(error_);
    return document;
  }

 private:
  bool read_document(Value& out) {
    const std::size_t ill_formed = utf8::find_ill_formed(input_);
    if (ill_formed != std::string_view::npos) return fail("invalid UTF-8", ill_formed);
    if (input_.starts_with(kByteOrderMark))
      return fail("Unexpected UTF-8 BOM (decode using utf-8-sig)", 0);
    skip_whitespace();
    if (!read_value(out)) return false;
    skip_whitespace();
    return at_ == input_.size() || fail("Extra data", at_);
  }

  bool read_value(Value& out) {
    if (at_ == input_.size()) return fail("Expecting value", at_);
    switch (input_[at_]) {
      case '"':
        out = std::string();
        return read_string(*out.string());
      case '{':
        return enter("object") && read_object(out) && leave();
      case '[':
        return enter("array") && read_array(out) && leave();
      default:
        return read_constant(out) || read_number(out);
    }
  }

  // False without an error: it is something else.
  bool read_constant(Value& out) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    switch (input_[at_]) {
      case 'n':
        return read_word("null", nullptr, out);
      case 't':
        return read_word("true", true, out);
      case 'f':
        return read_word("false", false, out);
      case 'N':
        return read_word("NaN", std::numeric_limits<double>::quiet_NaN(), out);
      case 'I':
        return read_word("Infinity", kInfinity, out);
      case '-':
        return read_word("-Infinity", -kInfinity, out);
      default:
        return false;
    }
  }

  template <typename Meaning>
  bool read_word(std::string_view word, Meaning meaning, Value& out) {
    if (!input_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    out = Value(meaning);
    return true;
  }

  bool read_number(Value& out) {
    const std::size_t start = at_;
    if (peek() == '-') ++at_;
    const std::size_t first_digit = at_;
    if (peek() == '0') {
      ++at_;
    } else if (skip_digits() == 0) {
      return fail("Expecting value", start);
    }
    const std::size_t digits = at_ - first_digit;
    const bool fraction = skip_fraction();
    const bool exponent = skip_exponent();

    const std::string_view number = input_.substr(start, at_ - start);
    if (fraction || exponent) {
      out = Value(read_real(number));
      return true;
    }
    if (digits > kMaxIntegerDigits) return fail_integer(digits, start);
    out = Value(Integer{std::string(number == "-0" ? number.substr(1) : number)});
    return true;
  }

  // A point without a digit behind it is not part of the number; nor is such an "e".
  bool skip_fraction() {
    if (peek() != '.' || !is_digit(peek(1))) return false;
    ++at_;
    skip_digits();
    return true;
  }

  bool skip_exponent() {
    if (peek() != 'e' && peek() != 'E') return false;
    const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
    if (!is_digit(peek(1 + sign))) return false;
    at_ += 1 + sign;
    skip_digits();
    return true;
  }

  bool read_array(Value& out) {
    out = Array();
    Array& items = *out.array();
    ++at_;
    skip_whitespace();
    if (peek() != ']') {
      while (true) {
        if (!read_value(items.emplace_back())) return false;
        skip_whitespace();
        if (peek() == ']') break;
        if (!read_comma()) return false;
      }
    }
    ++at_;
    return true;
  }

  bool read_object(Value& out) {
    // What most have: an event and what it holds are larger than what stands deeper.
    const std::size_t expected = depth_ <= 2 ? 8 : 4;
    out = Object();
    Object& object = *out.object();  // members are read where they stay
    KeyIndex keys(object);
    bool spare = false;  // the last member was a key that was there before: its place is free
    ++at_;
    skip_whitespace();
    if (peek() != '}') {
      while (true) {
        if (object.empty()) object.reserve(expected);
        if (!spare) object.append({}, {});
        if (!read_member(object, keys, spare)) return false;
        skip_whitespace();
        if (peek() == '}') break;
        if (!read_comma()) return false;
      }
    }
    ++at_;
    if (spare) drop_last(object);
    return true;
  }

  static void drop_last(Object& object) {
    Object kept;
    kept.reserve(object.size() - 1);
    for (auto member = object.begin(); member + 1 != object.end(); ++member)
      kept.append(std::move(member->first), std::move(member->second));
    object = std::move(kept);
  }

  // The last of duplicate keys wins at the place of the first.
  bool read_member(Object& object, KeyIndex& keys, bool& spare) {
    if (peek() != '"') return fail("Expecting property name enclosed in double quotes", at_);
    auto& [key, value] = *(object.end() - 1);
    key.clear();
    if (!read_string(key)) return false;
    skip_whitespace();
    if (peek() != ':') return fail("Expecting ':' delimiter", at_);
    ++at_;
    skip_whitespace();
    if (!read_value(value)) return false;
    const std::size_t before = keys.find(key);
    spare = before != KeyIndex::kNone;
    if (spare) (object.begin() + static_cast<std::ptrdiff_t>(before))->second = std::move(value);
    return true;
  }

  bool read_comma() {
    if (peek() != ',') return fail("Expecting ',' delimiter", at_);
    ++at_;
    skip_whitespace();
    return true;
  }

  bool read_string(std::string& out) {
    const std::size_t quote = at_++;
    while (true) {
      const std::size_t plain = at_;
      skip_plain_text();
      out.append(input_, plain, at_ - plain);
      if (at_ == input_.size()) return fail("Unterminated string starting at", quote);
      if (input_[at_] == '"') break;
      if (input_[at_] != '\\') return fail("Invalid control character at", at_);
      ++at_;
      if (at_ == input_.size()) return fail("Unterminated string starting at", quote);
      if (!read_escape(out)) return false;
    }
    ++at_;
    return true;
  }

  // Eight bytes at a time: most of a session is text.
  void skip_plain_text() {
    constexpr std::uint64_t kOnes = 0x0101010101010101U, kHigh = 0x8080808080808080U;
    const auto with_zero = [](std::uint64_t bytes) { return (bytes - kOnes) & ~bytes; };
    while (input_.size() - at_ >= sizeof(std::uint64_t)) {
      std::uint64_t bytes = 0;
      std::memcpy(&bytes, input_.data() + at_, sizeof bytes);
      const std::uint64_t ends = with_zero(bytes ^ (kOnes * '"')) |
                                 with_zero(bytes ^ (kOnes * '\\')) |
                                 ((bytes - kOnes * 0x20) & ~bytes);
      if ((ends & kHigh) != 0) {
        // The lowest mark is right; those above it may be carries.
        if constexpr (std::endian::native == std::endian::little) {
          at_ += static_cast<std::size_t>(std::countr_zero(ends & kHigh)) / 8;
          return;
        }
        break;
      }
      at_ += sizeof bytes;
    }
    while (at_ < input_.size() && !ends_plain_text(input_[at_]))
      ++at_;
  }

  static bool ends_plain_text(char c) {
    return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
  }

  // From behind the backslash.
  bool read_escape(std::string& out) {
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (input_[at_] == 'u') return read_unicode_escape(out);
    const std::size_t which = kNames.find(input_[at_]);
    if (which == std::string_view::npos) return fail("Invalid \\escape", at_ - 1);
    out += kMeanings[which];
    ++at_;
    return true;
  }

  // From the 'u'. A high surrogate is joined with a low one only when both are escapes.
  bool read_unicode_escape(std::string& out) {
    char32_t value = 0;
    if (!read_hex(value)) return false;
    if (utf8::is_high_surrogate(value) && peek() == '\\' && peek(1) == 'u') {
      const std::size_t second = at_;
      char32_t low = 0;
      ++at_;
      if (!read_hex(low)) return false;
      if (utf8::is_low_surrogate(low)) {
        value = 0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00);
      } else {
        at_ = second;
      }
    }
    utf8::append(out, value);
    return true;
  }

  // Four digits behind the 'u', and CPython wants something more behind those.
  bool read_hex(char32_t& value) {
    const std::size_t u = at_++;
    for (int i = 0; i < 4; ++i, ++at_) {
      const std::optional<unsigned> digit = hex_digit(peek());
      if (!digit) return fail("Invalid \\uXXXX escape", u);
      value = (value << 4) | *digit;
    }
    return at_ < input_.size() || fail("Invalid \\uXXXX escape", u);
  }

  // NUL behind the end; no token starts or goes on with it.
  char peek(std::size_t ahead = 0) const {
    return input_.size() - at_ > ahead ? input_[at_ + ahead] : '\0';
  }

  void skip_whitespace() {
    while (at_ < input_.size() && is_whitespace(input_[at_]))
      ++at_;
  }

  std::size_t skip_digits() {
    const std::size_t start = at_;
    while (at_ < input_.size() && is_digit(input_[at_]))
      ++at_;
    return at_ - start;
  }

  bool enter(std::string_view what) {
    if (depth_ == max_depth_) {
      fail("maximum recursion depth exceeded while decoding a JSON " + std::string(what) +
               " from a unicode string",
           at_);
      error_.positioned = false;
      return false;
    }
    ++depth_;
    return true;
  }

  bool leave() {
    --depth_;
    return true;
  }

  bool fail_integer(std::size_t digits, std::size_t byte) {
    fail("Exceeds the limit (" + std::to_string(kMaxIntegerDigits) +
             " digits) for integer string conversion: value has " + std::to_string(digits) +
             " digits; use sys.set_int_max_str_digits() to increase the limit",
         byte);
    error_.positioned = false;
    return false;
  }

  bool fail(std::string message, std::size_t byte) {
    error_ = ParseError{};
    error_.message = std::move(message);
    error_.byte = byte;
    for (std::size_t at = 0; at < byte; ++error_.character) {
      if (input_[at] == '\n') {
        ++error_.line;
        error_.column = 1;
      } else {
        ++error_.column;
      }
      at += utf8::decode(input_, at).size;
    }
    return false;
  }

  std::string_view input_;
  std::size_t max_depth_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  ParseError error_;
};

}  // namespace

std::string ParseError::text() const {
  if (!positioned) return message;
  return message + ": line " + std::to_string(line) + " column " + std::to_string(column) +
         " (char " + std::to_string(character) + ")";
}

ParseResult parse(std::string_view input, const ParseOptions& options) {
  return Parser(input, options).run();
}

}  // namespace codex::json
