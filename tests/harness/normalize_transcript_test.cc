// Whole transcripts: order, origin, outcomes, scrubbing, idempotence, and what real clients send.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "harness/normalize/lane_order.h"
#include "tests/harness/normalize_support.h"

namespace codex::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kData = std::string(CTD_SOURCE_DIR) + "/tests/harness/data/";

// What the real client (openai-agents 0.24.0) let its user see of two parallel calls, against a
// peer that let the first or the second call wait. Logs are not redacted, so that they show
// addresses; only the temporary folder's own place was taken out.
std::vector<Observation> captured(const std::string& file) {
  std::vector<Observation> observations;
  std::ifstream in(kData + file);
  for (std::string line; std::getline(in, line);) {
    std::string why;
    EXPECT_TRUE(from_json(parsed(line), observations.emplace_back(), why)) << why;
  }
  EXPECT_FALSE(observations.empty()) << file;
  return observations;
}

Tape captured_tape() {
  Result<Tape> tape = read_tape(kData + "normalize_parallel.tape.jsonl", "");
  EXPECT_TRUE(tape.ok()) << tape.error().text();
  return std::move(tape.value());
}

std::vector<std::string> lanes(const Transcript& transcript) {
  std::vector<std::string> lanes;
  for (const TranscriptLine& line : transcript.lines) lanes.push_back(line.observation.lane);
  return lanes;
}

TEST(NormalizeTranscript, LanesAreInNaturalOrder) {
  const std::vector<std::string> expected = {
      "wire/run",    "wire/global",  "wire/thread:1", "wire/turn:1",    "wire/call:2",
      "wire/call:10", "event/call:1", "log/run",       "span/trace:2",  "span/trace:10",
      "approval/run", "usage/run",    "hook/run",      "outcome/run",   "outcome/call:1",
      "other/run"};
  std::vector<std::string> shuffled = expected;
  std::mt19937 random(3);
  for (int round = 0; round < 20; ++round) {
    std::shuffle(shuffled.begin(), shuffled.end(), random);
    std::vector<Observation> observations;
    for (const std::string& lane : shuffled) observations.push_back({lane, "n", nullptr});
    ASSERT_THAT(lanes(normalized(observations)), ElementsAreArray(expected));
  }
}

TEST(NormalizeTranscript, LanesOfAnySpellingHaveOneOrder) {
  const std::vector<std::string> some = {"wire/call:2", "wire/call:02", "wire/call:", "wire/call",
                                         "wire",        "",             "x",          "x/call:1"};
  for (const std::string& a : some) {
    for (const std::string& b : some) {
      EXPECT_EQ(lane_before(a, b) != lane_before(b, a), a != b) << a << " " << b;
    }
  }
}

TEST(NormalizeTranscript, WithinALaneTheOrderOfArrivalStays) {
  EXPECT_THAT(texts(normalized({{"log/run", "b", 1}, {"event/run", "x", 2}, {"log/run", "a", 3}})),
              ElementsAre("event/run x 2", "log/run b 1", "log/run a 3"));
}

TEST(NormalizeTranscript, OriginsAreTold) {
  const Transcript transcript = normalized(
      {{"wire/call:1", "exec", nullptr}, {"event/call:1", "e", nullptr}, {"log/run", "l", nullptr},
       {"log/call:1", "l", nullptr}, {"usage/run", "run", nullptr},
       {"hook/call:1", "on_tool_start", nullptr}, {"hook/call:1", "on_tool_end", nullptr},
       {"outcome/run", "completed", nullptr}, {"outcome/call:1", "codex", nullptr},
       start_of({.id = 1, .name = "task"}),
       start_of({.id = 2, .parent = 1, .name = "custom"})});
  std::vector<std::string> wire;
  for (const TranscriptLine& line : transcript.lines) {
    if (line.origin != Origin::kWire) continue;
    wire.push_back(line.observation.lane + " " + line.observation.name);
  }
  EXPECT_THAT(wire, ElementsAre("wire/call:1 exec", "event/call:1 e", "log/call:1 l",
                                "span/trace:1 custom", "usage/run run",
                                "hook/call:1 on_tool_end", "outcome/call:1 codex"));
}

TEST(NormalizeTranscript, OfAClientThatWasKilledOnlyWhatRepeatsIsKept) {
  const std::vector<Observation> observations = {{"wire/call:1", "exec", nullptr},
                                                 {"event/call:1", "e", nullptr},
                                                 start_of({}),
                                                 {"log/run", "l", nullptr},
                                                 {"outcome/run", "crash", nullptr}};
  for (const Outcome outcome : {Outcome::kCrash, Outcome::kOffScript, Outcome::kUnavailable}) {
    const Transcript transcript =
        shipped_rules().normalize(two_threads(), run_of(observations, outcome));
    EXPECT_EQ(transcript.outcome, outcome);
    EXPECT_THAT(lanes(transcript), ElementsAre("wire/call:1", "outcome/run"));
  }
  for (const Outcome outcome : {Outcome::kCompleted, Outcome::kFailed, Outcome::kHang}) {
    EXPECT_EQ(shipped_rules().normalize(two_threads(), run_of(observations, outcome)).lines.size(),
              5U);
  }
}

TEST(NormalizeTranscript, SecretsAreScrubbedAndCounted) {
  const std::string secret = "ghp_" + std::string("16C7e42F292c6912E7710c838347Ae178B4a");
  const Transcript transcript =
      normalized({{"event/call:1", "e", json::Object{{"text", "token " + secret}}}});
  EXPECT_THAT(texts(transcript)[0], Not(HasSubstr(secret)));
  std::size_t count = 0;
  for (const auto& [rule, times] : transcript.scrubbed) count += times;
  EXPECT_GE(count, 1U);
  for (const RuleUse& use : transcript.uses) EXPECT_THAT(use.before, Not(HasSubstr(secret)));
}

TEST(NormalizeTranscript, RealRunsOfOneTapeAreTheSame) {
  const Tape tape = captured_tape();
  const Transcript one = normalized(captured("normalize_parallel_first_slow.jsonl"), tape);
  const Transcript other = normalized(captured("normalize_parallel_second_slow.jsonl"), tape);
  EXPECT_THAT(texts(one), ElementsAreArray(texts(other)));
  EXPECT_EQ(one.lines, other.lines);
  EXPECT_EQ(one.session, "normalize_parallel");
  for (const std::string& text : texts(one)) {
    for (const char* raw : {"\"trace_0", "\"span_0", "at 0x7", "2026-", "01a206d6"}) {
      EXPECT_THAT(text, Not(HasSubstr(raw)));
    }
  }
}

TEST(NormalizeTranscript, OfRealRunsEveryRuleFires) {
  const Transcript transcript =
      normalized(captured("normalize_parallel_first_slow.jsonl"), captured_tape());
  std::vector<std::string> rules;
  for (const RuleUse& use : transcript.uses) rules.push_back(use.rule);
  std::sort(rules.begin(), rules.end());
  rules.erase(std::unique(rules.begin(), rules.end()), rules.end());
  EXPECT_THAT(rules, ElementsAre("identity-span", "identity-thread", "identity-trace",
                                 "log-object-address", "output-schema-file", "span-ended-at",
                                 "span-started-at", "usage-entries-of-parallel-calls"));
}

TEST(NormalizeTranscript, NormalizingAgainChangesNothing) {
  const Tape tape = captured_tape();
  std::vector<Observation> observations = captured("normalize_parallel_first_slow.jsonl");
  observations.push_back({"event/call:1", "<thread:1>", json::Object{{"<time>", "\\<time>"}}});
  observations.push_back(start_of({.id = 50, .parent = 51, .trace = 9, .started = 30}));
  observations.push_back(end_of({.id = 50, .parent = 51, .trace = 9, .started = 31, .ended = 3}));
  const Transcript once = normalized(observations, tape);
  const Transcript twice = shipped_rules().normalize(tape, once);
  EXPECT_EQ(once.lines, twice.lines);
  EXPECT_EQ(once.scrubbed, twice.scrubbed);
  EXPECT_TRUE(twice.uses.empty());
}

// A change anywhere in what a real client said is a difference, unless it is in what is masked.
TEST(NormalizeTranscript, AnyOtherValueIsADifference) {
  const Tape tape = captured_tape();
  const std::vector<Observation> observations = captured("normalize_parallel_first_slow.jsonl");
  const Transcript right = normalized(observations, tape);
  for (std::size_t i = 0; i < observations.size(); ++i) {
    std::vector<Observation> fewer = observations;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_NE(normalized(fewer, tape).lines, right.lines) << "without line " << i + 1;
    std::vector<Observation> renamed = observations;
    json::Object* shown = renamed[i].data.object();
    if (json::Value* exported = shown->find("export")) shown = exported->object();
    shown->append("more", "1");
    EXPECT_NE(normalized(renamed, tape).lines, right.lines) << "more in line " << i + 1;
  }
}

}  // namespace
}  // namespace codex::harness
