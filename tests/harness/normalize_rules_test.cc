// The rules that are shipped: each fires, and each leaves alone or reports what is wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/normalize/shapes.h"
#include "tests/harness/normalize_support.h"

namespace codex::harness {
namespace {

using ::testing::Contains;
using ::testing::Field;

std::vector<std::string> rules_used(const Transcript& transcript) {
  std::vector<std::string> names;
  for (const RuleUse& use : transcript.uses) names.push_back(use.rule);
  return names;
}

Transcript log_of(const std::string& argument) {
  return normalized({{"log/run", "log", json::Object{{"args", json::Array{argument}}}}});
}
std::string logged(const std::string& argument) {
  return log_of(argument).lines[0].observation.data.get("args")->array()->at(0).string()->data();
}

Transcript sent(std::vector<std::string> words) {
  json::Array argv(words.begin(), words.end());
  return normalized({{"wire/call:1", "exec", json::Object{{"argv", std::move(argv)}}}});
}
std::string second_word(const Transcript& transcript) {
  return *transcript.lines[0].observation.data.get("argv")->array()->at(1).string();
}

TEST(NormalizeShapes, ATimeIsWhatIsoformatPrints) {
  for (const char* time : {"2026-11-23T05:32:09.864096+00:00", "2026-11-23T05:32:09+00:00",
                           "2024-02-29T23:59:59.000001+00:00", "0001-01-01T00:00:00+00:00"}) {
    EXPECT_TRUE(is_iso8601_utc(time)) << time;
  }
  for (const char* other :
       {"", "2026-11-23", "2026-11-23T05:32:09Z", "2026-11-23T05:32:09", "<time>",
        "2026-11-23 05:32:09+00:00", "2026-11-23T05:32:09.864+00:00",
        "2026-11-23T05:32:09.000000+00:00", "2026-11-23T05:32:09+01:00",
        "2026-13-23T05:32:09+00:00", "2026-02-29T05:32:09+00:00", "2026-11-00T05:32:09+00:00",
        "2026-11-23T24:00:00+00:00", "2026-11-23T05:60:00+00:00", "2026-11-23T05:32:60+00:00",
        "0000-11-23T05:32:09+00:00", "2026-11-23T05:32:09.864096+00:00 "}) {
    EXPECT_FALSE(is_iso8601_utc(other)) << other;
  }
}

TEST(NormalizeShapes, TimesCompareWithAndWithoutFraction) {
  EXPECT_LT(comparable_time("2026-11-23T05:32:09+00:00"),
            comparable_time("2026-11-23T05:32:09.000001+00:00"));
  EXPECT_LT(comparable_time("2026-11-23T05:32:08.999999+00:00"),
            comparable_time("2026-11-23T05:32:09+00:00"));
}

TEST(NormalizeRules, TimesOfSpansAreMasked) {
  const Transcript transcript = normalized({start_of({}), end_of({})});
  const json::Value data = transcript.lines[0].observation.data;
  EXPECT_EQ(at(data, "/start/started_at"), "\"<time>\"");
  EXPECT_EQ(at(data, "/start/ended_at"), "null");
  EXPECT_EQ(at(data, "/end/started_at"), "\"<time>\"");
  EXPECT_EQ(at(data, "/end/ended_at"), "\"<time>\"");
  EXPECT_THAT(rules_used(transcript), Contains("span-started-at").Times(2));
  EXPECT_THAT(rules_used(transcript), Contains("span-ended-at").Times(1));
  EXPECT_THAT(transcript.uses,
              Contains(AllOf(Field(&RuleUse::path, "/data/end/ended_at"),
                             Field(&RuleUse::lane, "span/trace:1"),
                             Field(&RuleUse::before, "\"" + time_at(20) + "\""))));
}

TEST(NormalizeRules, AnEndBeforeTheStartIsShown) {
  const Transcript transcript = normalized({start_of({}), end_of({.started = 10, .ended = 9})});
  EXPECT_EQ(at(transcript.lines[0].observation.data, "/end/ended_at"), "\"<time: before start>\"");
  EXPECT_FALSE(shipped_rules().is_mask("<time: before start>"));
}

TEST(NormalizeRules, AStartThatChangesIsShown) {
  const Transcript transcript = normalized({start_of({}), end_of({.started = 11})});
  const json::Value data = transcript.lines[0].observation.data;
  EXPECT_EQ(at(data, "/start/started_at"), "\"<time>\"");
  EXPECT_EQ(at(data, "/end/started_at"), "\"<time: changed>\"");
}

TEST(NormalizeRules, AStartBeforeTheParentsIsShown) {
  const SpanText child{.id = 2, .parent = 1, .name = "child", .started = 9};
  const Transcript transcript = normalized({start_of({}), start_of(child), end_of(child)});
  const json::Value data = data_of(transcript, "span/trace:1", "child");
  EXPECT_EQ(at(data, "/start/started_at"), "\"<time: before parent>\"");
  EXPECT_EQ(at(data, "/end/started_at"), "\"<time: before parent>\"");
  EXPECT_EQ(at(data, "/end/ended_at"), "\"<time>\"");
}

TEST(NormalizeRules, AnEndWithoutATimeIsShown) {
  Observation end = end_of({});
  end.data.object()->find("export")->object()->set("ended_at", nullptr);
  EXPECT_EQ(at(normalized({start_of({}), end}).lines[0].observation.data, "/end/ended_at"),
            "null");
}

TEST(NormalizeRules, ATimeOfAnotherShapeStays) {
  for (const json::Value& wrong : {json::Value("yesterday"), json::Value(1795411929),
                                   json::Value("2026-11-23T05:32:09Z")}) {
    Observation start = start_of({});
    start.data.object()->find("export")->object()->set("started_at", wrong);
    EXPECT_EQ(at(normalized({start}).lines[0].observation.data, "/start/started_at"),
              json::dump(wrong));
  }
}

TEST(NormalizeRules, ATimeInAnotherPlaceStays) {
  Observation start = start_of({});
  start.data.object()->find("export")->object()->set(
      "span_data", json::Object{{"type", "custom"}, {"name", "task"}, {"started_at", time_at(1)}});
  EXPECT_EQ(at(normalized({start}).lines[0].observation.data, "/start/span_data/started_at"),
            "\"" + time_at(1) + "\"");
}

TEST(NormalizeRules, OfAnObjectOnlyTheAddressIsReplaced) {
  EXPECT_EQ(logged("<a.TaskSpanData object at 0x7f503858e8a0>"),
            "<a.TaskSpanData object at 0x<address>>");
  EXPECT_EQ(logged("x <A object at 0x1> <bound B of <C object at 0xff>> y"),
            "x <A object at 0x<address>> <bound B of <C object at 0x<address>>> y");
  EXPECT_THAT(rules_used(log_of("<A object at 0x1>")), Contains("log-object-address"));
  EXPECT_FALSE(shipped_rules().is_mask("0x<address>"));
}

TEST(NormalizeRules, TextThatIsNoObjectStays) {
  for (const char* text : {"looked at 0x7f50", "object at 0x7f50>", "<A object at 0xGG>",
                           "<A object at 0x>", "<A object at 7f50>", "<A object at 0x7F50>"}) {
    EXPECT_EQ(logged(text), text);
  }
}

TEST(NormalizeRules, TheSchemaFileIsMasked) {
  for (const char* path : {"/codex-output-schema/schema.json",
                           "/somewhere/else/codex-output-schema-x_y7/schema.json"}) {
    const Transcript transcript = sent({"--output-schema", path});
    EXPECT_EQ(second_word(transcript), "<schema-file>");
    EXPECT_THAT(rules_used(transcript), Contains("output-schema-file"));
  }
}

TEST(NormalizeRules, AnotherPathOrPlaceStays) {
  const std::string path = "/codex-output-schema/schema.json";
  EXPECT_EQ(second_word(sent({"--output", path})), path);
  EXPECT_EQ(second_word(sent({path, path})), path);
  EXPECT_EQ(*sent({path}).lines[0].observation.data.get("argv")->array()->at(0).string(), path);
  for (const char* other : {"/schema.json", "/codex-output-schema/other.json",
                            "/codex-output-schema/sub/schema.json",
                            "codex-output-schema/schema.json", ""}) {
    EXPECT_EQ(second_word(sent({"--output-schema", other})), other);
  }
}

TEST(NormalizeRules, MasksAreWholeLeavesOfRules) {
  std::string rule;
  EXPECT_TRUE(shipped_rules().is_mask("<time>", &rule));
  EXPECT_EQ(rule, "span-started-at");
  EXPECT_TRUE(shipped_rules().is_mask("<schema-file>", &rule));
  EXPECT_EQ(rule, "output-schema-file");
  for (const char* other : {"<span:1>", "<thread:1>", "\\<time>", " <time>", "time", ""}) {
    EXPECT_FALSE(shipped_rules().is_mask(other)) << other;
  }
  EXPECT_FALSE(shipped_rules().is_mask(nullptr));
  EXPECT_FALSE(shipped_rules().is_mask(json::Array{"<time>"}));
}

}  // namespace
}  // namespace codex::harness
