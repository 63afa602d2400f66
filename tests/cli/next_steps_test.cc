// The commands that stand under "next:" are pasted where the tool was called, and run.
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/cli_test.h"
#include "tests/support/golden_edit.h"

namespace codex::cli {
namespace {

using test::Finished;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

// The commands that are printed, without what they are for: lines of the report's end, or of a
// message, that begin with the program.
std::vector<std::string> commands(const std::string& text, const std::string& program) {
  std::vector<std::string> found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("  " + program + " ")) found.push_back(line.substr(2, line.find("  # ") - 2));
  }
  return found;
}

class NextStepsTest : public test::CliTest {
 protected:
  // A session below a folder, whose golden is another one in one value; names that a shell splits.
  void SetUp() override {
    folder_.write("my tapes/deep/echo.tape.jsonl", test::file_text(tape("echo")));
    const std::string golden = test::file_text(source("golden/transcripts/echo.golden.jsonl"));
    folder_.write("gold en/deep/echo.golden.jsonl",
                  test::bent(test::replaced(golden, "\"session\":\"echo\"", "\"session\":\"deep/echo\""),
                             "outcome/run", "completed", "/last_response_id", "resp-9"));
  }
  Finished pasted(const std::string& command) const {
    return test::run_program({.argv = {"/bin/sh", "-c", command},
                              .environment = {"PATH=/usr/bin:/bin", "HOME=" + path("")},
                              .folder = path("")});
  }

  const std::string here_ = program("codex-telemetry-diff");
};

TEST_F(NextStepsTest, OfADifferenceShowTheSameDifference) {
  const std::vector<std::string> given = {"replay", "my tapes", "--golden", "gold en", "--subject",
                                          "cpp"};
  const Finished replayed = tool_.run(given);
  ASSERT_EQ(replayed.status, 1) << replayed;
  const std::vector<std::string> next = commands(replayed.out, here_);
  ASSERT_THAT(next, ElementsAre(StartsWith(here_ + " replay 'my tapes' --session deep/echo")));
  const Finished again = pasted(next[0]);
  EXPECT_EQ(again.status, 1) << again;
  EXPECT_THAT(again.out, AllOf(StartsWith(replayed.out), HasSubstr("explain deep/echo")));
}

TEST_F(NextStepsTest, OfAMissingClientAskAboutTheSameEnvironment) {
  const Finished replayed =
      tool_.run({"replay", "my tapes", "--no-golden", "--python", "no such place"});
  ASSERT_EQ(replayed.status, 3) << replayed;
  const std::vector<std::string> next = commands(replayed.out, here_);
  ASSERT_THAT(next, ElementsAre(here_ + " doctor --python 'no such place'"));
  const Finished doctor = pasted(next[0]);
  EXPECT_EQ(doctor.status, 3) << doctor;
  EXPECT_THAT(doctor.out, HasSubstr("no such place"));
}

TEST_F(NextStepsTest, OfAReviewAcceptAndRejectThere) {
  const std::string golden = test::file_text(path("gold en/deep/echo.golden.jsonl"));
  const std::string pending =
      test::bent(golden, "outcome/run", "completed", "/last_response_id", "resp-2");
  for (const std::size_t which : {0u, 1u, 2u}) {
    folder_.write("gold en/deep/echo.golden.jsonl", golden);
    folder_.write("gold en/deep/echo.pending.jsonl", pending);
    const Finished review = tool_.run({"golden", "review", "--pending", "--golden", "gold en"});
    ASSERT_EQ(review.status, 2) << review;
    const std::vector<std::string> next = commands(review.err, here_);
    ASSERT_THAT(next, ElementsAre(HasSubstr(" accept --cause "), HasSubstr(" reject --cause "),
                                  HasSubstr(" accept --all ")));
    const Finished done = pasted(next[which]);
    EXPECT_EQ(done.status, 0) << next[which] << "\n" << done;
    EXPECT_EQ(test::file_text(path("gold en/deep/echo.golden.jsonl")), which == 1 ? golden : pending);
  }
}

// Of many pending changes a part was asked for: no command takes the others too.
TEST_F(NextStepsTest, OfAReviewOfAPartStayInIt) {
  const std::string golden = test::file_text(path("gold en/deep/echo.golden.jsonl"));
  const std::string pending =
      test::bent(golden, "outcome/run", "completed", "/last_response_id", "resp-2");
  folder_.write("gold en/deep/echo.pending.jsonl", pending);
  folder_.write("gold en/other.golden.jsonl", test::replaced(golden, "deep/echo", "other"));
  folder_.write("gold en/other.pending.jsonl", test::replaced(pending, "deep/echo", "other"));
  const Finished review = tool_.run(
      {"golden", "review", "--pending", "--golden", "gold en", "--session", "deep/*"});
  const std::vector<std::string> next = commands(review.err, here_);
  ASSERT_THAT(next, ElementsAre(HasSubstr(" accept --cause "), HasSubstr(" reject --cause "),
                                HasSubstr(" accept --session 'deep/*' ")));
  EXPECT_EQ(pasted(next[0]).status, 0);
  EXPECT_TRUE(std::filesystem::exists(path("gold en/other.pending.jsonl")));
}

// The night's files are the same wherever and however its parts ran; what it prints is for here.
TEST_F(NextStepsTest, OfANightHaveWhatWasGivenWhereItIsPrinted) {
  const Finished night = tool_.run({"nightly", "my tapes", "-o", "out", "--golden", "gold en",
                                    "--python", "no such place"});
  EXPECT_EQ(night.status, 1) << night;
  const std::size_t next = night.out.find("next: " + here_ + " replay ");
  ASSERT_NE(next, std::string::npos) << night;
  const std::string command = night.out.substr(next + 6, night.out.find("  # ", next) - next - 6);
  EXPECT_THAT(command, AllOf(HasSubstr(" --golden 'gold en' "), HasSubstr(" --python 'no such")));
  const Finished again = pasted(command);
  EXPECT_EQ(again.status, 1) << again;
  EXPECT_THAT(again.out, HasSubstr("\ndeep/echo: cpp-regression\n"));
  for (const char* file : {"out/summary.md", "out/issue.md", "out/report.html"}) {
    const std::string text = test::file_text(path(file));
    EXPECT_THAT(text, AllOf(HasSubstr("codex-telemetry-diff replay "),
                            testing::Not(HasSubstr("gold en")), testing::Not(HasSubstr(here_))));
  }
}

TEST_F(NextStepsTest, NameTheProgramAsItWasCalled) {
  std::filesystem::create_directories(path("bin"));
  std::filesystem::create_symlink(here_, path("bin/tool"));
  const Finished replayed =
      pasted("bin/tool replay 'my tapes' --golden 'gold en' --subject cpp");
  const std::vector<std::string> next = commands(replayed.out, "bin/tool");
  ASSERT_THAT(next, ElementsAre(StartsWith("bin/tool replay ")));
  EXPECT_EQ(pasted(next[0]).status, 1);
}

}  // namespace
}  // namespace codex::cli
