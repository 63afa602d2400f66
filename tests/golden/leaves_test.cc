// What becomes of every leaf: compared, masked, not observed.
#include <gmock/gmock.h>

#include "golden/compare.h"
#include "tests/golden/builders.h"

namespace codex::golden::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

Observability subject(const char* declaration) {
  const auto result = Observability::from_json(parsed(declaration));
  EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().text());
  return result.value();
}

const Observability& agents() {
  static const Observability observability = [] {
    const auto subjects = load_subjects(CTD_SOURCE_DIR "/harness/data/subjects.json");
    EXPECT_TRUE(subjects.ok()) << (subjects.ok() ? "" : subjects.error().text());
    return subjects->at("agents");
  }();
  return observability;
}

Comparison events(const char* name, const char* actual, const char* reference,
                  const Observability& observability = agents()) {
  return compared(transcript("cpp", {line("event/call:1", name, actual)}),
                  transcript("agents", {line("event/call:1", name, reference)}), observability);
}

TEST(Leaves, AMaskCountsByItsRuleAndAnIdentityIsCompared) {
  const char* const data = R"({"at":"<time>","id":"<span:2>","text":"see <span:2>","n":1})";
  const LeafTally tally = events("x", data, data, {}).total();
  EXPECT_EQ(tally.masked, 1U);
  EXPECT_THAT(tally.by_rule, ElementsAre(Pair("time", 1U)));
  EXPECT_EQ(tally.compared, 3U);
  EXPECT_EQ(tally.identity, 1U);
}

TEST(Leaves, AMaskOnOneSideIsADifference) {
  const Comparison comparison = events("x", R"({"at":"<time>"})", R"({"at":"12:00"})", {});
  EXPECT_THAT(told(comparison), ElementsAre(R"(event/call:1 x /data/at "12:00" -> "<time>")"));
  EXPECT_EQ(comparison.total().masked, 0U);
  EXPECT_EQ(comparison.total().differing, 1U);
}

TEST(Leaves, OriginsAreCountedApart) {
  const Transcript one = transcript("cpp", {line("log/run", "a", R"({"x":1,"t":"<time>"})"),
                                            line("log/run", "b", "[1,2]", Origin::kDriver)});
  const LaneLeaves leaves = compared(one, one).lanes.at("log/run");
  EXPECT_EQ(leaves.wire.compared, 1U);
  EXPECT_EQ(leaves.wire.masked, 1U);
  EXPECT_EQ(leaves.driver.compared, 2U);
  EXPECT_EQ(leaves.total().compared, 3U);
}

TEST(Leaves, WhatTheClientDropsIsNotObserved) {
  const Comparison usage = events(
      "codex.turn.completed",
      R"({"usage":{"input_tokens":1,"cached_input_tokens":0,"output_tokens":2,"reasoning_output_tokens":3,"cache_write_input_tokens":4}})",
      R"({"usage":{"input_tokens":1,"cached_input_tokens":0,"output_tokens":2}})");
  EXPECT_THAT(usage.differences, IsEmpty());
  EXPECT_EQ(usage.total().compared, 3U);
  EXPECT_EQ(usage.total().not_observed, 2U);
}

TEST(Leaves, WhatBothHaveIsComparedThoughDeclaredUnobservable) {
  EXPECT_THAT(
      told(events("codex.turn.completed", R"({"usage":{"reasoning_output_tokens":3}})",
                  R"({"usage":{"reasoning_output_tokens":4}})")),
      ElementsAre("event/call:1 codex.turn.completed /data/usage/reasoning_output_tokens 4 -> 3"));
}

TEST(Leaves, WhatTheReferenceHasIsNeverExcused) {
  EXPECT_THAT(
      told(events("codex.turn.completed", R"({"usage":{}})",
                  R"({"usage":{"reasoning_output_tokens":4}})")),
      ElementsAre("event/call:1 codex.turn.completed /data/usage/reasoning_output_tokens 4 -> -"));
}

TEST(Leaves, WhatTheClientCouldShowIsADifference) {
  EXPECT_THAT(told(events("codex.item.completed",
                          R"({"item":{"id":"i","type":"agent_message","text":"t","extra":1}})",
                          R"({"item":{"id":"i","type":"agent_message"}})")),
              ElementsAre(R"(event/call:1 codex.item.completed /data/item/text - -> "t")"));
}

TEST(Leaves, AnItemOfTheWrongTypeExcusesNothing) {
  const Comparison comparison =
      events("codex.item.completed", R"({"item":{"id":"i","type":"reasoning","extra":1}})",
             R"({"item":{"id":"i","type":"agent_message"}})");
  EXPECT_THAT(
      told(comparison),
      ElementsAre(
          R"(event/call:1 codex.item.completed /data/item/type "agent_message" -> "reasoning")",
          "event/call:1 codex.item.completed /data/item/extra - -> 1"));
}

TEST(Leaves, FieldsOfListElementsAreReachedByAStar) {
  const Comparison comparison = events(
      "codex.item.completed",
      R"({"item":{"id":"i","type":"file_change","changes":[{"path":"a","kind":"add","diff":"+x"},{"path":"b","kind":"add","diff":"+y"}]}})",
      R"({"item":{"id":"i","type":"file_change","changes":[{"path":"b","kind":"add"}]}})");
  EXPECT_THAT(
      told(comparison),
      ElementsAre(
          R"(event/call:1 codex.item.completed /data/item/changes/0 - -> {"path":"a","kind":"add","diff":"+x"})"));
  EXPECT_EQ(comparison.total().not_observed, 1U);
}

TEST(Leaves, ExtraFieldsDoNotStopEqualItemsFromBeingAnchored) {
  std::vector<TranscriptLine> reference;
  std::vector<TranscriptLine> actual;
  for (int i = 0; i < 20; ++i) {
    const std::string id = std::to_string(i);
    const std::string shared = R"({"item":{"id":")" + id + R"(","type":"error","message":"m")";
    if (i != 7)
      actual.push_back(line("event/call:1", "codex.item.completed", shared + R"(,"x":1}})"));
    reference.push_back(line("event/call:1", "codex.item.completed", shared + "}}"));
  }
  const Comparison comparison =
      compared(transcript("cpp", actual), transcript("agents", reference), agents());
  EXPECT_THAT(
      told(comparison),
      ElementsAre(
          R"(event/call:1 codex.item.completed  {"item":{"id":"7","type":"error","message":"m"}} -> -)"));
  EXPECT_EQ(comparison.total().not_observed, 19U);
}

TEST(Leaves, AnUndeclaredLaneIsNotObservedUnlessTheReferenceHasIt) {
  const Observability logs_only = subject(R"({"lanes":["log/*"]})");
  const Transcript actual = transcript("cpp", {line("approval/call:1", "a", R"({"x":1,"y":2})")});
  const Comparison unseen = compared(actual, transcript("agents", {}), logs_only);
  EXPECT_THAT(unseen.differences, IsEmpty());
  EXPECT_EQ(unseen.lanes.at("approval/call:1").wire.not_observed, 2U);
  const Transcript reference =
      transcript("agents", {line("approval/call:1", "a", R"({"x":1,"y":3})")});
  EXPECT_THAT(told(compared(actual, reference, logs_only)),
              ElementsAre("approval/call:1 a /data/y 3 -> 2"));
  EXPECT_THAT(compared(transcript("cpp", {}), reference, logs_only).differences,
              ::testing::SizeIs(1));
}

TEST(Leaves, AnObservationThatTheClientHasNoNameForIsNotObserved) {
  const auto lane = [](const char* name) { return line("event/call:1", name, R"({"x":1})"); };
  const Transcript reference = transcript("agents", {lane("codex.turn.start")});
  const Transcript actual = transcript(
      "cpp", {lane("codex.tool.start"), lane("codex.turn.start"), lane("codex.tool.stop")});
  const Comparison comparison = compared(actual, reference, agents());
  EXPECT_THAT(comparison.differences, IsEmpty());
  EXPECT_EQ(comparison.total().not_observed, 2U);
  EXPECT_EQ(comparison.total().compared, 1U);
}

TEST(Leaves, SumUpToTheLeavesOfBothSides) {
  const char* const reference = R"({"a":{"b":[1,2,"<time>"],"c":{}},"d":[],"e":"x"})";
  const char* const actual = R"({"a":{"b":[1,3,"<time>"],"c":{}},"d":[],"e":"x","f":[9,9]})";
  const LeafTally tally = events("x", actual, reference, {}).total();
  EXPECT_EQ(tally.compared + tally.masked + tally.not_observed, count_leaves(parsed(actual)));
  EXPECT_EQ(tally.differing, 3U);
}

TEST(Leaves, IdentitiesAreWholePlaceholdersWithANumber) {
  for (const char* text : {"<span:2>", "<thread:10>", "<schema-file:1>"}) {
    EXPECT_TRUE(is_identity(text)) << text;
  }
  for (const char* text : {"<time>", "<span:>", "<:1>", "span:2", "<span:2> ", "<>"}) {
    EXPECT_FALSE(is_identity(text)) << text;
  }
}

TEST(Subjects, ABadDeclarationIsAnErrorThatNamesTheSubject) {
  const auto fault = [](const char* text) {
    const auto result = parse_subjects(text, "subjects.json");
    return result.ok() ? std::string() : result.error().text();
  };
  EXPECT_EQ(fault(R"({"subjects":{"a":{"lanes":["*"]}}})"), "");
  EXPECT_THAT(fault(R"({"subjects":{"a":{}}})"), ::testing::HasSubstr("subject \"a\""));
  EXPECT_THAT(fault(R"({"subjects":{"a":{"lanes":["*"],"field":[]}}})"),
              ::testing::HasSubstr("unknown key \"field\""));
  EXPECT_THAT(
      fault(
          R"({"subjects":{"a":{"lanes":["*"],"fields":[{"channel":"event","name":"n","at":"/data","only":[]}]}}})"),
      ::testing::HasSubstr("\"source\" is missing"));
  EXPECT_THAT(fault("{"), ::testing::HasSubstr("subjects.json:1"));
}

}  // namespace
}  // namespace codex::golden::testing
