// The same sessions give the same report, however and wherever they are run.
#include <algorithm>
#include <filesystem>
#include <future>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/cli_test.h"

namespace codex::cli {
namespace {

namespace fs = std::filesystem;
using test::CliReport;
using test::Finished;
using test::Tool;

class DeterminismTest : public test::CliTest {
 protected:
  struct Run {
    std::string report;                              // less its member "run"
    std::map<std::string, std::string> transcripts;  // by file
    std::vector<std::string> sessions;
  };

  // Every fifth tape of the corpus, in the order of their names: all of them three times would take
  // minutes, and `scripts/soak repeat` takes them.
  std::size_t copy_tapes() const {
    std::vector<fs::path> tapes;
    for (const auto& entry : fs::recursive_directory_iterator(source("harness/sessions"))) {
      if (entry.path().extension() == ".jsonl") tapes.push_back(entry.path());
    }
    std::sort(tapes.begin(), tapes.end());
    std::size_t count = 0;
    for (std::size_t i = 0; i < tapes.size(); i += 5) {
      const fs::path name = fs::relative(tapes[i], source("harness/sessions"));
      folder_.write("tapes/" + name.string(), test::file_text(tapes[i].string()));
      ++count;
    }
    return count;
  }
  // `name` is for this run's files.
  Run replay(const Tool& tool, const std::string& jobs, const std::string& name) const {
    const Finished finished =
        tool.run({"replay", path("tapes"), "--python", venv(), "--no-golden", "--jobs",
                  jobs, "--format", "json", "--transcripts", path(name)});
    EXPECT_EQ(finished.status, 0) << finished;
    EXPECT_EQ(finished.err, "") << "nothing in a pipe, however long it takes";
    const CliReport report(finished.out);
    Run run{report.without_run(), {}, report.sessions()};
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path(name))) {
      if (!entry.is_regular_file()) continue;
      run.transcripts[fs::relative(entry.path(), path(name))] = test::file_text(entry.path());
    }
    return run;
  }
};

TEST_F(DeterminismTest, ReportsAreTheSameByteForByte) {
  const std::size_t tapes = copy_tapes();
  ASSERT_GT(tapes, 100u);
  fs::create_directories(path("elsewhere/home"));
  const Tool elsewhere = tool_.in(path("elsewhere"))
                             .with("HOME", path("elsewhere/home"))
                             .with("TZ", "Asia/Kathmandu")
                             .with("LANG", "tr_TR.ISO-8859-9")
                             .with("LC_ALL", "C")
                             .with("TMPDIR", path("elsewhere"))
                             .with("COLUMNS", "40")
                             .with("OPENAI_API_KEY", "sk-proj-of-the-user")
                             .with("OPENAI_AGENTS_DONT_LOG_TOOL_DATA", "0")
                             .with("OPENAI_AGENTS_DISABLE_TRACING", "1")
                             .with("CODEX_HOME", path("elsewhere/codex"))
                             .with("PYTHONPATH", path("elsewhere"))
                             .with("PYTHONHASHSEED", "7")
                             .with("CODEX_TELEMETRY_PERTURB", "7")
                             .with_umask(0077);

  // Side by side, for most of the time goes by in waiting for the tape that stalls.
  auto first = std::async(std::launch::async, [&] { return replay(tool_, "1", "one"); });
  auto second = std::async(std::launch::async, [&] { return replay(tool_, "4", "four"); });
  const Run somewhere_else = replay(elsewhere, "4", "else");
  const Run one_at_a_time = first.get();
  const Run four_at_a_time = second.get();
  EXPECT_EQ(one_at_a_time.sessions.size(), tapes);
  EXPECT_EQ(one_at_a_time.transcripts.size(), 2 * tapes);
  EXPECT_EQ(one_at_a_time.report, four_at_a_time.report);
  EXPECT_EQ(one_at_a_time.report, somewhere_else.report);
  EXPECT_EQ(one_at_a_time.transcripts, four_at_a_time.transcripts);
  EXPECT_EQ(one_at_a_time.transcripts, somewhere_else.transcripts);
}

TEST_F(DeterminismTest, WhatCannotBeTheSameTwiceStandsUnderRunAlone) {
  const std::vector<std::string> replay = {"replay", tape("echo"), "--subject", "cpp",
                                           "--no-golden", "--format", "json"};
  const std::string first = tool_.run(replay).out;
  const std::string second = tool_.run(replay).out;
  EXPECT_NE(first, second) << "the clock is in it, or the comparison above sees nothing";
  EXPECT_EQ(CliReport(first).without_run(), CliReport(second).without_run());
}

}  // namespace
}  // namespace codex::cli
