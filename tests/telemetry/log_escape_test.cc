// What a line of the default logger lets through: texts that act on terminals, break lines, turn
// text around, or are no text at all.
#include <rapidcheck.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codex/telemetry/default_logger.h"
#include "codex/telemetry/log_ids.h"
#include "tests/telemetry/log_lines.h"

namespace codex::telemetry {
namespace {

std::string printed(LogFormat format, const std::string& text) {
  LogLines lines;
  Logger logger("openai.agents");
  DefaultLogger output = attach_default_logger(everything_to(lines.sink(), logger, format));
  logger.debug("%s", {text});
  output.detach();
  return lines.one();
}

struct Case {
  std::string text;
  std::string plain;  // what of it may be seen
};

// U+XXXX in UTF-8, surrogates included.
std::string utf8(char32_t point) {
  std::string out;
  const auto tail = [&out](char32_t bits) { out += static_cast<char>(0x80 | (bits & 0x3F)); };
  if (point < 0x80) {
    out += static_cast<char>(point);
  } else if (point < 0x800) {
    out += static_cast<char>(0xC0 | (point >> 6));
    tail(point);
  } else if (point < 0x10000) {
    out += static_cast<char>(0xE0 | (point >> 12));
    tail(point >> 6);
    tail(point);
  } else {
    out += static_cast<char>(0xF0 | (point >> 18));
    tail(point >> 12);
    tail(point >> 6);
    tail(point);
  }
  return out;
}

const std::vector<Case> kCases = {
    // plain ones, of every length around the eight bytes that are looked at in one go
    {"", ""},
    {"a", "a"},
    {"seven b", "seven b"},
    {"eight by", "eight by"},
    {"nine byte", "nine byte"},
    {"sixteen bytes ok", "sixteen bytes ok"},
    {"quotes \" ' ` and \\ stay", "quotes \" ' ` and \\ stay"},
    {"~!@#$%^&*()_+{}|:<>?[];,./-=", "~!@#$%^&*()_+{}|:<>?[];,./-="},
    {"<script>alert(1)</script>", "<script>alert(1)</script>"},
    {"%s %d %n %%", "%s %d %n %%"},
    {"\\n is no line feed", "\\n is no line feed"},
    // lines
    {"a\nb", "a\\nb"},
    {"a\r\nb\r", "a\\r\\nb\\r"},
    {"\tx\v\f", "\\tx\\x0b\\x0c"},
    {"a\u0085b", "a\\x85b"},
    {"a\u2028b\u2029c", "a\\u2028b\\u2029c"},
    {"ERROR\nINFO:openai.agents:forged", "ERROR\\nINFO:openai.agents:forged"},
    {"1234567\n", "1234567\\n"},
    {"12345678\n", "12345678\\n"},
    {"\n12345678", "\\n12345678"},
    // terminals
    {"\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"},
    {"\x1b]0;title\a", "\\x1b]0;title\\x07"},
    {"\x1b]8;;http://x\x1b\\link", "\\x1b]8;;http://x\\x1b\\link"},
    {"\u009b31m \u009d0;t\u009c", "\\x9b31m \\x9d0;t\\x9c"},
    {"\x7f\b\b\b", "\\x7f\\x08\\x08\\x08"},
    {std::string("nul\0nul", 7), "nul\\x00nul"},
    {"\x0e\x0f", "\\x0e\\x0f"},
    // direction
    {"user\u202eexe.txt", "user\\u202eexe.txt"},
    {"\u202a\u202b\u202c\u202d", "\\u202a\\u202b\\u202c\\u202d"},
    {"\u2066\u2067\u2068\u2069", "\\u2066\\u2067\\u2068\\u2069"},
    {"\u200e\u200f\u061c", "\\u200e\\u200f\\u061c"},
    // what is no UTF-8, as Python would have read it
    {"\xff", "\\udcff"},
    {"a\x80z", "a\\udc80z"},
    {"\xc0\xaf", "\\udcc0\\udcaf"},
    {"\xe2\x82", "\\udce2\\udc82"},
    {"\xf5\x80\x80\x80", "\\udcf5\\udc80\\udc80\\udc80"},
    {"\xf4\x90\x80\x80", "\\udcf4\\udc90\\udc80\\udc80"},
    {"\xed\xa0\x80", "\\ud800"},
    {"\xed\xbf\xbf", "\\udfff"},
    {"\xed\xa0\xbd\xed\xb8\x80", "\\ud83d\\ude00"},
    // text of all kinds stays
    {"Zürich naïve ﬁ Ω ЖЩ 田中 さん 사회 ਸ ع", "Zürich naïve ﬁ Ω ЖЩ 田中 さん 사회 ਸ ع"},
    {"😀 👩\u200d💻 🏳\ufe0f\u200d🌈 🇺🇸",
     "😀 👩\u200d💻 🏳\ufe0f\u200d🌈 🇺🇸"},
    {"Z̮̞̠͙͔ͅḀ̗̞͈̻̗", "Z̮̞̠͙͔ͅḀ̗̞͈̻̗"},
    {"\u00a0\u200b\u3000\ufeff", "\u00a0\u200b\u3000\ufeff"},
    {"\ufffd\uffff", "\ufffd\uffff"},
    {"We’re 1 000 € – “ok”…", "We’re 1 000 € – “ok”…"},
};

TEST(LogEscape, Table) {
  for (const Case& c : kCases) {
    EXPECT_EQ(printed(LogFormat::kMessage, c.text), c.plain);
    EXPECT_EQ(printed(LogFormat::kLevelAndName, c.text), "DEBUG:openai.agents:" + c.plain);
  }
}

// Fails where a line holds what it may not.
void expect_safe(const std::string& line) {
  for (std::size_t at = 0; at < line.size();) {
    const auto lead = static_cast<unsigned char>(line[at]);
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t point = size == 1 ? lead : lead & (0x7FU >> size);
    for (std::size_t i = 1; i < size; ++i) {
      ASSERT_LT(at + i, line.size()) << line;
      point = (point << 6) | (static_cast<unsigned char>(line[at + i]) & 0x3FU);
    }
    ASSERT_EQ(line.substr(at, size), utf8(point)) << "no UTF-8: " << line;
    ASSERT_FALSE(point < 0x20 || (point >= 0x7F && point < 0xA0)) << line;
    ASSERT_FALSE(point == 0x61C || point == 0x200E || point == 0x200F) << line;
    ASSERT_FALSE(point >= 0x2028 && point <= 0x202E) << line;
    ASSERT_FALSE(point >= 0x2066 && point <= 0x2069) << line;
    ASSERT_FALSE(point >= 0xD800 && point <= 0xDFFF) << line;
    at += size;
  }
}

// What json.loads gives for a text that is no UTF-8: its bytes as surrogates.
std::string as_read(const std::string& text) {
  static const json::Style ascii{};
  const std::string quoted = json::dump(json::Value(text), ascii);
  return *json::parse(quoted).value().string();
}

void expect_all_formats_safe(const std::string& text) {
  for (const LogFormat format : {LogFormat::kMessage, LogFormat::kLevelAndName, LogFormat::kJson}) {
    expect_safe(printed(format, text));
  }
  const std::string line = printed(LogFormat::kJson, text);
  const json::ParseResult parsed = json::parse(line);
  ASSERT_TRUE(parsed) << line;
  EXPECT_EQ(parsed.value().get("message")->text(), as_read(text)) << line;
  EXPECT_EQ((*parsed.value().get("args")->array())[0].text(), as_read(text)) << line;
}

TEST(LogEscape, JsonOfTheTableReadsBack) {
  for (const Case& c : kCases) {
    ASSERT_NO_FATAL_FAILURE(expect_all_formats_safe(c.text)) << c.plain;
  }
}

TEST(LogEscape, EveryCodePoint) {
  for (char32_t first = 0; first < 0x11000; first += 256) {
    std::string text = "x";
    for (char32_t point = first; point < first + 256; ++point)
      text += utf8(point) + "|";
    ASSERT_NO_FATAL_FAILURE(expect_all_formats_safe(text)) << std::hex << static_cast<int>(first);
  }
}

TEST(LogEscape, AnyBytes) {
  rc::check([](const std::vector<std::uint8_t>& bytes) {
    expect_all_formats_safe(std::string(bytes.begin(), bytes.end()));
    RC_ASSERT(!testing::Test::HasFailure());
  });
}

TEST(LogEscape, LoggerNamesAndTemplatesToo) {
  LogLines lines;
  Logger logger("a\nb\x1b");
  for (const LogFormat format : {LogFormat::kLevelAndName, LogFormat::kJson}) {
    DefaultLogger output = attach_default_logger(everything_to(lines.sink(), logger, format));
    logger.log(Level::kError, "\n\x1b%s", {1}, "E\n\u202e");
    expect_safe(lines.one());
    output.detach();
  }
}

TEST(LogIds, Text) {
  const auto text = [](const Correlation& ids) {
    std::string out = "before ";
    append_ids(out, ids);
    std::string prefix;
    append_ids_prefix(prefix, ids);
    EXPECT_EQ(prefix, out == "before " ? "" : "[" + out.substr(7) + "] ");
    return out;
  };
  EXPECT_EQ(text({}), "before ");
  Correlation ids;
  ids.thread = "t";
  EXPECT_EQ(text(ids), "before thread=t");
  ids = {"s", "t", "u", "i", "c", {std::string(32, 'a'), std::string(16, 'b'), true}};
  EXPECT_EQ(text(ids), "before session=s thread=t turn=u item=i call=c trace_id=" +
                           std::string(32, 'a') + " span_id=" + std::string(16, 'b'));
  ids = {"a b", "a\"b", "a=b", "[a]", "a\\b\n", {}};
  EXPECT_EQ(text(ids), R"(before session="a b" thread="a\"b" turn="a=b" item="[a]" call="a\\b\n")");
  ids = {"\n\x1b[31m", "\u202e\xff", "", "", "", {}};
  EXPECT_EQ(text(ids), R"(before session="\n\u001b[31m" thread=\u202e\udcff)");
  ids = {};
  ids.call = "sk-proj-" + std::string("Zx7Qm2Lp9Rt4Vb8Ny3Kc6Hd1Jf5Gs0Wa");
  EXPECT_THAT(text(ids), testing::HasSubstr("[REDACTED:"));
}

}  // namespace
}  // namespace codex::telemetry
