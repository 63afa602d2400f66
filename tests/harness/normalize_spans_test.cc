// Span trees: what they look like, and what makes no difference to them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "harness/normalize/span_tree.h"
#include "tests/harness/normalize_support.h"

namespace codex::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::StartsWith;

const SpanText kTask{.id = 1, .name = "task"};
const SpanText kFirst{.id = 2, .parent = 1, .name = "codex", .task = 1, .output = "one"};
const SpanText kSecond{.id = 3, .parent = 1, .name = "codex", .task = 2, .output = "two"};

std::vector<std::string> names(const Transcript& transcript) {
  std::vector<std::string> names;
  for (const TranscriptLine& line : transcript.lines) {
    names.push_back(line.observation.lane + " " + line.observation.name);
  }
  return names;
}

TEST(NormalizeSpans, TracesComeBeforeTheirSpansDepthFirst) {
  const SpanText inner{.id = 4, .parent = 2, .name = "command", .task = 1};
  const Transcript transcript = normalized({
      trace_start(), start_of(kTask), start_of(kFirst), start_of(inner), end_of(inner),
      end_of(kFirst), start_of({.id = 5, .parent = 1, .name = "next", .task = 1}),
      end_of(kTask), trace_end(),
  });
  EXPECT_THAT(names(transcript),
              ElementsAre("span/trace:1 trace", "span/trace:1 task", "span/trace:1 codex",
                          "span/trace:1 command", "span/trace:1 next"));
  EXPECT_EQ(at(data_of(transcript, "span/trace:1", "codex"), "/end/span_data/output"), "\"one\"");
  EXPECT_EQ(at(data_of(transcript, "span/trace:1", "next"), "/end"), "null");
  EXPECT_EQ(at(data_of(transcript, "span/trace:1", "trace"), "/end/id"), "\"<trace:1>\"");
  EXPECT_EQ(at(data_of(transcript, "span/trace:1", "command"), "/start/parent_id"), "\"<span:2>\"");
}

TEST(NormalizeSpans, ASpanWithoutANameIsNamedByItsType) {
  const Transcript transcript = normalized({{"span/run", "span.start", parsed(R"({"export":
      {"id":"x","trace_id":"t","span_data":{"type":"generation","name":""}},"task":0})")}});
  EXPECT_THAT(names(transcript), ElementsAre("span/trace:1 generation"));
}

TEST(NormalizeSpans, ParallelCallsAreTheSameWhicheverWasFirst) {
  const Transcript one = normalized({trace_start(), start_of(kTask), start_of(kFirst),
                                     start_of(kSecond), end_of(kFirst), end_of(kSecond)});
  // The same two calls, the other way around: other ids, other tasks, other times.
  SpanText first = kFirst;
  SpanText second = kSecond;
  first.id = 9;
  first.task = 7;
  second.started = 11;
  second.ended = 12;
  const Transcript other = normalized({trace_start(), start_of(kTask), start_of(second),
                                       start_of(first), end_of(second), end_of(first)});
  EXPECT_EQ(one.lines, other.lines);
  EXPECT_EQ(at(one.lines[2].observation.data, "/end/span_data/output"), "\"one\"");
}

TEST(NormalizeSpans, ParallelCallsOfEqualStartsAreToldByWhatIsUnderThem) {
  SpanText first = kFirst;
  SpanText second = kSecond;
  first.output = second.output = "same";
  const SpanText under_first{.id = 5, .parent = 2, .name = "command", .task = 3, .output = "b"};
  const SpanText under_second{.id = 6, .parent = 3, .name = "command", .task = 4, .output = "a"};
  std::vector<Observation> arrived = {start_of(kTask), start_of(first), start_of(second),
                                      start_of(under_first), start_of(under_second)};
  std::vector<Observation> ends = {end_of(under_first), end_of(under_second), end_of(first),
                                   end_of(second)};
  std::vector<Observation> other = {arrived[0], arrived[2], arrived[1], arrived[4], arrived[3]};
  arrived.insert(arrived.end(), ends.begin(), ends.end());
  other.insert(other.end(), ends.rbegin(), ends.rend());
  const Transcript transcript = normalized(arrived);
  EXPECT_EQ(transcript.lines, normalized(other).lines);
  EXPECT_EQ(at(transcript.lines[2].observation.data, "/end/span_data/output"), "\"a\"");
}

TEST(NormalizeSpans, AnyArrivalOrderOfTasksGivesTheSameTranscript) {
  std::vector<std::vector<Observation>> tasks;
  for (int task = 1; task <= 4; ++task) {
    const SpanText call{.id = 10 * task, .parent = 1, .name = "codex", .task = task,
                        .output = "out " + std::to_string(task % 3)};
    const SpanText one{.id = 10 * task + 1, .parent = 10 * task, .name = "z", .task = 10 + task};
    const SpanText two{.id = 10 * task + 2, .parent = 10 * task, .name = "a", .task = 10 + task};
    tasks.push_back({start_of(call), start_of(one), end_of(one), start_of(two), end_of(two),
                     end_of(call)});
  }
  std::mt19937 random(7);
  std::vector<std::string> expected;
  for (int round = 0; round < 50; ++round) {
    std::vector<std::size_t> turns;
    for (std::size_t task = 0; task < tasks.size(); ++task) {
      turns.insert(turns.end(), tasks[task].size(), task);
    }
    std::shuffle(turns.begin(), turns.end(), random);
    std::vector<std::size_t> next(tasks.size(), 0);
    std::vector<Observation> arrived = {trace_start(), start_of(kTask)};
    for (const std::size_t task : turns) arrived.push_back(tasks[task][next[task]++]);
    const Transcript transcript = normalized(arrived);
    if (round == 0) expected = texts(transcript);
    ASSERT_THAT(texts(transcript), ElementsAreArray(expected)) << "round " << round;
  }
  // Siblings of one task keep their order, whatever their names are.
  EXPECT_THAT(expected[3], StartsWith("span/trace:1 z"));
  EXPECT_THAT(expected[4], StartsWith("span/trace:1 a"));
}

TEST(NormalizeSpans, SiblingsOfOneTaskInAnotherOrderAreADifference) {
  SpanText second = kSecond;
  second.task = kFirst.task;
  EXPECT_NE(normalized({start_of(kTask), start_of(kFirst), start_of(second), end_of(kFirst),
                        end_of(second)})
                .lines,
            normalized({start_of(kTask), start_of(second), start_of(kFirst), end_of(kFirst),
                        end_of(second)})
                .lines);
}

TEST(NormalizeSpans, AParentThatIsNoSpanIsShown) {
  const SpanText orphan{.id = 2, .parent = 77, .name = "orphan"};
  const SpanText later{.id = 3, .name = "later root"};
  const Transcript transcript =
      normalized({trace_start(), start_of(orphan), end_of(orphan), start_of(later)});
  EXPECT_THAT(names(transcript), ElementsAre("span/trace:1 trace", "span/trace:1 later root",
                                             "span/trace:1 orphan"));
  const json::Value data = data_of(transcript, "span/trace:1", "orphan");
  EXPECT_EQ(at(data, "/start/parent_id"), "\"<span:missing>\"");
  EXPECT_EQ(at(data, "/end/parent_id"), "\"<span:missing>\"");
}

TEST(NormalizeSpans, AParentInAnotherTraceIsMissing) {
  const SpanText stranger{.id = 2, .parent = 1, .name = "stranger", .trace = 2};
  const Transcript transcript =
      normalized({trace_start(1), start_of(kTask), trace_start(2), start_of(stranger)});
  EXPECT_EQ(at(data_of(transcript, "span/trace:2", "stranger"), "/start/parent_id"),
            "\"<span:missing>\"");
}

TEST(NormalizeSpans, AnotherParentIsADifference) {
  const SpanText child{.id = 3, .parent = 1, .name = "child"};
  SpanText moved = child;
  moved.parent = 2;
  const SpanText agent{.id = 2, .parent = 1, .name = "agent"};
  EXPECT_NE(normalized({start_of(kTask), start_of(agent), start_of(child)}).lines,
            normalized({start_of(kTask), start_of(agent), start_of(moved)}).lines);
  // Also when only the end says so.
  const Transcript changed =
      normalized({start_of(kTask), start_of(agent), start_of(child), end_of(moved)});
  EXPECT_EQ(at(data_of(changed, "span/trace:1", "child"), "/start/parent_id"), "\"<span:1>\"");
  EXPECT_EQ(at(data_of(changed, "span/trace:1", "child"), "/end/parent_id"), "\"<span:2>\"");
}

TEST(NormalizeSpans, NothingIsLost) {
  const SpanText own{.id = 5, .parent = 5, .name = "own parent"};
  const SpanText a{.id = 6, .parent = 7, .name = "a"};
  const SpanText b{.id = 7, .parent = 6, .name = "b"};
  const Transcript transcript = normalized({
      end_of({.id = 2, .name = "end only"}), start_of(kTask), start_of(kTask), end_of(kTask),
      end_of(kTask), end_of(kTask), start_of(own), start_of(a), start_of(b), trace_end(),
  });
  EXPECT_THAT(names(transcript),
              ElementsAre("span/trace:1 trace", "span/trace:1 end only", "span/trace:1 task",
                          "span/trace:1 task", "span/trace:1 task", "span/trace:1 task",
                          "span/trace:1 own parent", "span/trace:1 a", "span/trace:1 b"));
  EXPECT_EQ(at(data_of(transcript, "span/trace:1", "trace"), "/start"), "null");
  EXPECT_EQ(at(data_of(transcript, "span/trace:1", "end only"), "/start"), "null");
}

TEST(NormalizeSpans, WhatIsMalformedStaysWhereItIs) {
  const Transcript transcript = normalized({{"span/run", "span.start", parsed(R"({"task":1})")},
                                            {"span/run", "span.moved", parsed(R"({"export":{}})")},
                                            {"span/run", "span.end", nullptr}});
  EXPECT_THAT(texts(transcript), ElementsAre("span/run span.start {\"task\":1}",
                                             "span/run span.moved {\"export\":{}}",
                                             "span/run span.end null"));
}

TEST(NormalizeSpans, TracesHaveLanesInTheOrderOfTheirAppearance) {
  const SpanText lost{.id = 8, .name = "lost", .trace = 5};
  const Transcript transcript =
      normalized({trace_start(3), start_of(lost), trace_start(4), trace_end(4)});
  EXPECT_THAT(names(transcript),
              ElementsAre("span/trace:1 trace", "span/trace:2 lost", "span/trace:3 trace"));
  EXPECT_EQ(at(data_of(transcript, "span/trace:2", "lost"), "/start/trace_id"), "\"<trace:2>\"");
  EXPECT_EQ(at(data_of(transcript, "span/trace:3", "trace"), "/end/group_id"), "\"<group:2>\"");
}

}  // namespace
}  // namespace codex::harness
