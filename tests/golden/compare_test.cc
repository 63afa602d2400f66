#include "golden/compare.h"

#include <chrono>

#include <gmock/gmock.h>

#include "tests/golden/builders.h"

namespace codex::golden::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Compare, EqualTranscriptsDoNotDiffer) {
  const Transcript one = transcript(
      "cpp", {line("event/run", "a", R"({"x":1,"y":[1,2,{}]})"), line("log/run", "b", "null")});
  const Comparison comparison = compared(one, one);
  EXPECT_THAT(comparison.differences, IsEmpty());
  EXPECT_EQ(comparison.total().compared, 5U);
}

TEST(Compare, AChangedFieldIsOneDifferenceAtItsPath) {
  const Transcript reference =
      transcript("agents", {line("event/run", "a", R"({"x":{"y":[1,2,3]},"z":0})"),
                            line("event/run", "a", R"({"x":{"y":[4]},"z":1})")});
  const Transcript actual =
      transcript("cpp", {line("event/run", "a", R"({"x":{"y":[1,2,3]},"z":0})"),
                         line("event/run", "a", R"({"x":{"y":[5]},"z":1})")});
  EXPECT_THAT(told(compared(actual, reference)), ElementsAre("event/run a /data/x/y/0 4 -> 5"));
}

TEST(Compare, AnInsertedObservationIsOneDifference) {
  const Comparison comparison = compared(numbered({1, 2, 9, 3, 4}), numbered({1, 2, 3, 4}));
  EXPECT_THAT(told(comparison), ElementsAre(R"(event/run n  - -> {"n":9})"));
  EXPECT_EQ(comparison.differences[0].place, (Place{.line = 2, .added = 0, .path = ""}));
}

TEST(Compare, ALostObservationIsOneDifference) {
  const Comparison comparison = compared(numbered({1, 3, 4}), numbered({1, 2, 3, 4}));
  EXPECT_THAT(told(comparison), ElementsAre(R"(event/run n  {"n":2} -> -)"));
  EXPECT_EQ(comparison.differences[0].place, (Place{.line = 1}));
}

TEST(Compare, ALostAndAChangedObservationAreTwoDifferences) {
  const Transcript reference =
      transcript("agents", {line("event/run", "a", R"({"id":1,"t":"one","u":5})"),
                            line("event/run", "a", R"({"id":2,"t":"two","u":6})"),
                            line("event/run", "a", R"({"id":3,"t":"three","u":7})")});
  const Transcript actual =
      transcript("cpp", {line("event/run", "a", R"({"id":2,"t":"TWO","u":6})"),
                         line("event/run", "a", R"({"id":3,"t":"three","u":7})")});
  EXPECT_THAT(told(compared(actual, reference)),
              ElementsAre(R"(event/run a  {"id":1,"t":"one","u":5} -> -)",
                          R"(event/run a /data/t "two" -> "TWO")"));
}

TEST(Compare, NeverPairsDifferentNames) {
  const Transcript reference = transcript("agents", {line("event/run", "a", R"({"x":1})")});
  const Transcript actual = transcript("cpp", {line("event/run", "b", R"({"x":1})")});
  EXPECT_THAT(told(compared(actual, reference)),
              ElementsAre(R"(event/run a  {"x":1} -> -)", R"(event/run b  - -> {"x":1})"));
}

TEST(Compare, AnotherOrderIsADifference) {
  EXPECT_THAT(compared(numbered({2, 1}), numbered({1, 2})).differences, SizeIs(2));
  const Transcript reference = transcript(
      "agents", {line("event/run", "a", R"({"x":1})"), line("event/run", "b", R"({"x":1})")});
  const Transcript actual = transcript(
      "cpp", {line("event/run", "b", R"({"x":2})"), line("event/run", "a", R"({"x":2})")});
  // Whichever of the two is paired, the other is lost here and added there.
  EXPECT_THAT(compared(actual, reference).differences, SizeIs(3));
}

TEST(Compare, LanesOfBothAreComparedInNaturalOrder) {
  const Transcript reference =
      transcript("agents", {line("event/call:10", "a", "1"), line("event/call:2", "a", "1")});
  const Transcript actual = transcript("cpp", {line("event/call:9", "a", "1")});
  EXPECT_THAT(
      told(compared(actual, reference)),
      ElementsAre("event/call:2 a  1 -> -", "event/call:9 a  - -> 1", "event/call:10 a  1 -> -"));
}

TEST(Compare, MissingMembersDifferAtTheirLeaves) {
  const Transcript reference =
      transcript("agents", {line("event/run", "a", R"({"k":1,"u":{"p":1,"q":[2,{}]}})")});
  const Transcript actual = transcript("cpp", {line("event/run", "a", R"({"k":1,"w":null})")});
  EXPECT_THAT(told(compared(actual, reference)),
              ElementsAre("event/run a /data/u/p 1 -> -", "event/run a /data/u/q/0 2 -> -",
                          "event/run a /data/u/q/1 {} -> -", "event/run a /data/w - -> null"));
}

TEST(Compare, AnInsertedElementIsOneDifference) {
  const Transcript reference =
      transcript("agents", {line("event/run", "a", R"({"l":[{"a":1,"b":2},{"a":3,"b":4}]})")});
  const Transcript actual = transcript(
      "cpp", {line("event/run", "a", R"({"l":[{"a":0,"b":0},{"a":1,"b":2},{"a":3,"b":5}]})")});
  const Comparison comparison = compared(actual, reference);
  EXPECT_THAT(told(comparison), ElementsAre(R"(event/run a /data/l/0 - -> {"a":0,"b":0})",
                                            "event/run a /data/l/1/b 4 -> 5"));
  EXPECT_EQ(comparison.differences[0].place.path, "/data/l/0+0");
  EXPECT_EQ(comparison.differences[1].place.path, "/data/l/1/b");
}

TEST(Compare, KindsOfNumbersAndContainersAreDistinct) {
  const Transcript reference =
      transcript("agents", {line("event/run", "a", R"({"a":1,"b":1,"c":{},"d":null,"e":0.0})")});
  const Transcript actual = transcript(
      "cpp", {line("event/run", "a", R"({"a":1.0,"b":true,"c":[],"d":{"x":1},"e":-0.0})")});
  EXPECT_THAT(told(compared(actual, reference)),
              ElementsAre("event/run a /data/a 1 -> 1.0", "event/run a /data/b 1 -> true",
                          "event/run a /data/c {} -> []", R"(event/run a /data/d null -> {"x":1})",
                          "event/run a /data/e 0.0 -> -0.0"));
}

TEST(Compare, KeyOrderCountsInSpansAlone) {
  const char* const first = R"({"export":{"a":1,"b":{"c":1,"d":2}}})";
  const char* const second = R"({"export":{"b":{"d":2,"c":1},"a":1}})";
  const Comparison spans = compared(transcript("cpp", {line("span/run", "s", second)}),
                                    transcript("agents", {line("span/run", "s", first)}));
  EXPECT_THAT(told(spans), ElementsAre(R"(span/run s /data/export/b ["c","d"] -> ["d","c"])",
                                       R"(span/run s /data/export ["a","b"] -> ["b","a"])"));
  EXPECT_TRUE(spans.differences[0].key_order);
  EXPECT_THAT(compared(transcript("cpp", {line("event/run", "s", second)}),
                       transcript("agents", {line("event/run", "s", first)}))
                  .differences,
              IsEmpty());
}

TEST(Compare, PathsAreJsonPointers) {
  EXPECT_THAT(told(compared(transcript("cpp", {line("log/run", "s", R"({"a/b~c":1})")}),
                            transcript("agents", {line("log/run", "s", R"({"a/b~c":2})")}))),
              ElementsAre("log/run s /data/a~1b~0c 2 -> 1"));
}

// Small random values, of few kinds, so that equal and nearly equal ones are frequent.
class RandomValues {
 public:
  json::Value value(int depth) {
    const std::uint64_t kind = below(depth > 0 ? 6 : 4);
    if (kind == 0) return json::Value();
    if (kind == 1) return json::Value(below(2) == 0);
    if (kind == 2) return json::Value(below(3));
    if (kind == 3) return json::Value(below(2) == 0 ? "<time>" : "<span:1>");
    json::Array array;
    json::Object object;
    for (std::uint64_t i = below(4); i > 0; --i) {
      array.push_back(value(depth - 1));
      object.set(std::string(1, "abcd"[i]), value(depth - 1));
    }
    if (kind == 4) return array;
    return object;
  }
  Transcript transcript() {
    std::vector<TranscriptLine> lines;
    for (const char* lane : {"event/run", "span/trace:1"}) {
      for (std::uint64_t i = below(6); i > 0; --i) {
        lines.push_back({{lane, below(2) == 0 ? "m" : "n", value(3)}, Origin::kWire});
      }
    }
    return testing::transcript("x", std::move(lines));
  }

 private:
  std::uint64_t below(std::uint64_t bound) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return (state_ >> 33) % bound;
  }
  std::uint64_t state_ = 5;
};

TEST(Compare, SaysNothingOfEqualTranscriptsAndSomethingOfOthers) {
  RandomValues random;
  std::size_t equal = 0;
  for (int round = 0; round < 3'000; ++round) {
    const Transcript one = random.transcript();
    const Transcript other = random.transcript();
    ASSERT_THAT(compared(one, one).differences, IsEmpty());
    const Comparison comparison = compared(one, other);
    ASSERT_EQ(comparison.differences.empty(), one.lines == other.lines);
    equal += comparison.differences.empty() ? 1U : 0U;
    const LeafTally total = comparison.total();
    ASSERT_GE(total.compared, total.differing);
    ASSERT_EQ(total.not_observed, 0U);
  }
  EXPECT_GT(equal, 0U);
}

TEST(Compare, ALargeRotatedLaneIsNotAllChanged) {
  std::vector<int> numbers(20'000);
  for (std::size_t i = 0; i < numbers.size(); ++i)
    numbers[i] = static_cast<int>(i);
  const Transcript reference = numbered(numbers);
  std::rotate(numbers.begin(), numbers.begin() + 5'000, numbers.end());
  const auto start = std::chrono::steady_clock::now();
  const Comparison comparison = compared(numbered(numbers), reference);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  EXPECT_EQ(comparison.differences.size(), 10'000U);
  EXPECT_LT(taken.count(), 10.0);
}

TEST(Compare, TheWordsOfTwoWatchdogsAreNotCompared) {
  const auto hanging = [](const char* subject, const char* why) {
    return transcript(subject,
                      {line("event/run", "a", "1"),
                       line("outcome/run", "hang", std::string("{\"reason\":\"") + why + "\"}")},
                      Outcome::kHang);
  };
  const Comparison comparison = compared(hanging("cpp", "stall"), hanging("agents", "10 s"));
  EXPECT_THAT(comparison.differences, IsEmpty());
  EXPECT_EQ(comparison.total().by_rule.at("hang"), 1U);
  Transcript ended = hanging("cpp", "stall");
  ended.outcome = Outcome::kCompleted;
  EXPECT_THAT(compared(ended, hanging("agents", "10 s")).differences, SizeIs(1));
}

}  // namespace
}  // namespace codex::golden::testing
