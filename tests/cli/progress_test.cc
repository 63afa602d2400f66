// The line that says how far a run is: what it says, when it is drawn, and that nothing of it stays.
#include "cli/progress.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/cli_test.h"
#include "tests/support/terminal.h"

namespace codex::cli {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::size_t kWide = 80;

TEST(ProgressText, TellsCountRateAndWhatIsLeft) {
  EXPECT_EQ(progress_text({"sessions", 100, 649, 4s}, kWide),
            "100 of 649 sessions, 25/s, about 22 s left");
  EXPECT_EQ(progress_text({"sessions", 10, 649, 4s}, kWide),
            "10 of 649 sessions, 2.5/s, about 4 min 16 s left");
  EXPECT_EQ(progress_text({"sessions", 1, 1000, 20s}, kWide),
            "1 of 1000 sessions, 3.0/min, about 5 h 33 min left");
  EXPECT_EQ(progress_text({"sessions", 1, 13, 10s}, kWide),
            "1 of 13 sessions, 6.0/min, about 2 min left");
}

TEST(ProgressText, GuessesNothingBeforeAnythingIsDoneNorAfterAll) {
  EXPECT_EQ(progress_text({"sessions", 0, 649, 3s}, kWide), "0 of 649 sessions, 3 s");
  EXPECT_EQ(progress_text({"sessions", 4, 4, 2s}, kWide), "4 of 4 sessions, 2.0/s");
  EXPECT_EQ(progress_text({"writing the reports", 0, 0, 61s}, kWide),
            "writing the reports, 1 min 1 s");
}

TEST(ProgressText, TellsTheRateOfWhatHasNoKnownEnd) {
  EXPECT_EQ(progress_text({"sessions", 100, 0, 4s}, kWide), "100 sessions, 25/s");
  EXPECT_EQ(progress_text({"sessions", 100, 0, 4s, {"3 findings", "120 shapes"}}, kWide),
            "100 sessions, 25/s, 3 findings, 120 shapes");
  EXPECT_EQ(progress_text({"sessions", 100, 0, 4s, {"3 findings", "120 shapes"}}, 41),
            "100 sessions, 25/s, 3 findings");
}

TEST(ProgressText, HasFurtherWordsAtTheEnd) {
  EXPECT_EQ(progress_text({"sessions", 100, 649, 4s, {"3 findings"}}, kWide),
            "100 of 649 sessions, 25/s, about 22 s left, 3 findings");
}

TEST(ProgressText, HasWhatFits) {
  const Pace pace{"sessions", 100, 649, 4s};
  EXPECT_EQ(progress_text(pace, 42), "100 of 649 sessions, 25/s, about 22 s left");
  EXPECT_EQ(progress_text(pace, 41), "100 of 649 sessions, 25/s");
  EXPECT_EQ(progress_text(pace, 24), "100 of 649 sessions");
  EXPECT_EQ(progress_text(pace, 10), "100 of 649");
  EXPECT_EQ(progress_text(pace, 0), "");
}

// A clock and a terminal of the test's own.
class ProgressLineTest : public testing::Test {
 protected:
  Progress::Screen screen() {
    return {.out = &out_, .now = [this] { return now_; }, .columns = [this] { return columns_; }};
  }
  // What was written since the last time.
  std::string drawn() {
    std::string text = out_.str();
    out_.str("");
    return text;
  }

  Progress::Time now_{};
  std::size_t columns_ = kWide;
  std::ostringstream out_;
};

TEST_F(ProgressLineTest, IsNotThereInTheFirstSecond) {
  Progress progress(screen(), "sessions", 4);
  now_ += 999ms;
  progress.show(1);
  EXPECT_EQ(drawn(), "");
  now_ += 1001ms;
  progress.show(2);
  EXPECT_EQ(drawn(), "\r2 of 4 sessions, 1.0/s, about 2 s left");
}

TEST_F(ProgressLineTest, GoesOnWhereNothingEnds) {
  Progress progress(screen(), "sessions", 4);
  now_ += 2s;
  progress.tick();
  EXPECT_EQ(drawn(), "\r0 of 4 sessions, 2 s");
  now_ += 2s;
  progress.tick();
  EXPECT_EQ(drawn(), "\r0 of 4 sessions, 4 s");
}

TEST_F(ProgressLineTest, IsNotDrawnForEachOfMany) {
  Progress progress(screen(), "sessions", 1000);
  now_ += 2s;
  for (std::size_t done = 1; done <= 100; ++done) {
    progress.show(done);
    now_ += 2ms;
  }
  EXPECT_EQ(drawn(), "\r1 of 1000 sessions, 30.0/min, about 33 min 18 s left");
}

TEST_F(ProgressLineTest, ALongerOneIsOverwritten) {
  Progress progress(screen(), "sessions", 4);
  now_ += 2s;
  progress.show(2);
  drawn();
  now_ += 2s;
  progress.show(4);
  const std::string text = "4 of 4 sessions, 1.0/s";
  EXPECT_EQ(drawn(), "\r" + text + std::string(16, ' ') + "\r" + text);
}

TEST_F(ProgressLineTest, IsNarrowerThanTheTerminal) {
  columns_ = 20;
  Progress progress(screen(), "sessions", 1000);
  now_ += 2s;
  progress.show(999);
  EXPECT_EQ(drawn(), "\r999 of 1000 session");
  columns_ = 40;
  now_ += 1s;
  progress.show(999);
  EXPECT_EQ(drawn(), "\r999 of 1000 sessions, 333/s");
}

TEST_F(ProgressLineTest, IsGoneAtTheEnd) {
  {
    Progress progress(screen(), "sessions", 4);
    now_ += 2s;
    progress.tick();
    drawn();
    progress.clear();
    EXPECT_EQ(drawn(), "\r" + std::string(20, ' ') + "\r");
    now_ += 2s;
    progress.tick();
    EXPECT_EQ(drawn(), "") << "messages may stand there now";
    progress.show(4);
    drawn();
  }
  EXPECT_EQ(drawn(), "\r" + std::string(22, ' ') + "\r");
}

TEST_F(ProgressLineTest, WhatFollowsHasATimeOfItsOwn) {
  Progress progress(screen(), "sessions", 4);
  now_ += 10s;
  progress.show(4);
  drawn();
  progress.next("writing the reports");
  EXPECT_THAT(drawn(), HasSubstr("\rwriting the reports, 0 s"));
  now_ += 3s;
  progress.tick();
  EXPECT_THAT(drawn(), HasSubstr("\rwriting the reports, 3 s"));
}

TEST_F(ProgressLineTest, FurtherWordsAreOfTheirPart) {
  Progress progress(screen(), "sessions", 0);
  now_ += 2s;
  progress.show(4, {"1 finding"});
  EXPECT_EQ(drawn(), "\r4 sessions, 2.0/s, 1 finding");
  progress.next("writing the reports");
  EXPECT_THAT(drawn(), Not(HasSubstr("finding")));
}

TEST_F(ProgressLineTest, IsNowhereWithoutAScreen) {
  Progress::Screen nowhere = screen();
  nowhere.out = nullptr;
  Progress progress(nowhere, "sessions", 4);
  now_ += 2s;
  progress.show(1);
  progress.tick();
  progress.clear();
  EXPECT_EQ(drawn(), "");
}

// The tool itself, whose sessions take two seconds each: its worker says nothing.
class ProgressOnTerminalTest : public test::CliTest {
 protected:
  void SetUp() override {
    namespace fs = std::filesystem;
    const std::string worker = folder_.write("installed/bin/codex-telemetry-cpp-worker",
                                             "#!/bin/sh\nexec sleep 60\n");
    fs::permissions(worker, fs::perms::owner_all);
  }
  std::vector<std::string> words(const std::vector<std::string>& first = {}) const {
    std::vector<std::string> all = first;
    all.insert(all.end(), {"replay", tape("hello"), tape("echo"), "--subject", "cpp", "--no-golden",
                           "--timeout", "2", "--jobs", "1"});
    return all;
  }
  test::Shown replay(unsigned short columns, const std::vector<std::string>& first = {}) const {
    std::vector<std::string> argv = words(first);
    argv.insert(argv.begin(), path("installed/bin/codex-telemetry-diff"));
    return test::run_on_terminal(
        {.argv = argv, .environment = {"NO_COLOR=1"}, .columns = columns});
  }

  const test::Tool here_ = installed({"codex-telemetry-diff"});
};

TEST_F(ProgressOnTerminalTest, IsOneLineThatIsGoneAtTheEnd) {
  const test::Shown shown = replay(80);
  EXPECT_EQ(shown.status, 1) << shown.text;
  EXPECT_THAT(shown.text, AllOf(HasSubstr("\r0 of 2 sessions, 2 s"),
                                HasSubstr("\r1 of 2 sessions, "), HasSubstr(" left")));
  const std::size_t report = shown.text.find("golden-missing");
  ASSERT_NE(report, std::string::npos) << shown.text;
  const std::size_t line = shown.text.rfind('\r', report);
  EXPECT_EQ(shown.text.substr(0, line).find('\n'), std::string::npos) << "it is one line";
  EXPECT_EQ(shown.text.find("sessions, ", line), std::string::npos) << "it is gone";
  EXPECT_EQ(shown.text[line - 1], ' ') << "blanks took its place";
}

TEST_F(ProgressOnTerminalTest, IsCutToTheTerminal) {
  const test::Shown shown = replay(12);
  EXPECT_THAT(shown.text, AllOf(HasSubstr("\r0 of 2 sess"), Not(HasSubstr("0 of 2 sessi"))));
}

TEST_F(ProgressOnTerminalTest, IsNotThereWhenQuiet) {
  const test::Shown shown = replay(80, {"-q"});
  EXPECT_EQ(shown.status, 1) << shown.text;
  EXPECT_THAT(shown.text, AllOf(HasSubstr("2 sessions"), Not(HasSubstr("of 2 sessions"))));
}

TEST_F(ProgressOnTerminalTest, IsNotThereInAPipe) {
  const test::Finished finished = here_.run(words());
  EXPECT_EQ(finished.status, 1) << finished;
  EXPECT_EQ(finished.err, "");
  EXPECT_THAT(finished.out, Not(HasSubstr("\r")));
}

}  // namespace
}  // namespace codex::cli
