// A sample of the mutants that `scripts/soak mutations` has 2,000 of, and that a blind harness is
// found out.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "golden/store.h"
#include "tests/mutations/mutation_bench.h"
#include "tests/mutations/mutation_score.h"
#include "tests/support/tape_edit.h"

namespace codex::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const char* const kHidden = CTD_SOURCE_DIR "/tests/mutations/data/hidden.jsonl";

// Sessions of every channel that end by themselves.
const std::vector<std::string> kSessions = {
    "approval-accept-app-server", "approval-decline-app-server",
    "echo",                       "failing-command",
    "hello",                      "hello-app-server",
    "http-500",                   "patch-approval-accept-app-server",
    "plan-reasoning",             "refusals-app-server",
    "resume",                     "streaming-app-server",
    "two-turns-app-server",       "web-search"};

class MutationTest : public testing::Test {
 protected:
  static MutationBench bench(const cli::JobData& data, const std::vector<std::string>& sessions) {
    const std::string root = CTD_SOURCE_DIR "/harness/sessions";
    std::vector<harness::Tape> tapes;
    for (const std::string& session : sessions) {
      tapes.push_back(harness::read_tape(root + "/" + session + ".tape.jsonl", root).value());
    }
    return MutationBench(data, std::move(tapes), CTD_SOURCE_DIR "/golden/transcripts",
                         {.cpp_worker = CTD_BIN_DIR "/codex-telemetry-cpp-worker",
                          .edited_cpp_worker = CTD_BIN_DIR "/ctd_edited_cpp_worker",
                          .py_worker = CTD_BIN_DIR "/codex-telemetry-py-worker",
                          .peer = CTD_BIN_DIR "/codex-telemetry-peer",
                          .venv = CTD_SOURCE_DIR "/.venv"});
  }
  static std::vector<std::string> problems(const MutationScore& score) {
    std::vector<std::string> found;
    for (const auto& [result, problem] : score.problems) found.push_back(problem);
    return found;
  }
};

TEST_F(MutationTest, EachOfASampleIsSeenWhereItIs) {
  const auto data = cli::JobData::load();
  ASSERT_TRUE(data) << data.error().text();
  MutationBench sessions = bench(data.value(), kSessions);
  EXPECT_THAT(sessions.left_out(), IsEmpty());
  const MutationScore score = run_mutations(sessions, 200, 1, expected_hidden(kHidden));
  EXPECT_GE(score.results.size(), 200u);
  EXPECT_THAT(score.complaints(), IsEmpty());

  std::vector<std::string> again;
  for (const MutantResult& each : sessions.run("cpp", 20, 1)) {
    again.push_back(json::dump(to_json(each)));
  }
  std::vector<std::string> first;
  for (const MutantResult& each : score.results) {
    if (each.side == "cpp" && first.size() < again.size()) {
      first.push_back(json::dump(to_json(each)));
    }
  }
  EXPECT_EQ(first, again) << "the same seed, the same mutants";
}

// With a declaration that excuses cpp for whatever it shows beside what the client does.
TEST_F(MutationTest, ABlindHarnessIsFoundOut) {
  auto data = cli::JobData::load();
  ASSERT_TRUE(data) << data.error().text();
  auto blind = golden::parse_subjects(
      R"({"subjects": {"agents": {"lanes": ["*"], "fields": [)"
      R"({"channel": "usage", "name": "*", "at": "/data", "only": [], "source": "made up"},)"
      R"({"channel": "usage", "name": "*", "at": "/data/*", "only": [], "source": "made up"},)"
      R"({"channel": "usage", "name": "*", "at": "/data/*/*", "only": [], "source": "made up"}]}}})",
      "made up");
  ASSERT_TRUE(blind) << blind.error().text();
  data.value().subjects = std::move(blind.value());
  MutationBench sessions = bench(data.value(), {"echo"});
  const MutationScore score = run_mutations(sessions, 400, 1, expected_hidden(kHidden));
  EXPECT_THAT(problems(score), Not(IsEmpty()));
  for (const auto& [result, problem] : score.problems) {
    EXPECT_THAT(problem, HasSubstr("has no such line"));
    EXPECT_EQ(result->hidden_by, "not observed: field");
    EXPECT_EQ(result->channel, "usage");
    EXPECT_EQ(result->kind, "member added");
  }
}

TEST(MutantProblem, IsOfWhatIsHiddenWithoutAReasonOrTold) {
  MutantResult hidden;
  hidden.channel = "span";
  hidden.place = "/export/3/ended_at";
  hidden.hidden_by = "span-ended-at";
  const std::string line =
      R"({"rule":"span-ended-at","channel":"span","place":"/export/*/ended_at"})";
  EXPECT_EQ(hidden_line(hidden), line);
  EXPECT_EQ(problem_of(hidden, {line}), "");
  EXPECT_THAT(problem_of(hidden, {}), HasSubstr("has no such line"));
  hidden.hidden_by = "nothing";
  EXPECT_THAT(problem_of(hidden, {hidden_line(hidden)}), HasSubstr("no rule hides it"));
  MutantResult red;
  red.red = true;
  EXPECT_THAT(problem_of(red, {}), HasSubstr("nothing names the place"));
  red.told = "/data/x";
  EXPECT_EQ(problem_of(red, {}), "");
}

TEST(OtherValues, DifferFromWhatTheyStandFor) {
  const json::Value values = json::parse(R"([null, true, 0, 1, -0.0, 1.0, "", "\u00e9", [], [1, 2],
      {}, {"a": 1, "b": 2}, "2026-01-01T00:00:00.000001+00:00"])").value();
  for (const json::Value& value : *values.array()) {
    const auto kinds = other_values(value);
    EXPECT_THAT(kinds, Not(IsEmpty())) << value;
    for (const auto& [kind, other] : kinds) EXPECT_FALSE(other == value) << kind << " of " << value;
  }
}

TEST(ObservationEditing, DoesOneThing) {
  using Act = ObservationEdit::Act;
  const std::vector<harness::Observation> before = {
      {"event/run", "a", json::parse(R"({"x": [1, {"y": 2}]})").value()}, {"event/run", "b", 1}};
  const auto after = [&](const ObservationEdit& edit) {
    const ObservationEdit read = edit_from_json(to_json(edit));
    EXPECT_EQ(read, edit);
    std::vector<harness::Observation> changed = before;
    EXPECT_TRUE(apply(read, changed));
    std::vector<std::string> lines;
    for (const auto& each : changed) {
      lines.push_back(each.lane + " " + each.name + " " + json::dump(each.data, json::kCompact));
    }
    return lines;
  };
  const std::string a = R"(event/run a {"x":[1,{"y":2}]})";
  const std::string b = "event/run b 1";
  EXPECT_THAT(after({.act = Act::kSet, .path = "/x/1/y", .value = 3}),
              ElementsAre(R"(event/run a {"x":[1,{"y":3}]})", b));
  EXPECT_THAT(after({.act = Act::kName, .at = 1, .path = "", .value = "c"}),
              ElementsAre(a, "event/run c 1"));
  EXPECT_THAT(after({.act = Act::kLane, .at = 1, .path = "", .value = "log/run"}),
              ElementsAre(a, "log/run b 1"));
  EXPECT_THAT(after({.act = Act::kDrop, .path = "", .value = nullptr}), ElementsAre(b));
  EXPECT_THAT(after({.act = Act::kDouble, .at = 1, .path = "", .value = nullptr}), ElementsAre(a, b, b));
  EXPECT_THAT(after({.act = Act::kSwap, .other = 1, .path = "", .value = nullptr}), ElementsAre(b, a));
  std::vector<harness::Observation> unchanged = before;
  EXPECT_FALSE(apply({.act = Act::kSet, .path = "/z", .value = 1}, unchanged));
  EXPECT_FALSE(apply({.act = Act::kDrop, .at = 2, .path = "", .value = nullptr}, unchanged));
  EXPECT_EQ(unchanged, before);
}

}  // namespace
}  // namespace codex::test
