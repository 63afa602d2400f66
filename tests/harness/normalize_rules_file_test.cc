// rules.json: what is wrong with it is told, with file and rule.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/normalize/pattern.h"
#include "harness/normalize/rules.h"
#include "tests/harness/normalize_support.h"

namespace codex::harness {
namespace {

using ::testing::HasSubstr;

std::string rule_with(const std::string& key, const std::string& value) {
  json::Value rule = parsed(R"({"name":"n","lane":"span/*","path":"/data/*/t",
      "shape":"iso8601-utc","replace":"<time>","why":"w","source":"s"})");
  if (value.empty()) {
    rule.object()->erase(key);
  } else {
    rule.object()->set(key, parsed(value));
  }
  return json::dump(rule);
}

std::string document(const std::string& rules, const std::string& origins = "") {
  return R"({"version":"rules/1","rules":[)" + rules + R"(],"origins":[)" + origins + "]}";
}

std::string error_of(const std::string& bytes) {
  const Result<Rules> rules = parse_rules(bytes, "some/rules.json");
  return rules ? "" : rules.error().text();
}

TEST(NormalizeRulesFile, TheShippedRulesAreRead) {
  EXPECT_EQ(shipped_rules().version(), "rules/1");
}

TEST(NormalizeRulesFile, AFileThatIsNotThereIsNamed) {
  const Result<RuleSet> rules = RuleSet::load("no/such/rules.json");
  ASSERT_FALSE(rules.ok());
  EXPECT_THAT(rules.error().text(), HasSubstr("no/such/rules.json"));
}

TEST(NormalizeRulesFile, GoodRulesAreRead) {
  EXPECT_EQ(error_of(document(rule_with("checks", "[\"not-before-start\"]"))), "");
  EXPECT_EQ(error_of(document("", R"({"lane":"*","name":"*","origin":"wire","why":"w",
      "where":{"/data/a/b":1}})")),
            "");
}

TEST(NormalizeRulesFile, ErrorsNameFileAndRule) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"{", "some/rules.json:1: not JSON"},
      {"[]", "the document is not an object"},
      {R"({"version":"rules/1","origins":[]})", "there is no list \"rules\""},
      {R"({"version":"rules/1","rules":[]})", "there is no list \"origins\""},
      {R"({"rules":[],"origins":[]})", "the document has no text \"version\""},
      {R"({"version":"1","rule":[]})", "unknown key \"rule\" (did you mean \"rules\"?"},
      {document("7"), "some/rules.json: rule 1 is not an object"},
      {document(rule_with("name", "")), "rule 1 has no text \"name\""},
      {document(rule_with("why", "\"\"")), "rule 1 (n) has no text \"why\""},
      {document(rule_with("source", "")), "rule 1 (n) has no text \"source\""},
      {document(rule_with("shape", "\"iso8601\"")), "rule 1 (n) has an unknown shape \"iso8601\""},
      {document(rule_with("path", "\"/name\"")), "rule 1 (n) has a path outside of /data/: /name"},
      {document(rule_with("replace", "\"time\"")), "(n) has a \"replace\" that is no <word>: time"},
      {document(rule_with("replace", "\"<time:1>\"")), "\"replace\" that is no <word>: <time:1>"},
      {document(rule_with("checks", "7")), "rule 1 (n) has \"checks\" that are no list"},
      {document(rule_with("checks", "[\"x\"]")), "rule 1 (n) has an unknown check \"x\""},
      {document(rule_with("whi", "1")), "rule 1 (n) has an unknown key \"whi\" (did you mean"},
      {document(rule_with("name", "\"a\"") + "," + rule_with("name", "\"a\"")),
       "rule 2 (a) is there twice"},
      {document("", R"({"lane":"x/*"})"), "origin 1 (x/*) has no text \"name\""},
      {document("", R"({"lane":"*","name":"*","origin":"moon","why":"w"})"),
       "an origin that is neither wire nor driver: moon"},
      {document("", R"({"lane":"*","name":"*","origin":"wire","why":"w","where":{"/x":1}})"),
       "origin 1 (*) has a path outside of /data/: /x"},
  };
  for (const auto& [bytes, message] : cases) EXPECT_THAT(error_of(bytes), HasSubstr(message));
}

TEST(NormalizeRulesFile, TheFirstOriginThatMatchesHolds) {
  const Result<Rules> rules = parse_rules(
      document("", R"({"lane":"span/*","name":"c*","where":{"/data/start/n":1},"origin":"driver",
                       "why":"w"},
                      {"lane":"span/*","name":"*","origin":"wire","why":"w"})"),
      "f");
  ASSERT_TRUE(rules.ok());
  const auto origin = [&](const char* lane, const char* name, const char* data) {
    return rules.value().origin_of({lane, name, parsed(data)});
  };
  EXPECT_EQ(origin("span/trace:1", "codex", R"({"start":{"n":1}})"), Origin::kDriver);
  EXPECT_EQ(origin("span/trace:1", "codex", R"({"start":{"n":2}})"), Origin::kWire);
  EXPECT_EQ(origin("span/trace:1", "codex", R"({})"), Origin::kWire);
  EXPECT_EQ(origin("log/run", "codex", R"({})"), Origin::kDriver);
}

TEST(NormalizePatterns, Globs) {
  EXPECT_TRUE(matches_glob("span/trace:*", "span/trace:12"));
  EXPECT_TRUE(matches_glob("*", ""));
  EXPECT_TRUE(matches_glob("a*b*c", "axxbyybzc"));
  EXPECT_FALSE(matches_glob("span/trace:*", "span/run"));
  EXPECT_FALSE(matches_glob("a*b", "abc"));
  EXPECT_FALSE(matches_glob("", "a"));
}

TEST(NormalizePatterns, Paths) {
  const auto matches = [](const char* pattern, const char* path) {
    return matches_path(from_pointer(pattern), from_pointer(path));
  };
  EXPECT_TRUE(matches("/data/*/t", "/data/start/t"));
  EXPECT_TRUE(matches("/data/**", "/data/a/b/c"));
  EXPECT_TRUE(matches("/data/**/t", "/data/t"));
  EXPECT_TRUE(matches("/data/a~1b", "/data/a~1b"));
  EXPECT_FALSE(matches("/data/*/t", "/data/t"));
  EXPECT_FALSE(matches("/data/*/t", "/data/a/b/t"));
  EXPECT_FALSE(matches("/data/a", "/data/a/b"));
}

}  // namespace
}  // namespace codex::harness
