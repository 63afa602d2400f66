#include <gtest/gtest.h>

#include "codex/telemetry/json.h"
#include "codex/telemetry/scrub.h"
#include "tests/telemetry/scrub_samples.h"

namespace codex::telemetry {
using namespace fakes;

namespace {

json::Value parsed(std::string_view text) {
  return json::parse(text).value();
}

TEST(ScrubJson, ReplacesWhatSecretKeysHold) {
  const auto after = [](std::string_view text) {
    json::Value value = parsed(text);
    scrubber().scrub(value);
    return json::dump(value);
  };
  const std::string marker = "[REDACTED:secret-assignment]";
  EXPECT_EQ(after(R"({"password": "two words", "user": "me"})"),
            R"({"password": ")" + marker + R"(", "user": "me"})");
  EXPECT_EQ(after(R"({"a": [{"clientSecret": "x"}]})"),
            R"({"a": [{"clientSecret": ")" + marker + R"("}]})");
  EXPECT_EQ(after(R"({"api_keys": ["x"], "secrets": ["a", "b", 5]})"),
            R"({"api_keys": ["x"], "secrets": [")" + marker + R"(", ")" + marker + R"(", 5]})");
  EXPECT_EQ(after(R"({"name": "GITHUB_TOKEN", "value": "abc"})"),
            R"({"name": "GITHUB_TOKEN", "value": ")" + marker + R"("})");
  EXPECT_EQ(after(R"(["run", "--password", "abc", "x"])"),
            R"(["run", "--password", ")" + marker + R"(", "x"])");
  EXPECT_EQ(after(R"({"Set-Cookie": "a", "Authorization": "b"})"),
            R"({"Set-Cookie": ")" + marker + R"(", "Authorization": ")" + marker + R"("})");
  EXPECT_EQ(after(R"({"token": "abcdefgh", "auth": "opensesame"})"),
            R"({"token": ")" + marker + R"(", "auth": ")" + marker + R"("})");
  for (
      const char* same :
      {R"({"input_tokens": 5, "token_count": "12345678", "token": " hello", "max_tokens": null})",
       R"({"token": "hello123", "logprob": -0.5})",
       R"({"auth": "chatgpt", "author": "someone else"})",
       R"({"password": "", "secret": null, "api_key": 5, "auth_mode": "api key"})",
       R"({"id": "item_1", "type": "command_execution", "command": "ls -la", "status": "completed"})"}) {
    EXPECT_EQ(after(same), same);
  }
}

TEST(ScrubJson, NamesTheSpecificRuleAndCounts) {
  const std::string key = join({"gh", "p_", body(36)});
  json::Value value =
      json::Object{{"token", key}, {"text", "see " + key}, {key, 1}, {"password", "pw"}};
  ScrubCounts counts;
  EXPECT_TRUE(scrubber().scrub(value, &counts));
  EXPECT_EQ(json::dump(value),
            R"({"token": "[REDACTED:github-token]", "text": "see [REDACTED:github-token]", )"
            R"("[REDACTED:github-token]": 1, "password": "[REDACTED:secret-assignment]"})");
  EXPECT_EQ(counts, (ScrubCounts{{"github-token", 3}, {"secret-assignment", 1}}));
  const json::Value once = value;
  EXPECT_FALSE(scrubber().scrub(value));
  EXPECT_EQ(value, once);
}

TEST(ScrubJson, KeysThatBecomeTheSameStayApart) {
  json::Value value =
      json::Object{{join({"gh", "p_", body(36)}), 1}, {join({"gh", "o_", body(36)}), 2}};
  EXPECT_TRUE(scrubber().scrub(value));
  EXPECT_EQ(json::dump(value), R"({"[REDACTED:github-token]": 1, "[REDACTED:github-token]#2": 2})");
  EXPECT_FALSE(scrubber().scrub(value));
}

}  // namespace
}  // namespace codex::telemetry
