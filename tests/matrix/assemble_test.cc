#include "matrix/assemble.h"

#include <algorithm>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/matrix/shards.h"

namespace codex::matrix {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::split;
using testing::whole_run;
using testing::without_run;

std::string joined(std::vector<ShardResults> shards) {
  const auto report = assemble(std::move(shards), {}, {});
  EXPECT_TRUE(report) << report.error().text();
  return report ? without_run(report.value()) : "";
}

std::vector<std::string> problems(const Report& report) {
  std::vector<std::string> all;
  for (const harness::Error& error : report.unreadable) {
    if (error.file.empty()) all.push_back(error.message);
  }
  return all;
}

TEST(Assemble, AnyNumberOfShardsInAnyOrderSaysTheSame) {
  const ShardResults whole = whole_run();
  const std::string once = joined({whole});
  for (const std::size_t count : {1u, 2u, 3u, 5u, 8u, 16u, 64u}) {
    std::vector<ShardResults> shards = split(whole, count);
    EXPECT_EQ(joined(shards), once) << count;
    std::reverse(shards.begin(), shards.end());
    EXPECT_EQ(joined(shards), once) << count;
    std::rotate(shards.begin(), shards.begin() + static_cast<std::ptrdiff_t>(count / 3), shards.end());
    EXPECT_EQ(joined(shards), once) << count;
  }
}

TEST(Assemble, AShardThatCameTwiceCountsOnce) {
  const ShardResults whole = whole_run();
  std::vector<ShardResults> shards = split(whole, 4);
  ShardResults again = shards[2];
  again.file = "part-3-again/results.jsonl";
  again.report.run.started = "2026-11-23T03:00:00Z";
  for (SessionReport& session : again.report.sessions) session.seconds += 1;
  shards.insert(shards.begin(), again);
  EXPECT_EQ(joined(shards), joined({whole}));
}

TEST(Assemble, AShardThatIsThereTwiceWithTwoAnswersIsRed) {
  std::vector<ShardResults> shards = split(whole_run(), 4);
  ShardResults other = shards[2];
  other.file = "part-3-again/results.jsonl";
  ASSERT_FALSE(other.report.sessions.empty());
  other.report.sessions[0].judgement.notes.push_back("something else");
  shards.push_back(other);
  const auto there = join(shards);
  ASSERT_TRUE(there);
  EXPECT_THAT(problems(there.value()),
              ElementsAre("shard 3/4 is there twice and does not say the same: "
                          "part-3-again/results.jsonl and part-3/results.jsonl"));
  EXPECT_EQ(exit_code(there.value()), 1);
  std::reverse(shards.begin(), shards.end());
  EXPECT_EQ(without_run(join(shards).value()), without_run(there.value()));
}

TEST(Assemble, AMissingShardIsRed) {
  std::vector<ShardResults> shards = split(whole_run(), 4);
  const std::size_t sessions = shards[1].report.sessions.size();
  shards.erase(shards.begin() + 1);
  const auto there = join(shards);
  ASSERT_TRUE(there);
  EXPECT_THAT(problems(there.value()),
              ElementsAre("shard 2/4 is missing: " + std::to_string(sessions) +
                          " sessions of the corpus did not run"));
  EXPECT_EQ(exit_code(there.value()), 1);
  EXPECT_EQ(there->not_run.size(), sessions);
  EXPECT_EQ(there->not_run.size() + there->sessions.size(), whole_run().corpus.size());
}

TEST(Assemble, WhatTheCallerFoundIsRedAndNamed) {
  const harness::Error cut{"ends here without its footer: the file was cut", "a/results.jsonl", 7, ""};
  Report green = join({whole_run()}).value();
  const Report red = join({whole_run()}, {cut}).value();
  ASSERT_EQ(red.unreadable.size(), green.unreadable.size() + 1);
  EXPECT_EQ(red.unreadable.front().file, "a/results.jsonl");
  EXPECT_EQ(exit_code(red), 1);
}

TEST(Assemble, NothingToMergeIsAnError) {
  EXPECT_THAT(join({}).error().text(), HasSubstr("there is no shard to merge"));
}

struct Stranger {
  const char* about;
  std::function<void(ShardResults&)> change;
  const char* message;
};
void PrintTo(const Stranger& stranger, std::ostream* stream) { *stream << stranger.about; }
class StrangerTest : public ::testing::TestWithParam<Stranger> {};

TEST_P(StrangerTest, IsAnErrorThatNamesBothFiles) {
  std::vector<ShardResults> shards = split(whole_run(), 3);
  ASSERT_FALSE(shards[2].report.sessions.empty());
  GetParam().change(shards[2]);
  const auto there = join(shards);
  ASSERT_FALSE(there);
  EXPECT_THAT(there.error().text(), HasSubstr(GetParam().message));
  EXPECT_THAT(there.error().text(), HasSubstr("part-1/results.jsonl and part-3/results.jsonl"));
}

INSTANTIATE_TEST_SUITE_P(
    Shards, StrangerTest,
    ::testing::Values(
        Stranger{"Tool", [](ShardResults& s) { s.report.tool = "0.2.0"; }, "of the tool 0.1.0 and 0.2.0"},
        Stranger{"Rules", [](ShardResults& s) { s.report.rules = "rules/2"; },
                 "of the rule sets rules/1 and rules/2"},
        Stranger{"Count", [](ShardResults& s) { s.shard.count = 4; }, "of shards 1/3 and 3/4"},
        Stranger{"Run", [](ShardResults& s) { s.report.run.id = "last night"; }, "of the runs"},
        Stranger{"Corpus", [](ShardResults& s) { s.inputs["corpus"] = "c1"; }, "of different corpus"},
        Stranger{"Goldens", [](ShardResults& s) { s.inputs["goldens"] = "g1"; },
                 "of different goldens"},
        Stranger{"Names", [](ShardResults& s) { s.corpus.pop_back(); }, "of different corpora"},
        Stranger{"Columns", [](ShardResults& s) { s.report.columns[1].version = "0.25.0"; },
                 "of different clients"},
        Stranger{"Clients", [](ShardResults& s) { s.report.subjects["agents"].version = "0.25.0"; },
                 "openai-agents 0.24.0 and openai-agents 0.25.0"}),
    [](const auto& each) { return std::string(each.param.about); });

TEST(Assemble, AColumnIsUnavailableWhereNoneOfItsSessionsCouldRun) {
  ShardResults whole = whole_run();
  for (SessionReport& session : whole.report.sessions) {
    for (auto& [column, further] : session.further) {
      further.subject.outcome = harness::Outcome::kUnavailable;
      further.subject.reason = "it has no scripted model";
    }
  }
  const auto there = join(split(whole, 3));
  ASSERT_TRUE(there);
  EXPECT_EQ(there->columns[2].unavailable, "it has no scripted model");
  whole.report.sessions.front().further.begin()->second.subject.outcome = harness::Outcome::kFailed;
  EXPECT_EQ(join(split(whole, 3))->columns[2].unavailable, "");
}

TEST(Assemble, ANightWithoutHistoryIsTheFirst) {
  const auto there = assemble({whole_run()}, {}, {});
  ASSERT_TRUE(there);
  ASSERT_TRUE(there->night);
  EXPECT_FALSE(there->night->before);
  EXPECT_THAT(there->night->fixed, IsEmpty());
}

}  // namespace
}  // namespace codex::matrix
