// What a generated session says: a cause, nothing, or that the client has left the script.
#include "cli/fuzz_cause.h"

#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace codex::cli {
namespace {

using harness::Outcome;

bool nothing_is_known(const golden::Difference&) { return false; }

matrix::SessionReport report(std::optional<Outcome> cpp, std::optional<Outcome> client) {
  matrix::SessionReport report;
  if (cpp) report.subjects["cpp"].outcome = *cpp;
  if (client) report.subjects["codex-sdk"].outcome = *client;
  return report;
}

void add(matrix::SessionReport& report, const std::string& lane, const std::string& path,
         json::Value expected, json::Value actual) {
  golden::JudgedDifference judged;
  judged.subject = "cpp";
  judged.against = "codex-sdk";
  judged.difference.lane = lane;
  judged.difference.name = "turn/start";
  judged.difference.path = path;
  judged.difference.expected = std::move(expected);
  judged.difference.actual = std::move(actual);
  report.judgement.differences.push_back(std::move(judged));
}

TEST(FuzzCause, TwoThatAgreeHaveKeptTheScript) {
  const FuzzJudgement judged =
      judge_fuzz(report(Outcome::kCompleted, Outcome::kCompleted), nothing_is_known);
  EXPECT_EQ(judged.script, FuzzScript::kKept);
  EXPECT_EQ(judged.cause, std::nullopt);
}

TEST(FuzzCause, AnotherMessageThanTheTapesHasLeftTheScript) {
  matrix::SessionReport sent = report(Outcome::kCompleted, Outcome::kCompleted);
  add(sent, "event/global", "/data/text", "a", "b");
  EXPECT_EQ(judge_fuzz(sent, nothing_is_known).script, FuzzScript::kKept);
  EXPECT_NE(judge_fuzz(sent, nothing_is_known).cause, std::nullopt);
  add(sent, "wire/run", "/data/params/text", "a", "b");
  EXPECT_EQ(judge_fuzz(sent, nothing_is_known).script, FuzzScript::kLeft);
  EXPECT_EQ(judge_fuzz(sent, nothing_is_known).cause, std::nullopt);
}

TEST(FuzzCause, AMessageThatOneSideLacksIsADifference) {
  matrix::SessionReport lacking = report(Outcome::kCompleted, Outcome::kCompleted);
  add(lacking, "wire/run", "", json::Value(json::Object{}), "b");
  EXPECT_EQ(judge_fuzz(lacking, nothing_is_known).script, FuzzScript::kKept);
  EXPECT_NE(judge_fuzz(lacking, nothing_is_known).cause, std::nullopt);
}

TEST(FuzzCause, TheClientAloneOffTheScriptIsToldApart) {
  const auto script = [](std::optional<Outcome> cpp, std::optional<Outcome> client) {
    matrix::SessionReport off = report(cpp, client);
    add(off, "outcome/run", "/data/text", "a", "b");
    const FuzzJudgement judged = judge_fuzz(off, nothing_is_known);
    EXPECT_EQ(judged.cause.has_value(), judged.script == FuzzScript::kKept);
    return judged.script;
  };
  EXPECT_EQ(script(Outcome::kOffScript, Outcome::kOffScript), FuzzScript::kLeft);
  EXPECT_EQ(script(Outcome::kCompleted, Outcome::kOffScript), FuzzScript::kLeftAlone);
  EXPECT_EQ(script(Outcome::kHang, Outcome::kOffScript), FuzzScript::kLeftAlone);
  EXPECT_EQ(script(Outcome::kOffScript, std::nullopt), FuzzScript::kLeft);
  // C++ has misjudged what the client sends.
  EXPECT_EQ(script(Outcome::kOffScript, Outcome::kCompleted), FuzzScript::kKept);
}

TEST(FuzzCause, ACrashOfOursIsACauseWhateverTheClientDoes) {
  const FuzzJudgement judged =
      judge_fuzz(report(Outcome::kCrash, Outcome::kOffScript), nothing_is_known);
  EXPECT_EQ(judged.script, FuzzScript::kKept);
  ASSERT_NE(judged.cause, std::nullopt);
  EXPECT_EQ(judged.cause->where, "subject cpp");
}

TEST(FuzzCause, WhatIsKnownIsNone) {
  matrix::SessionReport known = report(Outcome::kCompleted, Outcome::kFailed);
  add(known, "outcome/run", "", "completed", "failed");
  EXPECT_NE(judge_fuzz(known, nothing_is_known).cause, std::nullopt);
  EXPECT_EQ(judge_fuzz(known, [](const golden::Difference&) { return true; }).cause, std::nullopt);
}

}  // namespace
}  // namespace codex::cli
