// Goldens of the real client: made, kept, judged against in all the ways that CONTRACT 5 names.
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/cli_test.h"
#include "tests/support/golden_edit.h"
#include "tests/support/json_at.h"
#include "tests/support/venv_copy.h"

namespace codex::cli {
namespace {

namespace fs = std::filesystem;
using test::CliReport;
using test::Finished;
using test::ReportedDifference;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class GoldenTest : public test::CliTest {
 protected:
  // A folder with a corpus of its own, harness/sessions. Its goldens are always named: the tool
  // finds those of the repository that it was built in from anywhere.
  GoldenTest() { folder_.write("matrix/known_differences.jsonl", ""); }
  void add(const std::string& session, const std::string& text) const {
    folder_.write("harness/sessions/" + session + ".tape.jsonl", text);
  }
  std::string golden(const std::string& session) const {
    return path("goldens/" + session + ".golden.jsonl");
  }
  void keep(const std::string& session, const std::string& text) const {
    std::ofstream(golden(session), std::ios::binary) << text;
  }
  Finished run(std::vector<std::string> arguments, int status) const {
    arguments.insert(arguments.end(), {"--python", venv(), "--golden", path("goldens")});
    const Finished finished = tool_.run(std::move(arguments));
    EXPECT_EQ(finished.status, status) << finished;
    return finished;
  }
  // Every file in the folder of goldens.
  std::map<std::string, std::string> goldens() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(path("goldens"))) {
      if (entry.is_regular_file()) files[entry.path()] = test::file_text(entry.path());
    }
    return files;
  }
};

std::set<std::string> kinds(const CliReport& report, const std::string& session) {
  std::set<std::string> out;
  for (const ReportedDifference& each : report.differences(session)) {
    out.insert(each.subject + " " + each.kind);
  }
  return out;
}

TEST_F(GoldenTest, IsMadeListedCheckedAndMatched) {
  for (const char* session : {"echo", "http-500", "hello"}) {
    add(session, test::file_text(tape(session)));
  }
  const Finished made = run({"golden", "update"}, 0);
  EXPECT_THAT(made.out, AllOf(HasSubstr("3 added, 0 changed, 0 unchanged"), HasSubstr("echo"),
                              HasSubstr("http-500"), HasSubstr("hello")));
  const auto first = goldens();
  EXPECT_EQ(first.size(), 3u);
  EXPECT_THAT(test::file_text(golden("echo")),
              AllOf(HasSubstr("\"name\":\"agents\",\"package\":\"openai-agents\""),
                    HasSubstr("\"packages\":{\"openai-agents\":\"0.24.0\"}")));

  const Finished again = run({"golden", "update"}, 0);
  EXPECT_THAT(again.out, HasSubstr("0 added, 0 changed, 3 unchanged"));
  EXPECT_EQ(goldens(), first);

  const Finished list = tool_.run({"golden", "list", "--golden", path("goldens")});
  EXPECT_EQ(list.status, 0) << list;
  EXPECT_THAT(list.out, AllOf(HasSubstr("echo  "), HasSubstr("openai-agents 0.24.0"),
                              HasSubstr("http-500  ")));

  const CliReport report(run({"replay", "--format", "json"}, 0).out);
  EXPECT_THAT(report.sessions(), ElementsAre("echo", "hello", "http-500"));
  for (const std::string& session : report.sessions()) EXPECT_EQ(report.verdict(session), "match");

  EXPECT_THAT(run({"golden", "check"}, 0).err, Not(HasSubstr("no such tape")));
  // A golden without its tape, and a tape without its golden.
  fs::rename(path("harness/sessions/hello.tape.jsonl"),
             path("harness/sessions/renamed.tape.jsonl"));
  const Finished check = run({"golden", "check"}, 1);
  EXPECT_THAT(check.err, AllOf(HasSubstr("golden of hello"), HasSubstr("no such tape")));
  EXPECT_THAT(check.out, AllOf(HasSubstr("renamed"), HasSubstr("golden-missing")));
  // At the desk C++ and Python are compared alone; where goldens are required that is not enough.
  EXPECT_EQ(CliReport(run({"replay", "--format", "json"}, 0).out).verdict("renamed"), "match");
  EXPECT_EQ(CliReport(run({"replay", "--require-golden", "--format", "json"}, 1).out)
                .verdict("renamed"),
            "golden-missing");
  // What it says to do next works as it stands.
  const std::size_t next = check.out.find("\nnext:\n  ");
  ASSERT_NE(next, std::string::npos) << check;
  const Finished pasted = test::run_program(
      {.argv = {"/bin/sh", "-c", check.out.substr(next + 7)},
       .environment = {"PATH=/usr/bin:/bin", "HOME=" + path("")},
       .folder = path("")});
  EXPECT_EQ(pasted.status, 0) << pasted;
  EXPECT_THAT(pasted.out, HasSubstr("added    renamed"));
  EXPECT_EQ(CliReport(run({"replay", "--require-golden", "--format", "json"}, 0).out)
                .verdict("renamed"),
            "match");
}

TEST_F(GoldenTest, ReviewKeepsWhatAChangedClientShowsUntilItIsAccepted) {
  for (const char* session : {"echo", "hello", "http-500"}) {
    add(session, test::file_text(tape(session)));
  }
  run({"golden", "update"}, 0);
  const auto before = goldens();
  EXPECT_THAT(run({"golden", "review"}, 0).out, HasSubstr("nothing waits for review"));

  const test::VenvCopy copy(venv(), path("venv"), "agents");
  copy.change("run_internal/turn_resolution.py", "\"Processing output item type=%s class=%s\"",
              "\"Processing output item %s of class %s\"");
  const auto review = [&](const std::string& python, int status) {
    const Finished finished = tool_.run(
        {"golden", "review", "--python", python, "--golden", path("goldens")});
    EXPECT_EQ(finished.status, status) << finished;
    return finished;
  };
  // One cause, however often it occurs.
  const Finished changed = review(copy.path(), 2);
  EXPECT_THAT(changed.out,
              AllOf(HasSubstr("3 sessions  log/run openai.agents /data/template"),
                    HasSubstr("Processing output item %s of class %s"), HasSubstr("in echo, hello")));
  EXPECT_EQ(goldens().size(), 6u) << "a pending file each";
  for (const auto& [file, text] : before) EXPECT_EQ(test::file_text(file), text);

  // The client is as it was: nothing waits any more.
  review(venv(), 0);
  EXPECT_EQ(goldens(), before);

  const std::string cause = review(copy.path(), 2).out.substr(0, 9);
  EXPECT_EQ(tool_.run({"golden", "accept", "--cause", cause, "--golden", path("goldens")}).status, 0);
  EXPECT_EQ(goldens().size(), 3u);
  EXPECT_THAT(test::file_text(golden("echo")), HasSubstr("item %s of class %s"));
  review(copy.path(), 0);
}

TEST_F(GoldenTest, AGoldenThatIsNotOfTodayIsStale) {
  const std::string echo = test::file_text(tape("echo"));
  for (const char* session : {"good", "bent-golden", "bent-tape", "bent-driver", "old-rules"}) {
    add(session, echo);
  }
  run({"golden", "update"}, 0);
  keep("bent-golden", test::bent(test::file_text(golden("bent-golden")), "event/call:1",
                                 "codex.turn.completed", "/usage/output_tokens", json::Value(24)));
  add("bent-tape", test::replaced(echo, "The command printed hi.", "The command said hi."));
  add("bent-driver", test::replaced(echo, "Shell helper", "Shell servant"));
  const std::string old = test::file_text(golden("old-rules"));
  const std::size_t rules = old.find("\"rules\":\"") + 9;
  keep("old-rules", old.substr(0, rules) + "rules/0" + old.substr(old.find('"', rules)));

  const CliReport report(run({"replay", "--format", "json"}, 1).out);
  EXPECT_EQ(report.verdict("good"), "match");
  for (const char* session : {"bent-golden", "bent-tape", "bent-driver", "old-rules"}) {
    EXPECT_EQ(report.verdict(session), "golden-stale") << session;
  }
  // Both sides differ from it at that place alone, and agree.
  const auto bent = report.differences("bent-golden");
  ASSERT_EQ(bent.size(), 2u);
  for (const ReportedDifference& each : bent) {
    EXPECT_EQ(each.against, "golden");
    EXPECT_EQ(each.kind, "golden-stale");
    EXPECT_EQ(each.lane, "event/call:1");
    EXPECT_EQ(each.path, "/data/usage/output_tokens");
    EXPECT_EQ(each.expected, json::Value(24));
    EXPECT_EQ(each.actual, json::Value(23));
  }
  EXPECT_NE(bent[0].subject, bent[1].subject);
  EXPECT_THAT(json::dump(report.session("bent-tape")), HasSubstr("the tape has changed since"));
  EXPECT_THAT(kinds(report, "bent-tape"), ElementsAre("agents golden-stale", "cpp golden-stale"));
  EXPECT_THAT(json::dump(report.session("bent-driver")), HasSubstr("driver has changed since"));
  EXPECT_THAT(json::dump(report.session("old-rules")), HasSubstr("made with rules/0"));
  EXPECT_THAT(report.differences("old-rules"), testing::IsEmpty());
}

// ---- three ways: either side changed, or both, alike or not ----

class ThreeWayTest : public GoldenTest {
 protected:
  // cpp as `bends` has it (tests/support/bent_cpp_worker.py), the clients in `python`.
  CliReport replay(const std::string& bends, const std::string& python) const {
    const test::Tool tool = installed(
        {"codex-telemetry-diff", "codex-telemetry-peer", "codex-telemetry-py-worker"});
    fs::copy(program("codex-telemetry-cpp-worker"), path("installed/bin/cpp-worker"));
    fs::copy(source("tests/support/bent_cpp_worker.py"),
             path("installed/bin/codex-telemetry-cpp-worker"));
    folder_.write("installed/bin/bends.json", bends);
    const Finished finished =
        tool.run({"replay", "--python", python, "--golden", path("goldens"), "--format", "json",
                  "--timeout", "30"});
    EXPECT_EQ(finished.status, 1) << finished;
    return CliReport(finished.out);
  }
};

TEST_F(ThreeWayTest, TellsWhoChanged) {
  const std::string failing = test::file_text(tape("http-500"));
  for (const char* session : {"agree", "conflict", "drift", "both"}) add(session, failing);
  for (const char* session : {"good", "regression"}) {
    add(session, test::file_text(tape("echo")));
  }
  run({"golden", "update"}, 0);

  // The client's only change shows where a call fails.
  const test::VenvCopy copy(venv(), path("venv"), "agents");
  copy.change("tool.py", "logger.debug(\"%s failed\", log_prefix)",
              "logger.info(\"%s failed\", log_prefix)");
  const CliReport report = replay(R"({
    "agree": {"\"DEBUG\",\"template\":\"%s failed\"": "\"INFO\",\"template\":\"%s failed\""},
    "conflict": {"\"DEBUG\",\"template\":\"%s failed\"": "\"ERROR\",\"template\":\"%s failed\""},
    "both": {"\"template\":\"Creating trace\"": "\"template\":\"Making trace\""},
    "regression": {"\"template\":\"Creating trace\"": "\"template\":\"Making trace\""}
  })", copy.path());

  EXPECT_EQ(report.verdict("good"), "match");
  EXPECT_EQ(report.verdict("regression"), "cpp-regression");
  EXPECT_EQ(report.verdict("drift"), "upstream-drift");
  EXPECT_EQ(report.verdict("agree"), "golden-stale");
  EXPECT_EQ(report.verdict("conflict"), "conflict");
  EXPECT_EQ(report.verdict("both"), "cpp-regression") << "the worst of its differences";
  EXPECT_THAT(kinds(report, "good"), ElementsAre());
  EXPECT_THAT(kinds(report, "regression"), ElementsAre("cpp cpp-regression"));
  EXPECT_THAT(kinds(report, "drift"), ElementsAre("agents upstream-drift"));
  EXPECT_THAT(kinds(report, "agree"), ElementsAre("agents golden-stale", "cpp golden-stale"));
  EXPECT_THAT(kinds(report, "conflict"), ElementsAre("agents conflict", "cpp conflict"));
  EXPECT_THAT(kinds(report, "both"), ElementsAre("agents upstream-drift", "cpp cpp-regression"));

  for (const char* session : {"agree", "conflict", "drift", "both"}) {
    for (const ReportedDifference& each : report.differences(session)) {
      EXPECT_EQ(each.against, "golden");
      if (each.subject != "agents") continue;
      EXPECT_EQ(each.lane + each.path, "log/call:1/data/level") << session;
      EXPECT_EQ(each.expected, json::Value("DEBUG"));
      EXPECT_EQ(each.actual, json::Value("INFO"));
    }
  }
  const auto regression = report.differences("regression");
  ASSERT_EQ(regression.size(), 1u);
  EXPECT_EQ(regression[0].lane + regression[0].path, "log/run/data/template");
  EXPECT_EQ(regression[0].expected, json::Value("Creating trace"));
  EXPECT_EQ(regression[0].actual, json::Value("Making trace"));

  const Finished check =
      tool_.run({"golden", "check", "--python", copy.path(), "--golden", path("goldens")});
  EXPECT_EQ(check.status, 1) << check;
  EXPECT_THAT(check.out, HasSubstr("upstream-drift"));
}

}  // namespace
}  // namespace codex::cli
