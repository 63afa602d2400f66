#include "golden/patch.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/golden/builders.h"

namespace codex::golden::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<const Difference*> chosen(const Comparison& comparison,
                                      const std::function<bool(const Difference&)>& is_chosen) {
  std::vector<const Difference*> changes;
  for (const Difference& difference : comparison.differences) {
    if (is_chosen(difference)) changes.push_back(&difference);
  }
  return changes;
}

// `reference` with all that `actual` has otherwise.
std::optional<Transcript> all_of(const Transcript& reference, const Transcript& actual) {
  const Comparison comparison = compared(actual, reference);
  return patched(reference, chosen(comparison, [](const Difference&) { return true; }));
}

TEST(Patch, TakesEveryKindOfChangeOver) {
  const Transcript reference = transcript(
      "agents", {line("event/run", "a", R"({"x":1,"list":[1,2,3,4],"gone":true})"),
                 line("event/run", "lost", R"({"n":1})"),
                 line("event/run", "z", R"({"deep":[{"k":[1,2]},{"k":[3]}]})"),
                 line("span/trace:1", "s", R"({"a":1,"b":2,"c":3})")});
  const Transcript actual = transcript(
      "agents", {line("event/run", "new", "{}"),
                 line("event/run", "a", R"({"x":2,"list":[0,1,3,4,5],"come":{"new":[[1,2],{"k":3}]}})"),
                 line("event/run", "z", R"({"deep":[{"k":[2]},{"k":[3,9]},{"k":[7]}]})"),
                 line("span/trace:1", "s", R"({"c":3,"a":1,"b":2})"), line("usage/run", "u", "1")});
  ASSERT_THAT(told(compared(actual, reference)), SizeIs(::testing::Ge(10u)));
  const auto made = all_of(reference, actual);
  ASSERT_TRUE(made);
  EXPECT_THAT(told(compared(*made, actual)), IsEmpty());
}

TEST(Patch, TakesOneChangeAndLeavesTheOthers) {
  const Transcript reference =
      transcript("agents", {line("event/run", "a", R"({"x":1,"y":[1,2]})"),
                            line("event/run", "b", R"({"x":1})")});
  const Transcript actual = transcript("agents", {line("event/run", "a", R"({"x":2,"y":[1,2,3]})"),
                                                  line("event/run", "b", R"({"x":2})")});
  const Comparison comparison = compared(actual, reference);
  const auto made = patched(reference, chosen(comparison, [](const Difference& difference) {
                              return difference.path == "/data/y/2";
                            }));
  ASSERT_TRUE(made);
  EXPECT_THAT(told(compared(actual, *made)),
              ElementsAre("event/run a /data/x 1 -> 2", "event/run b /data/x 1 -> 2"));
  EXPECT_THAT(told(compared(*made, reference)), ElementsAre("event/run a /data/y/2 - -> 3"));
}

TEST(Patch, AChangeWhosePlaceIsNotThereIsNotMade) {
  const Transcript reference = transcript("agents", {line("event/run", "a", R"({"x":1})")});
  const Transcript actual = transcript("agents", {line("event/run", "a", R"({"x":2})")});
  const Comparison comparison = compared(actual, reference);
  EXPECT_FALSE(patched(transcript("agents", {}), {&comparison.differences[0]}));
  EXPECT_FALSE(patched(transcript("agents", {line("event/run", "a", "[]")}),
                       {&comparison.differences[0]}));
}

std::string some_data() {
  std::string data = R"({"list":[)";
  const auto numbers = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 4));
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    data += (i == 0 ? "" : ",") + std::to_string(numbers[i]);
  }
  data += "]";
  for (const char* key : {"a", "b", "c"}) {
    const int value = *rc::gen::inRange(0, 4);
    if (value != 0) data += std::string(",\"") + key + "\":" + std::to_string(value);
  }
  return data + "}";
}

Transcript some_transcript() {
  std::vector<TranscriptLine> lines;
  const int count = *rc::gen::inRange(0, 8);
  for (int i = 0; i < count; ++i) {
    const std::string lane = *rc::gen::element<std::string>("event/run", "event/turn:2", "hook/run");
    const std::string name = *rc::gen::element<std::string>("one", "two");
    lines.push_back(line(lane, name, some_data()));
  }
  return transcript("agents", std::move(lines));
}

RC_GTEST_PROP(Patch, WhatIsNotTakenIsLeftAndNothingElse, ()) {
  const Transcript reference = some_transcript();
  const Transcript actual = some_transcript();
  const Comparison comparison = compared(actual, reference);
  std::vector<const Difference*> taken;
  for (const Difference& difference : comparison.differences) {
    if (*rc::gen::arbitrary<bool>()) taken.push_back(&difference);
  }
  const auto made = patched(reference, taken);
  RC_ASSERT(made.has_value());
  if (taken.size() == comparison.differences.size()) {
    RC_ASSERT(compared(actual, *made).differences.empty());
  }
  if (taken.empty()) RC_ASSERT(compared(*made, reference).differences.empty());
}

}  // namespace
}  // namespace codex::golden::testing
