// Lists without a promised order: sorted only where the driver has calls at once, nothing lost.
#include <gtest/gtest.h>

#include "harness/normalize/unordered.h"

namespace codex::harness {
namespace {

json::Value parsed(const char* text) { return json::parse(text).value(); }

const std::vector<UnorderedRule> kRules = {{"entries", "usage/*", {"data", "entries"}}};

TEST(NormalizeUnordered, OnlyStepsWithSeveralCallsAreParallel) {
  EXPECT_FALSE(has_parallel_calls(parsed(R"({})")));
  EXPECT_FALSE(has_parallel_calls(parsed(R"({"steps":[{"calls":[{}]},{"calls":[{}]},{"message":""}]})")));
  EXPECT_TRUE(has_parallel_calls(parsed(R"({"steps":[{"message":""},{"calls":[{},{}]}]})")));
}

TEST(NormalizeUnordered, BothOrdersBecomeOneAndNothingIsLost) {
  Observation a{"usage/run", "run", parsed(R"({"entries":[{"n":2},{"n":1},{"n":2}],"n":3})")};
  Observation b{"usage/run", "run", parsed(R"({"entries":[{"n":1},{"n":2},{"n":2}],"n":3})")};
  std::vector<RuleUse> uses;
  apply_unordered(kRules, a, uses);
  apply_unordered(kRules, b, uses);
  EXPECT_EQ(a, b);
  ASSERT_EQ(uses.size(), 1U);
  EXPECT_EQ(uses[0].path, "/data/entries");
  EXPECT_EQ(json::dump(a.data, json::kCompact), R"({"entries":[{"n":1},{"n":2},{"n":2}],"n":3})");
}

TEST(NormalizeUnordered, AnotherEntryStaysADifference) {
  Observation a{"usage/run", "run", parsed(R"({"entries":[{"n":2},{"n":1}]})")};
  Observation b{"usage/run", "run", parsed(R"({"entries":[{"n":2},{"n":3}]})")};
  std::vector<RuleUse> uses;
  apply_unordered(kRules, a, uses);
  apply_unordered(kRules, b, uses);
  EXPECT_FALSE(a == b);
}

TEST(NormalizeUnordered, AnotherLaneOrShapeStaysAsItIs) {
  for (const char* data : {R"({"entries":{"b":1,"a":2}})", R"({"other":[2,1]})", R"([2,1])", "null"}) {
    Observation observation{"usage/run", "run", parsed(data)};
    std::vector<RuleUse> uses;
    apply_unordered(kRules, observation, uses);
    EXPECT_EQ(json::dump(observation.data, json::kCompact), json::dump(parsed(data), json::kCompact));
  }
  Observation elsewhere{"hook/run", "run", parsed(R"({"entries":[2,1]})")};
  std::vector<RuleUse> uses;
  apply_unordered(kRules, elsewhere, uses);
  EXPECT_EQ(json::dump(elsewhere.data, json::kCompact), R"({"entries":[2,1]})");
  EXPECT_TRUE(uses.empty());
}

}  // namespace
}  // namespace codex::harness
