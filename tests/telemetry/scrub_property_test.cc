#include <cctype>
#include <rapidcheck.h>

#include <gtest/gtest.h>

#include "codex/telemetry/json.h"
#include "codex/telemetry/scrub.h"
#include "tests/telemetry/scrub_samples.h"

namespace codex::telemetry {
using namespace fakes;

namespace {

// Fragments that rules care about, glued in any way.
std::string mixture() {
  static const std::vector<Sample> all = samples();
  static const std::vector<std::string> glue = {"",
                                                " ",
                                                "\n",
                                                "=",
                                                ":",
                                                "\"",
                                                "'",
                                                "\\\"",
                                                "\\n",
                                                "&",
                                                ";",
                                                ",",
                                                "@",
                                                "://",
                                                "password=",
                                                "token: ",
                                                "-",
                                                "--",
                                                "]",
                                                "[",
                                                "x",
                                                "é",
                                                "/",
                                                "\xff",
                                                "Authorization: ",
                                                "Bearer ",
                                                "cookie: a=",
                                                "[REDACTED:jwt]",
                                                "[REDACTED:",
                                                "\\",
                                                "{\"secret\":\"",
                                                "api_key",
                                                "--password ",
                                                "$",
                                                "(",
                                                "basic "};
  std::string text;
  const int parts = *rc::gen::inRange(1, 12);
  for (int part = 0; part < parts; ++part) {
    if (*rc::gen::inRange(0, 3) == 0) {
      const Sample& sample = all[*rc::gen::inRange<std::size_t>(0, all.size())];
      text += *rc::gen::arbitrary<bool>() ? sample.before + sample.secret + sample.after
                                          : sample.secret;
      // Sometimes cut, as in a stream.
      if (*rc::gen::inRange(0, 4) == 0)
        text.resize(text.size() - *rc::gen::inRange<std::size_t>(0, sample.secret.size()));
    } else {
      text += glue[*rc::gen::inRange<std::size_t>(0, glue.size())];
    }
  }
  return text;
}

TEST(ScrubProperty, IsIdempotent) {
  EXPECT_TRUE(rc::check([] {
    const std::string text = mixture();
    const std::string once = scrubbed(text);
    RC_LOG() << text << "\n" << once << "\n" << scrubbed(once);
    RC_ASSERT(scrubbed(once) == once);
  }));
  EXPECT_TRUE(rc::check([](const std::string& bytes) {
    const std::string once = scrubbed(bytes);
    RC_ASSERT(scrubbed(once) == once);
  }));
}

TEST(ScrubProperty, SaysWhetherItChangedAndCountsMarkers) {
  EXPECT_TRUE(rc::check([] {
    const std::string text = mixture();
    std::string clean = text;
    ScrubCounts counts;
    const bool changed = scrubber().scrub(clean, &counts);
    RC_ASSERT(changed == (clean != text));
    RC_ASSERT(counts.empty() == (clean == text));
  }));
}

TEST(ScrubProperty, MayHoldSecretsIsNeverWronglyFalse) {
  EXPECT_TRUE(rc::check([] {
    const std::string text = mixture();
    std::string clean = text;
    if (scrubber().scrub(clean)) {
      RC_ASSERT(scrubber().may_hold_secrets(text));
      RC_ASSERT(scrubber().may_hold_secrets(escaped(text)));
    }
  }));
  // Keys of any spelling.
  EXPECT_TRUE(rc::check([] {
    std::string key;
    const int words = *rc::gen::inRange(1, 4);
    for (int word = 0; word < words; ++word) {
      std::string next = *rc::gen::element<std::string>(
          "api", "key", "token", "secret", "password", "passwd", "storage", "hmac", "auth", "my",
          "id", "client", "private", "x", "authorization", "cookie", "set", "credentials", "access",
          "pwd", "passphrase", "count");
      if (*rc::gen::arbitrary<bool>()) next[0] = static_cast<char>(std::toupper(next[0]));
      if (word > 0) key += *rc::gen::element<std::string>("_", "-", ".", " ", "", "/");
      key += next;
    }
    json::Value value =
        json::Object{{key, "a1b2c3d4e5"}, {"list", json::Array{"--" + key, "a1b2c3d4e5"}}};
    const std::string text = json::dump(value);
    if (scrubber().scrub(value)) RC_ASSERT(scrubber().may_hold_secrets(text));
  }));
  EXPECT_TRUE(scrubber().may_hold_secrets(R"({"\u0070assword":"x"})"));
  EXPECT_TRUE(scrubber().may_hold_secrets(R"(http:\/\/me:you@there)"));
  EXPECT_FALSE(scrubber().may_hold_secrets(R"({"type":"item.completed","item":{"id":"item_1"}})"));
}

TEST(ScrubKnownValues, InFourEncodings) {
  const std::string value = "zw\xc3\xb6lf/\"drei\"+vier f\xc3\xbcnf";
  const Scrubber known({value, "short"});
  const std::string marker = "[REDACTED:known-value]";
  EXPECT_EQ(scrubbed("a " + value + " b", known), "a " + marker + " b");
  EXPECT_EQ(scrubbed(json::dump(json::Value(value)), known), "\"" + marker + "\"");
  EXPECT_EQ(scrubbed(json::dump(json::Value(value), json::kCompactUnicode), known),
            "\"" + marker + "\"");
  EXPECT_EQ(scrubbed(json::dump(json::Value(json::dump(json::Value(value)))), known),
            "\"\\\"" + marker + "\\\"\"");
  EXPECT_EQ(scrubbed("?q=zw%C3%B6lf%2F%22drei%22%2Bvier%20f%C3%BCnf&", known),
            "?q=" + marker + "&");
  EXPECT_EQ(scrubbed("?q=zw%c3%b6lf%2f%22drei%22%2bvier+f%c3%bcnf&", known), "?q=" + marker + "&");
  EXPECT_EQ(scrubbed("it is short", known), "it is short");
  ScrubCounts counts;
  std::string twice = value + value;
  EXPECT_TRUE(known.scrub(twice, &counts));
  EXPECT_EQ(twice, marker + marker);
  EXPECT_EQ(counts, (ScrubCounts{{"known-value", 2}}));
}

std::string base64(std::string_view bytes, bool url) {
  const std::string_view digits =
      url ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
          : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string made;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned word = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      word = word << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      made += i + k > bytes.size() ? '=' : digits[word >> (18 - 6 * k) & 63];
    }
  }
  return made;
}

TEST(ScrubKnownValues, AsBase64AtAnyPlace) {
  EXPECT_TRUE(rc::check([] {
    const auto length = *rc::gen::inRange<std::size_t>(8, 40);
    const auto value = *rc::gen::container<std::string>(length, rc::gen::inRange<char>(' ', '~'));
    const Scrubber known({value});
    const auto before = *rc::gen::inRange<std::size_t>(0, 7);
    const auto after = *rc::gen::inRange<std::size_t>(0, 7);
    for (const bool url : {false, true}) {
      const std::string text =
          base64(std::string(before, 'x') + value + std::string(after, 'y'), url);
      const std::string clean = scrubbed(text, known);
      RC_ASSERT(clean.find("[REDACTED:") != std::string::npos);
      // What stands beside it may be left, and not one digit that the value has a bit of.
      const std::size_t left = clean.size() - std::string_view("[REDACTED:known-value]").size();
      RC_ASSERT(left <= before * 8 / 6 + (after + 2) * 8 / 6 + 2);
    }
  }));
}

TEST(ScrubKnownValues, AnywhereInAnyText) {
  EXPECT_TRUE(rc::check([](const std::string& before, const std::string& after) {
    const std::string value = body(12);
    const Scrubber known({value});
    RC_ASSERT(scrubbed(before + value + after, known).find(value) == std::string::npos);
  }));
}

}  // namespace
}  // namespace codex::telemetry
