// The ids of tool calls, as Runner takes them. Against the real one: odd/exec/call-*.
#include <string>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/agent_run/call_ids.h"

namespace codex::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<bool> fresh(const CallIds::Checked& checked) {
  const auto* list = std::get_if<std::vector<bool>>(&checked);
  return list == nullptr ? std::vector<bool>() : *list;
}
std::string refusal(const CallIds::Checked& checked) {
  const auto* error = std::get_if<telemetry::ClientError>(&checked);
  return error == nullptr ? "" : error->text;
}

TEST(CallIds, ExactRepetitionsAreLeftOut) {
  CallIds ids;
  EXPECT_THAT(fresh(ids.check({{"a", "{\"x\":1}"}, {"b", "{}"}, {"a", "{\"x\": 1}"}})),
              ElementsAre(true, true, false));
  EXPECT_THAT(fresh(ids.check({{"b", "{}"}, {"c", "no json"}})), ElementsAre(false, true));
  EXPECT_THAT(fresh(ids.check({{"c", "no json"}})), ElementsAre(false));
}

TEST(CallIds, OrderOfKeysIsNothing) {
  CallIds ids;
  EXPECT_THAT(fresh(ids.check({{"a", R"({"x":[{"y":1,"z":2}],"w":0})"}, {"a", R"({"w":0,"x":[{"z":2,"y":1}]})"}})),
              ElementsAre(true, false));
}

TEST(CallIds, OneIdForTwoCallsEndsTheRun) {
  CallIds ids;
  EXPECT_THAT(refusal(ids.check({{"a", "1"}, {"a", "2"}})), HasSubstr("in one response"));
  EXPECT_EQ(refusal(ids.check({{"a", "1"}})), "") << "what was refused was not called";
  EXPECT_THAT(refusal(ids.check({{"a", "2"}})), HasSubstr("completed tool call ID"));
  EXPECT_THAT(refusal(ids.check({{"a", "NaN"}})), HasSubstr("completed"));
}

TEST(CallIds, AnEmptyIdEndsTheRun) {
  CallIds ids;
  EXPECT_THAT(refusal(ids.check({{"a", "1"}, {"", "1"}})), HasSubstr("non-empty string call ID"));
}

}  // namespace
}  // namespace codex::harness
