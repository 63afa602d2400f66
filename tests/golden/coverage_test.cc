#include "golden/coverage.h"

#include <gmock/gmock.h>

#include "golden/verdict.h"
#include "tests/golden/builders.h"

namespace codex::golden::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

ComparedShapes shapes_of(const Transcript& actual, const Transcript& reference,
                         const Observability& subject = {}) {
  ComparedShapes shapes;
  const Comparison comparison = compare(actual, reference, subject, is_time, &shapes);
  EXPECT_EQ(shapes.differences.size(), comparison.differences.size());
  return shapes;
}

// "CHANNEL NAME PATH compared/masked/not observed", and ", N differ", ", N known", ", N driver".
std::vector<std::string> told(const Coverage& coverage) {
  std::vector<std::string> lines;
  for (const auto& [shape, tally] : coverage) {
    std::string line = shape.channel + " " + shape.name + " " + shape.path + " " +
                       std::to_string(tally.compared) + "/" + std::to_string(tally.masked) + "/" +
                       std::to_string(tally.not_observed);
    if (tally.differing > 0) line += ", " + std::to_string(tally.differing) + " differ";
    if (tally.known > 0) line += ", " + std::to_string(tally.known) + " known";
    if (tally.driver > 0) line += ", " + std::to_string(tally.driver) + " driver";
    lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<std::string> told_of_one(std::string_view data, std::string lane = "event/run") {
  const Transcript one = transcript("cpp", {line(std::move(lane), "n", data)});
  return told(shapes_of(one, one).all);
}

TEST(Coverage, EachLeafCountsAtItsPlaceAndTheObservationOnce) {
  EXPECT_THAT(told_of_one(R"({"a":1,"b":{"c":[2,3],"d":{}},"t":"<time>"})"),
              ElementsAre("event n  1/0/0", "event n /data/a 1/0/0", "event n /data/b/c/* 2/0/0",
                          "event n /data/b/d 1/0/0", "event n /data/t 0/1/0"));
}

TEST(Coverage, FieldsOfTwoVariantsDoNotMeet) {
  EXPECT_THAT(told_of_one(R"({"items":[{"type":"plan","id":1},{"type":"image","id":2}]})"),
              ElementsAre("event n  1/0/0", "event n /data/items/*{type=image}/id 1/0/0",
                          "event n /data/items/*{type=image}/type 1/0/0",
                          "event n /data/items/*{type=plan}/id 1/0/0",
                          "event n /data/items/*{type=plan}/type 1/0/0"));
}

TEST(Coverage, TheFirstVariantKeyThatIsATextSaysIt) {
  EXPECT_THAT(told_of_one(R"({"kind":"k","type":"t"})"),
              Contains("event n /data{type=t}/kind 1/0/0"));
  EXPECT_THAT(told_of_one(R"({"kind":"k","type":7})"),
              Contains("event n /data{kind=k}/type 1/0/0"));
}

TEST(Coverage, ACustomSpanIsToldByItsName) {
  EXPECT_THAT(told_of_one(R"({"span_data":{"type":"custom","name":"Codex {a/b}"}})", "span/trace:1"),
              Contains("span n /data/span_data{type=custom:Codex ~2a~1b}}/name 1/0/0"));
}

TEST(Coverage, ALogRecordIsToldByItsTemplate) {
  EXPECT_THAT(told_of_one(R"({"level":"DEBUG","template":"Running %s","args":["x"]})", "log/run"),
              Contains("log n /data{template=Running %s}/level 1/0/0"));
  EXPECT_THAT(told_of_one(R"({"template":"%s: %s","args":["Failed","why"]})", "log/run"),
              Contains("log n /data{template=Failed: %s}/args/* 2/0/0"));
}

TEST(Coverage, LongWordsAreCutBetweenCharacters) {
  std::string word(kLongestWord - 1, 'x');
  const std::vector<std::string> lines = told_of_one("{\"" + word + "äy\":1}");
  EXPECT_THAT(lines, Contains("event n /data/" + word + " 1/0/0"));
}

TEST(Coverage, ADifferenceCountsAtEachOfItsLeaves) {
  const Transcript reference = transcript("agents", {line("event/run", "n", R"({"a":1,"b":[2]})")});
  const Transcript actual =
      transcript("cpp", {line("event/run", "n", R"({"a":9,"b":[2,{"c":3,"d":4}]})")});
  const ComparedShapes shapes = shapes_of(actual, reference);
  EXPECT_THAT(told(shapes.all),
              ElementsAre("event n  1/0/0", "event n /data/a 1/0/0, 1 differ",
                          "event n /data/b/* 1/0/0", "event n /data/b/*/c 1/0/0, 1 differ",
                          "event n /data/b/*/d 1/0/0, 1 differ"));
  EXPECT_THAT(told(shapes.differences[1]), ElementsAre("event n /data/b/*/c 1/0/0, 1 differ",
                                                       "event n /data/b/*/d 1/0/0, 1 differ"));
}

TEST(Coverage, AMissingObservationDiffersWhole) {
  const Transcript reference = transcript("agents", {line("event/run", "n", R"({"a":1})")});
  EXPECT_THAT(told(shapes_of(transcript("cpp", {}), reference).all),
              ElementsAre("event n  1/0/0, 1 differ", "event n /data/a 1/0/0, 1 differ"));
}

TEST(Coverage, AnotherOrderOfKeysDiffersAtTheObject) {
  const Transcript reference = transcript("agents", {line("span/trace:1", "n", R"({"a":1,"b":2})")});
  const Transcript actual = transcript("cpp", {line("span/trace:1", "n", R"({"b":2,"a":1})")});
  EXPECT_THAT(told(shapes_of(actual, reference).all),
              ElementsAre("span n  1/0/0", "span n /data 1/0/0, 1 differ", "span n /data/a 1/0/0",
                          "span n /data/b 1/0/0"));
}

TEST(Coverage, AKnownDifferenceIsNoLongerDiffering) {
  const Transcript reference = transcript("agents", {line("event/run", "n", R"({"a":1,"b":2})")});
  const Transcript actual = transcript("cpp", {line("event/run", "n", R"({"a":9,"b":8})")});
  ComparedShapes shapes = shapes_of(actual, reference);
  shapes.set_known(0);
  EXPECT_THAT(told(shapes.all), ElementsAre("event n  1/0/0", "event n /data/a 1/0/0, 1 known",
                                            "event n /data/b 1/0/0, 1 differ"));
}

TEST(Coverage, WhatTheReferenceCannotShowIsNotObserved) {
  const auto subjects = parse_subjects(
      R"({"subjects":{"agents":{"lanes":["event/*"],"fields":[
          {"channel":"event","name":"n","at":"/data","only":["a"],"source":"x.py"}]}}})",
      "subjects.json");
  ASSERT_TRUE(subjects) << subjects.error().text();
  const Transcript reference = transcript("agents", {line("event/run", "n", R"({"a":1})")});
  const Transcript actual = transcript("cpp", {line("event/run", "n", R"({"a":1,"b":{"c":2}})"),
                                               line("hook/run", "h", R"({"x":1})")});
  EXPECT_THAT(told(shapes_of(actual, reference, subjects->at("agents")).all),
              ElementsAre("event n  1/0/0", "event n /data/a 1/0/0", "event n /data/b/c 0/0/1",
                          "hook h  0/0/1", "hook h /data/x 0/0/1"));
}

TEST(Coverage, WhatStemsFromTheDriverIsCounted) {
  const Transcript one =
      transcript("cpp", {line("hook/run", "h", R"({"a":[1,2]})", Origin::kDriver)});
  EXPECT_THAT(told(shapes_of(one, one).all),
              ElementsAre("hook h  1/0/0, 1 driver", "hook h /data/a/* 2/0/0, 2 driver"));
}

// The judge: knows "a" when it is 9.
class NineIsKnown final : public Known {
 public:
  std::optional<std::string> find(const std::string&, const Difference& found) const override {
    if (found.actual == json::Value(9)) return "nine";
    return std::nullopt;
  }
  std::vector<StaleEntry> missing(const std::string&, const std::set<std::string>&) const override {
    return {};
  }
};

TEST(Coverage, AJudgementHasThatOfEachSubjectAgainstTheGolden) {
  const Transcript golden = transcript("agents", {line("event/run", "n", R"({"a":1})")});
  const Transcript cpp = transcript("cpp", {line("event/run", "n", R"({"a":9})")});
  const StoredTranscript stored{kToday, golden};
  const NineIsKnown known;
  SessionInput input;
  input.session = "session";
  input.cpp = SubjectSide::ran(cpp);
  input.python = SubjectSide::ran(golden);
  input.golden = &stored;
  input.today = kToday;
  input.reference = "agents";
  input.is_mask = is_time;
  input.known = &known;
  EXPECT_THAT(judge(input).coverage, IsEmpty()) << "nobody asked for it";
  input.want_coverage = true;
  const Judgement judgement = judge(input);
  EXPECT_THAT(told(judgement.coverage.at("cpp")), Contains("event n /data/a 1/0/0, 1 known"));
  EXPECT_THAT(told(judgement.coverage.at("agents")), Contains("event n /data/a 1/0/0"));
}

TEST(Coverage, WithoutAGoldenOnlyCppIsCompared) {
  const Transcript python = transcript("agents", {line("event/run", "n", R"({"a":1})")});
  const Transcript cpp = transcript("cpp", {line("event/run", "n", R"({"a":2})")});
  SessionInput input;
  input.session = "session";
  input.cpp = SubjectSide::ran(cpp);
  input.python = SubjectSide::ran(python);
  input.reference = "agents";
  input.is_mask = is_time;
  input.want_coverage = true;
  const Judgement judgement = judge(input);
  EXPECT_THAT(told(judgement.coverage.at("cpp")), Contains("event n /data/a 1/0/0, 1 differ"));
  EXPECT_FALSE(judgement.coverage.contains("agents"));
}

TEST(Coverage, ASwitchOfTheDriverIsAsTheSessionIs) {
  const auto with = [](std::size_t differing, std::size_t known) {
    ShapeTally tally;
    tally.compared = 2;
    tally.differing = differing;
    tally.known = known;
    Coverage coverage;
    coverage[{"event", "n", "/data"}] = tally;
    add_switches(parsed(R"({"A/B":"1"})"), coverage);
    return told(coverage);
  };
  EXPECT_THAT(with(0, 0), Contains("driver env /A~1B 1/0/0, 1 driver"));
  EXPECT_THAT(with(0, 1), Contains("driver env /A~1B 1/0/0, 1 known, 1 driver"));
  EXPECT_THAT(with(1, 1),
              Contains("driver env /A~1B 1/0/0, 1 differ, 1 driver"));
}

}  // namespace
}  // namespace codex::golden::testing
