// A client that shows anything else than it did turns the replay red, and at the right place.
//
// data/mutations.jsonl (openai-agents) and data/sdk_mutations.jsonl (openai-codex) hold the cases,
// one a line:
//   case, about   a name, and what is changed
//   session       the tape that shows it; `driver` is merged into its driver
//   edits         [{file, old, new}]: `old` stands once in a file of `package` (default: agents)
//   lanes         every difference that is reported lies in one of these
//   differences   how many there are
//   one           one of them, exactly; a side that has no value there is left out
#include <algorithm>
#include <filesystem>
#include <ostream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/cli_test.h"
#include "tests/support/json_at.h"
#include "tests/support/venv_copy.h"

namespace codex::cli {
namespace {

namespace fs = std::filesystem;
using test::CliReport;
using test::Finished;
using test::ReportedDifference;
using test::TapeEdit;
using test::VenvCopy;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

struct Mutation {
  json::Value data;
  std::string text(const char* pointer) const {
    return std::string(test::at(data, pointer).text());
  }
};
const char* const kAgents = "mutations.jsonl";
const char* const kCodexSdk = "sdk_mutations.jsonl";
void PrintTo(const Mutation& mutation, std::ostream* stream) { *stream << mutation.text("/about"); }

std::vector<Mutation> mutations(const std::string& file) {
  std::vector<Mutation> all;
  std::istringstream lines(test::file_text(CTD_SOURCE_DIR "/tests/cli/data/" + file));
  for (std::string line; std::getline(lines, line);) all.push_back({test::parsed(line)});
  return all;
}

class MutationTest : public test::CliTest {
 protected:
  // The session's tape with the case's driver, in path("tapes").
  void write_tape(const Mutation& mutation) const {
    const std::string session = mutation.text("/session");
    const bool raw = fs::exists(source("harness/sessions/" + session + ".exec.jsonl"));
    const std::string suffix = raw ? ".exec.jsonl" : ".tape.jsonl";
    std::string text = test::file_text(source("harness/sessions/" + session + suffix));
    if (const json::Value* driver = mutation.data.get("driver")) {
      TapeEdit edit(text);
      edit.drive(*driver);
      text = edit.text();
    }
    folder_.write("tapes/" + session + suffix, text);
  }
  CliReport replay(const VenvCopy& copy, int status) const {
    const Finished finished = tool_.run({"replay", path("tapes"), "--python", copy.path(),
                                         "--no-golden", "--format", "json"});
    EXPECT_EQ(finished.status, status) << finished;
    return CliReport(finished.out);
  }

  VenvCopy copy(const std::string& package) const {
    return VenvCopy(venv(), path("venv-" + package), package);
  }
  // Every session of the cases, with the client as it is.
  void expect_matches_unchanged(const std::string& file, const std::string& package) const {
    std::set<std::string> sessions;
    for (const Mutation& mutation : mutations(file)) {
      write_tape(mutation);
      sessions.insert(mutation.text("/session"));
    }
    const CliReport report = replay(copy(package), 0);
    EXPECT_EQ(report.sessions().size(), sessions.size());
    for (const std::string& session : report.sessions()) {
      EXPECT_EQ(report.verdict(session), "match");
    }
  }
};

class EachMutationTest : public MutationTest, public testing::WithParamInterface<Mutation> {};

TEST_P(EachMutationTest, IsReportedWhereItIsAndNowhereElse) {
  const Mutation& mutation = GetParam();
  const std::string session = mutation.text("/session");
  write_tape(mutation);
  const bool is_sdk = mutation.text("/package") == "openai_codex";
  const std::string subject = is_sdk ? "codex-sdk" : "agents";
  const VenvCopy changed = copy(is_sdk ? "openai_codex" : "agents");
  for (const json::Value& edit : *test::at(mutation.data, "/edits").array()) {
    changed.change(std::string(test::at(edit, "/file").text()), test::at(edit, "/old").text(),
                 test::at(edit, "/new").text());
  }
  const CliReport report = replay(changed, 1);
  EXPECT_EQ(report.verdict(session), "difference");
  EXPECT_THAT(report.outcome(session, subject), testing::AnyOf("completed", "failed"));

  std::set<std::string> lanes;
  for (const json::Value& lane : *test::at(mutation.data, "/lanes").array()) {
    lanes.emplace(lane.text());
  }
  const json::Value& one = test::at(mutation.data, "/one");
  std::ostringstream all;
  std::set<std::string> seen;
  bool found = false;
  const std::vector<ReportedDifference> differences = report.differences(session);
  for (const ReportedDifference& difference : differences) {
    all << difference << '\n';
    EXPECT_EQ(difference.subject, "cpp");
    EXPECT_EQ(difference.against, subject);
    seen.insert(difference.lane);
    const json::Value* expected = one.get("expected");
    const json::Value* actual = one.get("actual");
    found = found || (difference.lane == test::at(one, "/lane").text() &&
                      difference.name == test::at(one, "/name").text() &&
                      difference.path == test::at(one, "/path").text() &&
                      difference.expected.has_value() == (expected != nullptr) &&
                      difference.actual.has_value() == (actual != nullptr) &&
                      (expected == nullptr || *difference.expected == *expected) &&
                      (actual == nullptr || *difference.actual == *actual));
  }
  EXPECT_EQ(seen, lanes) << all.str();
  EXPECT_TRUE(found) << "not among them: " << json::dump(one) << '\n' << all.str();
  EXPECT_EQ(static_cast<std::int64_t>(differences.size()),
            test::at(mutation.data, "/differences").as_int64())
      << all.str();
}

INSTANTIATE_TEST_SUITE_P(Agents, EachMutationTest, testing::ValuesIn(mutations(kAgents)),
                         [](const auto& each) { return each.param.text("/case"); });
INSTANTIATE_TEST_SUITE_P(CodexSdk, EachMutationTest, testing::ValuesIn(mutations(kCodexSdk)),
                         [](const auto& each) { return each.param.text("/case"); });

TEST_F(MutationTest, TheCasesAreOfEveryKindOfLane) {
  const auto channels = [](const std::string& file) {
    std::set<std::string> found;
    for (const Mutation& mutation : mutations(file)) {
      const std::string lane = mutation.text("/one/lane");
      found.insert(lane.substr(0, lane.find('/')));
    }
    return found;
  };
  EXPECT_GE(mutations(kAgents).size(), 34u);
  EXPECT_GE(mutations(kCodexSdk).size(), 28u);
  // openai-agents shows no approvals; openai-codex has neither logs, nor spans, nor hooks.
  EXPECT_THAT(channels(kAgents),
              ElementsAre("event", "hook", "log", "outcome", "span", "usage", "wire"));
  EXPECT_THAT(channels(kCodexSdk), ElementsAre("approval", "event", "outcome", "usage", "wire"));
}

TEST_F(MutationTest, TheUnchangedCopyMatchesInAllOfThem) {
  expect_matches_unchanged(kAgents, "agents");
}
TEST_F(MutationTest, TheUnchangedSdkMatchesInAllOfThem) {
  expect_matches_unchanged(kCodexSdk, "openai_codex");
}

TEST_F(MutationTest, AnotherCommandLineThanTheTapesIsOffScript) {
  const std::string file = folder_.write("tapes/echo.tape.jsonl", test::file_text(tape("echo")));
  const VenvCopy changed = copy("agents");
  changed.change("extensions/experimental/codex/exec.py", "\"--experimental-json\"]",
               "\"--experimental-json\", \"--verbose\"]");
  const CliReport report = replay(changed, 1);
  EXPECT_EQ(report.verdict("echo"), "difference");
  EXPECT_EQ(report.outcome("echo", "cpp"), "completed");
  EXPECT_EQ(report.outcome("echo", "agents"), "off-script");
  EXPECT_THAT(report.reason("echo", "agents"),
              AllOf(StartsWith(file + ":2: "), HasSubstr("\"--verbose\"")));
}

}  // namespace
}  // namespace codex::cli
