#include "golden/json_text.h"

#include <cmath>

#include <gmock/gmock.h>

#include "tests/golden/builders.h"

namespace codex::golden::testing {
namespace {

using json::Array;
using json::Object;
using json::Value;

void expect_round_trip(const Value& value, const std::string& text) {
  EXPECT_EQ(shown(value), text);
  const auto decoded = decode(parsed(text));
  ASSERT_TRUE(decoded.ok()) << decoded.error().text();
  EXPECT_TRUE(decoded.value() == value) << text;
}

TEST(JsonText, WritesWhatJsonCannotHold) {
  expect_round_trip(std::nan(""), R"({"$":"nan"})");
  expect_round_trip(HUGE_VAL, R"({"$":"inf"})");
  expect_round_trip(-HUGE_VAL, R"({"$":"-inf"})");
  expect_round_trip(json::Integer{"9223372036854775807"}, "9223372036854775807");
  expect_round_trip(json::Integer{"9223372036854775808"},
                    R"({"$":"int","digits":"9223372036854775808"})");
  expect_round_trip(std::string("a\xed\xa0\x80"), R"({"$":"wtf8","b64":"Ye2ggA=="})");
  expect_round_trip(-0.0, "-0.0");
  expect_round_trip(1e22, "1e+22");
}

TEST(JsonText, AnObjectThatLooksEncodedIsTold) {
  expect_round_trip(Object{{"$", "nan"}}, R"({"$":"object","value":{"$":"nan"}})");
  expect_round_trip(Object{{"a", 1}, {"$", Object{{"$", 2}}}},
                    R"({"$":"object","value":{"a":1,"$":{"$":"object","value":{"$":2}}}})");
  expect_round_trip(Object{{"k\xed\xb0\x80", Array{1}}},
                    R"({"$":"entries","value":[[{"$":"wtf8","b64":"a+2wgA=="},[1]]]})");
}

TEST(JsonText, RefusesFormsThatItDoesNotWrite) {
  for (const char* text :
       {R"({"$":"what"})", R"({"$":"nan","x":1})", R"({"$":"wtf8","b64":"*"})",
        R"({"$":"int","digits":"1.5"})", R"({"$":"object","value":1})", R"({"$":1})"}) {
    EXPECT_FALSE(decode(parsed(text)).ok()) << text;
  }
}

TEST(JsonText, EscapesWhatCouldActOnATerminalOrHideInAReview) {
  EXPECT_EQ(shown("\x1b[31m\x7f\n\t\"\\"), R"("\u001b[31m\u007f\n\t\"\\")");
  EXPECT_EQ(shown("\xc2\x9b"
                  "31m"),
            R"("\u009b31m")");
  EXPECT_EQ(shown("\xe2\x80\xae"
                  "abc\xe2\x80\xa8\xef\xbb\xbf"),
            R"("\u202eabc\u2028\ufeff")");
  EXPECT_EQ(shown("grün 日本 😀"), "\"grün 日本 😀\"");
  EXPECT_EQ(shown(Object{{"\x1b", 1}}), R"({"\u001b":1})");
  expect_round_trip("\xe2\x80\xae\x1b\x7f", R"("\u202e\u001b\u007f")");
}

TEST(JsonText, PrettyPutsOneMemberALine) {
  EXPECT_EQ(pretty_text(parsed(R"({"a":[1,{"b":[]}],"c":{}})")),
            "{\n \"a\": [\n  1,\n  {\n   \"b\": []\n  }\n ],\n \"c\": {}\n}");
}

}  // namespace
}  // namespace codex::golden::testing
