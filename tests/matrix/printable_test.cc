#include "matrix/printable.h"

#include <gtest/gtest.h>

#include "golden/json_text.h"

namespace codex::matrix {
namespace {

TEST(Printable, EscapesWhatCouldActOnATerminal) {
  EXPECT_EQ(printable("\x1b]0;title\x07 a\nb\r"), R"(\u001b]0;title\u0007 a\u000ab\u000d)");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            R"(\u009b31m)");
  EXPECT_EQ(printable("a\xe2\x80\xaeZ"), R"(a\u202eZ)");
  EXPECT_EQ(printable("\x9b\xff"
                      "x\xed\xa0\x80"),
            R"(\x9b\xffx\xed\xa0\x80)");
  EXPECT_EQ(printable("grün 日本 😀 \\ \""), "grün 日本 😀 \\ \"");
  EXPECT_EQ(printable(printable("\x1b\x9b")), printable("\x1b\x9b"));
}

TEST(Printable, EscapesWhatCouldActInTheLogOfABuildService) {
  EXPECT_EQ(printable("a ##vso[task.setvariable]b"), R"(a \u0023#vso[task.setvariable]b)");
  EXPECT_EQ(printable("##[error]x###[group]"), R"(\u0023#[error]x#\u0023#[group])");
  EXPECT_EQ(printable("##teamcity[x"), R"(\u0023#teamcity[x)");
  EXPECT_EQ(printable("::error::a"), R"(\u003a:error::a)");
  EXPECT_EQ(printable("  ::a"), R"(  \u003a:a)");
  EXPECT_EQ(printable("a::b :c"), "a::b :c");
  EXPECT_EQ(printable("## heading [link] ##"), "## heading [link] ##");
  EXPECT_EQ(printable_value("##vso[x", 0), R"("\u0023#vso[x")");
  // In what is read back it is the same text.
  const auto read = json::parse(golden::shown(json::Value("##vso[x")));
  ASSERT_TRUE(read);
  EXPECT_EQ(read.value(), json::Value("##vso[x"));
}

TEST(Printable, CutsLongValuesAtACharacterAndTellsTheirLength) {
  EXPECT_EQ(printable_value("日本語", 5), "\"日本語\"");
  EXPECT_EQ(printable_value("日本語だ", 3), "\"日本… (6 characters)");
  EXPECT_EQ(printable_value(std::string(5000, 'x'), 0).size(), 5002U);
  EXPECT_EQ(printable_value(std::string(5000, 'x'), 4), "\"xxx… (5002 characters)");
  EXPECT_EQ(printable_value("\x1b", 100), R"("\u001b")");
}

}  // namespace
}  // namespace codex::matrix
