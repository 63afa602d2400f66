// Ctrl-C while sessions are under way: the run ends with 130, nothing of it goes on, and what it
// leaves in files is whole.
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/cli_test.h"
#include "tests/support/json_at.h"
#include "tests/support/live_program.h"

namespace codex::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;

class InterruptTest : public test::CliTest {
 protected:
  // A session that ends, then some of both transports that do not.
  void SetUp() override {
    folder_.write("golden/transcripts/none", "");  // a project: what failed is kept beside it
    folder_.write("tapes/0-echo.tape.jsonl", test::file_text(tape("echo")));
    for (const char* name : {"1-exec", "2-exec", "5-exec"}) {
      folder_.write(std::string("tapes/") + name + ".tape.jsonl", test::file_text(tape("odd/stall")));
    }
    for (const char* name : {"3-server", "4-server"}) {
      folder_.write(std::string("tapes/") + name + ".tape.jsonl",
                    test::file_text(tape("odd/app-server/stall")));
    }
  }
  // Programs of the tool that run, by name.
  std::size_t running(const std::string& name) const {
    std::size_t count = 0;
    for (const pid_t pid : test::running_in(path("installed"))) {
      std::error_code gone;
      const fs::path exe = fs::read_symlink("/proc/" + std::to_string(pid) + "/exe", gone);
      if (exe.filename() == name) ++count;
    }
    return count;
  }
  // Starts the tool, waits until two sessions are stalled, and sends it these signals.
  struct Ended {
    int status = 0;  // as waitpid(2) has it
    std::string out;
  };
  Ended interrupted(const std::vector<std::string>& arguments, std::vector<int> signals = {SIGINT}) {
    std::vector<std::string> argv = {"/usr/bin/env", "-u", "CI",
                                     path("installed/bin/codex-telemetry-diff")};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    argv.insert(argv.end(), {"--python", venv(), "--jobs", "2", "--timeout", "200"});
    test::LiveProgram program(argv, path(""));
    program.close_input();
    bool under_way = false;
    for (int minute = 0; minute < 5 && !under_way; ++minute) {  // of a busy machine
      under_way = test::eventually([&] { return running("codex-telemetry-peer") >= 2; });
    }
    EXPECT_TRUE(under_way) << "no two sessions";
    for (const int signal : signals) program.signal(signal);
    EXPECT_TRUE(program.output_ends());
    const int status = program.wait();
    return {status, program.out()};
  }
  static int exit_status(const Ended& ended) {
    return WIFEXITED(ended.status) ? WEXITSTATUS(ended.status) : -1;
  }
  // Files below the folder, sorted.
  std::vector<std::string> files(const std::string& folder) const {
    std::vector<std::string> found;
    std::error_code error;
    for (const auto& entry : fs::recursive_directory_iterator(path(folder), error)) {
      if (entry.is_regular_file()) found.push_back(fs::relative(entry.path(), path(folder)));
    }
    std::sort(found.begin(), found.end());
    return found;
  }
  void TearDown() override {
    EXPECT_TRUE(test::eventually([this] { return test::running_in(path("installed")).empty(); }))
        << "a process of the tool is left";
  }

  const test::Tool here_ =
      installed({"codex-telemetry-diff", "codex-telemetry-peer", "codex-telemetry-py-worker",
                 "codex-telemetry-cpp-worker"});
};

TEST_F(InterruptTest, AReplayTellsWhatHasEnded) {
  const Ended ended = interrupted({"replay", "tapes", "--no-golden", "--format", "json", "-o",
                                   "report.json", "--transcripts", "out"});
  EXPECT_EQ(exit_status(ended), 130);
  const test::CliReport report(test::file_text(path("report.json")));
  EXPECT_EQ(test::at(report.whole(), "/exit"), json::Value(130));
  for (const std::string& session : report.sessions()) EXPECT_EQ(session, "0-echo");
  for (const std::string& file : files("out")) {
    EXPECT_THAT(file, HasSubstr("0-echo."));
    EXPECT_EQ(here_.run({"diff", path("out/" + file), path("out/" + file)}).status, 0) << file;
  }
}

TEST_F(InterruptTest, AReplayEndsOnSigtermToo) {
  EXPECT_EQ(exit_status(interrupted({"replay", "tapes", "--no-golden"}, {SIGTERM})), 130);
}

TEST_F(InterruptTest, ASecondOneEndsItAtOnceAndTheWorkersWithIt) {
  const Ended ended = interrupted({"replay", "tapes", "--no-golden"}, {SIGKILL});
  EXPECT_TRUE(WIFSIGNALED(ended.status));  // TearDown: nothing is left
}

TEST_F(InterruptTest, ANightLeavesNothing) {
  const Ended ended =
      interrupted({"nightly", "tapes", "-o", "night", "--golden", "golden/transcripts"});
  EXPECT_EQ(exit_status(ended), 130);
  EXPECT_THAT(files("night"), IsEmpty());
}

TEST_F(InterruptTest, AMatrixLeavesNothing) {
  const Ended ended = interrupted({"matrix", "tapes", "-o", "matrix.txt"});
  EXPECT_EQ(exit_status(ended), 130);
  EXPECT_FALSE(fs::exists(path("matrix.txt")));
}

TEST_F(InterruptTest, AMatrixWaitsForNoClientThatIsAskedWhatItDeclares) {
  const std::string worker = path("installed/bin/codex-telemetry-py-worker");
  fs::rename(worker, worker + "-itself");
  folder_.write("installed/bin/codex-telemetry-py-worker",
                "#!/bin/sh\ncase \"$*\" in *--inventory*) exec sleep 600;; esac\nexec '" + worker +
                    "-itself' \"$@\"\n");
  fs::permissions(worker, fs::perms::owner_all);
  EXPECT_EQ(exit_status(interrupted({"matrix", "tapes"})), 130);
}

TEST_F(InterruptTest, GoldensAreWholeOrNotThere) {
  const Ended ended = interrupted({"golden", "update", "tapes", "--golden", "goldens"});
  EXPECT_EQ(exit_status(ended), 130);
  for (const std::string& file : files("goldens")) EXPECT_EQ(file, "0-echo.golden.jsonl");
  if (!files("goldens").empty()) {
    EXPECT_EQ(here_.run({"golden", "list", "--golden", path("goldens")}).status, 0);
  }
}

TEST_F(InterruptTest, AReviewKeepsNothingHalfSeen) {
  const Ended ended = interrupted({"golden", "review", "tapes", "--golden", "goldens"});
  EXPECT_EQ(exit_status(ended), 130);
  for (const std::string& file : files("goldens")) EXPECT_EQ(file, "0-echo.pending.jsonl");
}

}  // namespace
}  // namespace codex::cli
