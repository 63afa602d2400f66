// json.h against CPython 3.11: the answers in json_vectors.jsonl are Python's own
// (generate_json_vectors.py), the rest here is what Python cannot be asked.
#include "codex/telemetry/json.h"

#include <chrono>
#include <cmath>
#include <fstream>
#include <limits>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace codex::json {
namespace {

using namespace std::string_literals;

using Vector = nlohmann::json;

std::string decode_base64(const std::string& text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    const std::size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) break;
    bits = (bits << 6 | static_cast<unsigned>(digit)) & 0xFFFF;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>(bits >> count & 0xFF);
  }
  return out;
}

std::string bytes_of(const Vector& vector, const char* field) {
  return decode_base64(vector.at(field).get<std::string>());
}

const std::vector<Vector>& vectors() {
  static const std::vector<Vector> all = [] {
    std::vector<Vector> read;
    std::ifstream file(CTD_SOURCE_DIR "/tests/telemetry/json_vectors.jsonl");
    for (std::string line; std::getline(file, line);)
      read.push_back(Vector::parse(line));
    return read;
  }();
  return all;
}

// Calls `check` with each vector of a kind; there must be some.
template <typename Check>
void for_each_vector(std::string_view kind, Check check) {
  int count = 0;
  for (const Vector& vector : vectors()) {
    if (vector.at("kind") != kind) continue;
    ++count;
    SCOPED_TRACE(vector.dump().substr(0, 2000));
    check(vector);
  }
  EXPECT_GT(count, 0) << "no vectors of the kind " << kind;
}

Value parsed(std::string_view text) {
  ParseResult result = parse(text);
  if (result) return std::move(result.value());
  ADD_FAILURE() << text.substr(0, 200) << ": " << result.error().text();
  return Value();
}

// All code points but those that `holds` denies, as the "classes" vectors sum them up.
template <typename Holds>
void expect_class(const Vector& expected, Holds holds) {
  std::uint64_t count = 0;
  std::uint64_t sum = 0;
  std::uint64_t squares = 0;
  for (std::uint64_t point = 0; point <= 0x10FFFF; ++point) {
    std::string text;
    const auto tail = [&text](std::uint64_t bits) {
      text += static_cast<char>(0x80 | (bits & 0x3F));
    };
    if (point < 0x80) {
      text += static_cast<char>(point);
    } else if (point < 0x800) {
      text += static_cast<char>(0xC0 | point >> 6);
      tail(point);
    } else if (point < 0x10000) {
      text += static_cast<char>(0xE0 | point >> 12);
      tail(point >> 6);
      tail(point);
    } else {
      text += static_cast<char>(0xF0 | point >> 18);
      tail(point >> 12);
      tail(point >> 6);
      tail(point);
    }
    if (!holds(text)) continue;
    ++count;
    sum += point;
    squares += point * point;
  }
  EXPECT_EQ(count, expected.at("count").get<std::uint64_t>());
  EXPECT_EQ(sum, expected.at("sum").get<std::uint64_t>());
  EXPECT_EQ(squares, expected.at("squares").get<std::uint64_t>());
}

void expect_printed(const Value& value, const Vector& expected) {
  EXPECT_EQ(dump(value), bytes_of(expected, "default"));
  EXPECT_EQ(dump(value, kCompact), bytes_of(expected, "compact"));
  EXPECT_EQ(dump(value, kCompactUnicode), bytes_of(expected, "unicode"));
  EXPECT_EQ(compact_size(value), expected.at("size").get<std::size_t>());
  EXPECT_EQ(python_str(value), bytes_of(expected, "str"));
  EXPECT_EQ(python_repr(value), bytes_of(expected, "repr"));
  EXPECT_EQ(truthy(value), expected.at("truthy").get<bool>());
}

void expect_error(const ParseError& error, const Vector& expected) {
  EXPECT_EQ(error.text(), expected.at("error").get<std::string>());
  EXPECT_EQ(error.message, expected.at("message").get<std::string>());
  EXPECT_EQ(error.positioned, expected.contains("place"));
  if (!expected.contains("place")) return;
  const Vector& place = expected.at("place");
  EXPECT_EQ(error.line, place.at("line").get<std::size_t>());
  EXPECT_EQ(error.column, place.at("column").get<std::size_t>());
  EXPECT_EQ(error.character, place.at("character").get<std::size_t>());
  const std::string input = bytes_of(expected, "input");
  EXPECT_EQ(error.byte, prefix(input, error.character).size());
}

TEST(JsonVectors, AreThere) {
  EXPECT_GE(vectors().size(), 400u) << "run tests/telemetry/generate_json_vectors.py";
}

TEST(JsonVectors, Parse) {
  for_each_vector("parse", [](const Vector& vector) {
    const ParseResult result = parse(bytes_of(vector, "input"));
    ASSERT_EQ(result.ok(), !vector.contains("error"));
    if (!result) return expect_error(result.error(), vector);
    expect_printed(result.value(), vector);
    // Not always, in Python either: two surrogates that stand side by side come back as one.
    EXPECT_EQ(parsed(dump(result.value())) == result.value(), vector.at("stable").get<bool>());
  });
}

TEST(JsonVectors, Text) {
  for_each_vector("text", [](const Vector& vector) {
    const std::string input = bytes_of(vector, "input");
    expect_printed(Value(input), vector);
    EXPECT_EQ(length(input), vector.at("length").get<std::size_t>());
    EXPECT_EQ(strip(input), bytes_of(vector, "strip"));
    const std::size_t points = length(input);
    const std::size_t counts[] = {0, 1, 2, 3, points, points + 1};
    for (std::size_t i = 0; i < std::size(counts); ++i) {
      EXPECT_EQ(prefix(input, counts[i]),
                decode_base64(vector.at("prefixes").at(i).get<std::string>()));
    }
  });
}

TEST(JsonVectors, PythonEqual) {
  for_each_vector("equal", [](const Vector& vector) {
    EXPECT_EQ(python_equal(parsed(bytes_of(vector, "a")), parsed(bytes_of(vector, "b"))),
              vector.at("equal").get<bool>());
  });
}

TEST(JsonVectors, Classes) {
  for_each_vector("classes", [](const Vector& vector) {
    if (vector.at("class") == "printable") {
      expect_class(vector, [](const std::string& text) {
        const std::string repr = python_repr(Value(text));
        return repr.find(text) != std::string::npos;
      });
    } else {
      ASSERT_EQ(vector.at("class"), "space");
      expect_class(vector, [](const std::string& text) { return strip(text).empty(); });
    }
  });
}

struct IllFormed {
  const char* name;
  std::string bytes;
  std::size_t byte;
  std::size_t character;
};

TEST(JsonParse, RefusesBytesThatAreNoUtf8) {
  const IllFormed cases[] = {
      {"stray continuation", "\x80", 0, 0},
      {"overlong of two", "\"\xC0\x80\"", 1, 1},
      {"overlong of three", "\"\xE0\x9F\xBF\"", 1, 1},
      {"overlong of four", "\"\xF0\x8F\xBF\xBF\"", 1, 1},
      {"above U+10FFFF", "\"\xF4\x90\x80\x80\"", 1, 1},
      {"no lead", "\"\xFF\"", 1, 1},
      {"cut", "\"\xC3\xA9\xE2\x82", 3, 2},
      {"not continued", "\"\xC3\xA9\xE2\x82\"", 3, 2},
      {"before any other error", "x\n\xFF", 2, 2},
  };
  for (const IllFormed& c : cases) {
    SCOPED_TRACE(c.name);
    const ParseResult result = parse(c.bytes);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message, "invalid UTF-8");
    EXPECT_EQ(result.error().byte, c.byte);
    EXPECT_EQ(result.error().character, c.character);
  }
}

TEST(JsonParse, LimitsDepth) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(parse(nested(3), {.max_depth = 3}));
  EXPECT_FALSE(parse(nested(4), {.max_depth = 3}));
  EXPECT_TRUE(parse("[[],[],[],[{}]]", {.max_depth = 3}));
  EXPECT_FALSE(parse("[[],[],[],[{}]]", {.max_depth = 2}));
  EXPECT_TRUE(parse(nested(900)));
  const ParseResult deep = parse(nested(901));
  ASSERT_FALSE(deep);
  EXPECT_TRUE(deep.error().text().starts_with("maximum recursion depth exceeded"));
  EXPECT_FALSE(parse(std::string(1'000'000, '[')));
}

TEST(JsonParse, ReadsHugeObjectsInLinearTime) {
  std::string text = "{";
  for (int i = 0; i < 100'000; ++i)
    text += "\"key" + std::to_string(i % 60'000) + "\":1,";
  text += "\"last\":2}";
  const auto start = std::chrono::steady_clock::now();
  const Value value = parsed(text);
  EXPECT_TRUE(python_equal(value, value));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
  EXPECT_EQ(value.object()->size(), 60'001u);
}

TEST(JsonObject, KeepsPlaces) {
  Object object{{"a", 1}, {"b", 2}, {"a", 3}};
  EXPECT_EQ(dump(object), R"({"a": 3, "b": 2})");
  object.set("b", "x") = "y";
  object.set("c", nullptr);
  EXPECT_EQ(dump(object), R"({"a": 3, "b": "y", "c": null})");
  EXPECT_TRUE(object.erase("a"));
  EXPECT_FALSE(object.erase("a"));
  object.append("a", true);
  EXPECT_EQ(dump(object), R"({"b": "y", "c": null, "a": true})");
  ASSERT_NE(object.find("c"), nullptr);
  EXPECT_EQ(object.find("d"), nullptr);
  const Object copy = object;
  object.clear();
  EXPECT_TRUE(object.empty());
  EXPECT_EQ(copy.size(), 3u);
}

TEST(JsonValue, ExactEqualityTellsKindsApart) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Value distinct[] = {nullptr,
                            false,
                            true,
                            0,
                            1,
                            0.0,
                            -0.0,
                            1.0,
                            nan,
                            "",
                            "1",
                            Array{},
                            Array{1},
                            Array{1.0},
                            Object{},
                            Object{{"a", 1}, {"b", 2}},
                            Object{{"b", 2}, {"a", 1}}};
  for (std::size_t a = 0; a < std::size(distinct); ++a) {
    for (std::size_t b = 0; b < std::size(distinct); ++b) {
      EXPECT_EQ(distinct[a] == distinct[b], a == b) << dump(distinct[a]) << dump(distinct[b]);
    }
  }
}

TEST(JsonValue, NarrowsIntegers) {
  EXPECT_EQ(parsed("-9223372036854775808").as_int64(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(parsed("9223372036854775807").as_int64(), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(parsed("9223372036854775808").as_int64(), std::nullopt);
  EXPECT_EQ(parsed("-0").as_int64(), 0);
  EXPECT_EQ(parsed("1.0").as_int64(), std::nullopt);
  EXPECT_EQ(parsed("true").as_int64(), std::nullopt);
  EXPECT_EQ(Value(std::numeric_limits<std::uint64_t>::max()).integer()->digits,
            "18446744073709551615");
  EXPECT_EQ(Value(std::numeric_limits<std::int64_t>::min()).integer()->digits,
            "-9223372036854775808");
}

TEST(JsonValue, FindsMembersAndTexts) {
  const Value value = parsed(R"({"a": "x", "b": 1})");
  ASSERT_NE(value.get("a"), nullptr);
  EXPECT_EQ(value.get("a")->text("none"), "x");
  EXPECT_EQ(value.get("b")->text("none"), "none");
  EXPECT_EQ(value.get("c"), nullptr);
  EXPECT_EQ(parsed("[1]").get("a"), nullptr);
  EXPECT_EQ(Value().text(), "");
}

// A str can't hold such bytes; they read as the surrogates of "surrogateescape".
TEST(JsonText, StandsStrayBytes) {
  const std::string stray = " a\xFF\xE2\x82 ";
  EXPECT_EQ(length(stray), 6u);
  EXPECT_EQ(prefix(stray, 4), " a\xFF\xE2");
  EXPECT_EQ(strip(stray), "a\xFF\xE2\x82");
  EXPECT_EQ(strip("\x85\xA0"), "\x85\xA0");
  EXPECT_EQ(python_repr(Value(stray)), "' a\\udcff\\udce2\\udc82 '");
  EXPECT_EQ(dump(Value(stray)), "\" a\\udcff\\udce2\\udc82 \"");
  EXPECT_EQ(dump(Value(stray), kCompactUnicode), "\" a\\udcff\\udce2\\udc82 \"");
  EXPECT_EQ(compact_size(Value(stray)), dump(Value(stray)).size());
}

TEST(JsonText, PrintsNestedValues) {
  EXPECT_EQ(python_str(parsed(R"([1, "a", null, {"a": [true, 1.0, NaN, "it's"]}])")),
            R"([1, 'a', None, {'a': [True, 1.0, nan, "it's"]}])");
  EXPECT_EQ(python_str(Value("it's")), "it's");
  EXPECT_EQ(real_text(-std::numeric_limits<double>::infinity()), "-inf");
}

TEST(JsonDump, Appends) {
  std::string out = "x";
  dump_to(out, Array{1, "\xC3\xA9"s}, kCompactUnicode);
  EXPECT_EQ(out, "x[1,\"\xC3\xA9\"]");
}

}  // namespace
}  // namespace codex::json
