// Clients that hang, die, leave the script or are not there cost their own session, never the run.
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/cli_test.h"
#include "tests/support/json_at.h"
#include "tests/support/process_list.h"
#include "tests/support/venv_copy.h"

namespace codex::cli {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using test::CliReport;
using test::Finished;
using test::TapeEdit;
using test::Tool;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class OutcomesTest : public test::CliTest {
 protected:
  static TapeEdit echo() { return TapeEdit(test::file_text(tape("echo"))); }
  std::string add(const std::string& name, const TapeEdit& tape) const {
    return folder_.write("tapes/" + name + ".tape.jsonl", tape.text());
  }
  CliReport replay(const std::string& python, int status, std::vector<std::string> more = {},
                   std::optional<milliseconds> interrupt = {}) const {
    more.insert(more.begin(), {"replay", path("tapes"), "--python", python, "--no-golden",
                               "--format", "json"});
    const Tool& tool = interrupt ? here_.interrupted_after(*interrupt) : here_;
    const Finished finished = tool.run(more);
    EXPECT_EQ(finished.status, status) << finished;
    return CliReport(finished.out);
  }
  // Whatever became of the sessions.
  void TearDown() override {
    const std::string own = fs::read_symlink("/proc/self/exe").parent_path();
    EXPECT_THAT(test::running_in(own), testing::Contains(::getpid())) << "it finds what runs";
    EXPECT_TRUE(test::eventually([this] { return test::running_in(path("installed")).empty(); }))
        << "a process of the tool is left";
  }

  const Tool here_ =
      installed({"codex-telemetry-diff", "codex-telemetry-peer", "codex-telemetry-py-worker",
                 "codex-telemetry-cpp-worker"});
};

void change(json::Value& line, const char* old, const char* fresh) {
  line = test::parsed(test::replaced(json::dump(line), old, fresh));
}

// The number of a tape's line, 1-based.
std::string line_of(const TapeEdit& tape, std::size_t index) {
  EXPECT_LT(index, tape.lines.size());
  return std::to_string(index + 2);
}

TEST_F(OutcomesTest, EachCostsItsOwnSessionAlone) {
  add("0-good", echo());  // the client is imported in its time
  add("1-stalls", TapeEdit(test::file_text(tape("odd/stall"))));
  TapeEdit killed = echo();
  *test::find_at(*killed.calls()[0], "/arguments/inputs/0/text") = "kill the client";
  change(killed.lines[0], "print hi", "kill the client");
  add("2-killed", killed);
  add("3-good", echo());

  TapeEdit other_argv = echo();
  change(other_argv.lines[0], "danger-full-access", "read-only");
  const std::string other_argv_file = add("4-other-argv", other_argv);

  TapeEdit never_comes = echo();
  never_comes.lines.push_back(never_comes.lines[0]);
  const std::string never_comes_line =
      add("5-never-comes", never_comes) + ":" + line_of(never_comes, never_comes.lines.size() - 1);

  TapeEdit once_more = echo();
  json::Array& steps = *test::find_at(once_more.header, "/driver/steps")->array();
  json::Value again = steps[0];
  *test::find_at(again, "/calls/0/call_id") = "call_again";
  steps.insert(steps.begin() + 1, again);
  const std::string once_more_file = add("6-once-more", once_more);
  add("7-good", echo());

  const test::VenvCopy copy(venv(), path("venv"), "agents");
  copy.change("extensions/experimental/codex/codex_tool.py",
              "                event = coerce_thread_event(raw_event)\n",
              "                event = coerce_thread_event(raw_event)\n"
              "                if isinstance(event, ItemCompletedEvent) and 'kill' in str(args):\n"
              "                    import os; os.kill(os.getpid(), 9)\n");
  const CliReport report = replay(
      copy.path(), 1, {"--jobs", "1", "--timeout", "3", "--transcripts", path("transcripts")});

  EXPECT_THAT(report.sessions(),
              ElementsAre("0-good", "1-stalls", "2-killed", "3-good", "4-other-argv",
                          "5-never-comes", "6-once-more", "7-good"));
  for (const char* subject : {"agents", "cpp"}) {
    EXPECT_EQ(report.outcome("1-stalls", subject), "hang");
    EXPECT_EQ(report.outcome("4-other-argv", subject), "off-script");
    EXPECT_EQ(report.outcome("5-never-comes", subject), "off-script");
    EXPECT_EQ(report.outcome("6-once-more", subject), "off-script");
    EXPECT_THAT(report.reason("4-other-argv", subject),
                AllOf(StartsWith(other_argv_file + ":2: "), HasSubstr("read-only"),
                      HasSubstr("danger-full-access")));
    EXPECT_THAT(report.reason("5-never-comes", subject), StartsWith(never_comes_line + ": "));
    EXPECT_THAT(report.reason("6-once-more", subject), StartsWith(once_more_file + ":2: "));
    EXPECT_EQ(report.outcome("3-good", subject), "completed") << "the sessions before it stay";
    EXPECT_EQ(report.outcome("7-good", subject), "completed") << "the sessions before it stay";
  }
  for (const char* subject : {"agents", "cpp"}) {
    const std::string transcript = path("transcripts/5-never-comes.") + subject + ".jsonl";
    const std::string line = line_of(never_comes, never_comes.lines.size() - 1);
    EXPECT_THAT(test::file_text(transcript),
                HasSubstr(R"("name":"off-script","origin":"driver","data":{"line":)" + line + "}"));
  }
  EXPECT_EQ(report.outcome("2-killed", "agents"), "crash");
  EXPECT_THAT(report.reason("2-killed", "agents"), HasSubstr("signal 9"));
  EXPECT_EQ(report.outcome("2-killed", "cpp"), "completed");
  for (const std::string& session : report.sessions()) {
    EXPECT_EQ(report.verdict(session), session == "2-killed" ? "difference" : "match") << session;
  }
  const double* stalled = test::at(report.whole(), "/run/session_seconds/1-stalls").real();
  ASSERT_NE(stalled, nullptr);
  EXPECT_GT(*stalled, 3);
  EXPECT_LT(*stalled, 9) << "its time was not kept";
}

TEST_F(OutcomesTest, AnInterruptedRunEndsInOrderAndSoon) {
  add("1-stalls", TapeEdit(test::file_text(tape("odd/stall"))));
  add("2-never", echo());
  const Finished finished =
      here_.interrupted_after(milliseconds(4000))
          .run({"replay", path("tapes"), "--python", venv(), "--no-golden", "--format", "json",
                "--jobs", "1", "--timeout", "60"});
  EXPECT_EQ(finished.status, 130) << finished;
  EXPECT_LT(finished.seconds, 30) << "it waits for the session that stalls";
  EXPECT_THAT(finished.err, HasSubstr("interrupted: 0 of 2 sessions ran"));
  // What was cut is not told as if it had an outcome.
  const CliReport report(finished.out);
  EXPECT_THAT(report.sessions(), IsEmpty());
  EXPECT_EQ(test::at(report.whole(), "/exit"), json::Value(130));
}

// ---- clients that are not there ----

TEST_F(OutcomesTest, WithoutAnyEnvironmentTheMendIsNamed) {
  add("echo", echo());
  const Finished finished = here_.run({"replay", path("tapes"), "--no-golden"});
  EXPECT_EQ(finished.status, 3) << finished;
  EXPECT_THAT(finished.out, HasSubstr("scripts/setup"));
}

TEST_F(OutcomesTest, AMissingClientIsUnavailable) {
  add("echo", echo());
  fs::create_directories(path("empty"));
  const CliReport report = replay(path("empty"), 3);
  EXPECT_EQ(report.verdict("echo"), "unavailable");
  EXPECT_EQ(report.outcome("echo", "agents"), "unavailable");
  EXPECT_EQ(report.outcome("echo", "cpp"), "completed");
  EXPECT_THAT(report.reason("echo", "agents"),
              AllOf(HasSubstr(path("empty")), HasSubstr("scripts/setup")));
}

TEST_F(OutcomesTest, AnEnvironmentOfAnotherPythonIsUnavailableAndNamesTheMend) {
  add("echo", echo());
  const test::VenvCopy copy(venv(), path("venv"), "agents");
  const std::string config = test::file_text(copy.path() + "/pyvenv.cfg");
  const std::size_t version = config.find("version = ");
  ASSERT_NE(version, std::string::npos) << config;
  folder_.write("venv/pyvenv.cfg", config.substr(0, version) + "version = 3.9.1\n" +
                                       config.substr(config.find('\n', version) + 1));
  const CliReport report = replay(copy.path(), 3);
  EXPECT_EQ(report.verdict("echo"), "unavailable");
  EXPECT_THAT(report.reason("echo", "agents"),
              AllOf(HasSubstr("3.9.1"), HasSubstr("`scripts/setup`"),
                    HasSubstr("-m venv --clear " + copy.path())));
  const Finished doctor = tool_.run({"doctor", "--python", copy.path()});
  EXPECT_EQ(doctor.status, 3) << doctor;
  EXPECT_THAT(doctor.out, AllOf(HasSubstr("3.9.1"), HasSubstr("scripts/setup")));
}

TEST_F(OutcomesTest, AnEnvironmentWithoutTheClientIsUnavailable) {
  add("echo", echo());
  const test::VenvCopy copy(venv(), path("venv"), "agents");
  fs::remove_all(fs::path(copy.file("__init__.py")).parent_path());
  const CliReport report = replay(copy.path(), 3);
  EXPECT_EQ(report.verdict("echo"), "unavailable");
  EXPECT_THAT(report.reason("echo", "agents"), HasSubstr("agents"));
}

TEST_F(OutcomesTest, AClientThatCannotBeImportedIsUnavailable) {
  add("echo", echo());
  const test::VenvCopy copy(venv(), path("venv"), "agents");
  copy.change("usage.py", "from __future__ import annotations\n",
              "from __future__ import annotations\nraise ImportError('broken on purpose')\n");
  const CliReport report = replay(copy.path(), 3);
  EXPECT_EQ(report.verdict("echo"), "unavailable");
  EXPECT_THAT(report.reason("echo", "agents"), HasSubstr("broken on purpose"));
}

TEST_F(OutcomesTest, TheClientItselfIsThere) {
  add("echo", echo());
  EXPECT_EQ(replay(venv(), 0).verdict("echo"), "match");
  const Finished doctor = tool_.run({"doctor", "--python", venv()});
  EXPECT_EQ(doctor.status, 0) << doctor;
  EXPECT_THAT(doctor.out, HasSubstr("openai-agents 0.24.0"));
}

}  // namespace
}  // namespace codex::cli
