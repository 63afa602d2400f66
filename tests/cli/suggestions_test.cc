// Names that were mistyped, and sessions that failed last.
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/cli_test.h"

namespace codex::cli {
namespace {

namespace fs = std::filesystem;
using test::Finished;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class SuggestionsTest : public test::CliTest {
 protected:
  void expect_hint(const std::vector<std::string>& words, const std::string& hint) const {
    const Finished finished = tool_.run(words);
    EXPECT_EQ(finished.status, 2) << finished;
    EXPECT_THAT(finished.err, HasSubstr(hint));
  }
};

TEST_F(SuggestionsTest, OfCommandsSubjectsAndSessions) {
  const std::string tapes = source("harness/sessions");
  expect_hint({"obsreve"}, "did you mean \"observe\"?");
  expect_hint({"replay", tapes, "--subject", "agent"}, "did you mean \"agents\"?");
  expect_hint({"replay", tapes, "--subject", "nothing"}, "known: cpp, agents, codex-sdk");
  expect_hint({"replay", tapes, "--session", "ehco"}, "did you mean \"echo\"?");
  expect_hint({"replay", tapes, "--session", "ecko"}, "did you mean \"echo\"?");
  expect_hint({"replay", tapes, "--session", "malformed-lin"}, "did you mean \"odd/malformed-line\"?");
  expect_hint({"replay", tapes, "--session", "odd/apserver/*"}, "no session matches odd/apserver/*");
  const Finished far = tool_.run({"replay", tapes, "--session", "zzzzzzzzzzzzzzzz"});
  EXPECT_THAT(far.err, AllOf(HasSubstr("no session matches"), Not(HasSubstr("did you mean"))));
}

class SinceLastTest : public SuggestionsTest {
 protected:
  SinceLastTest() {
    fs::create_directories(path("golden/transcripts"));
    fs::create_directories(path("tapes"));
    fs::copy(tape("hello"), path("tapes/hello.tape.jsonl"));
    fs::copy(tape("echo"), path("tapes/echo.tape.jsonl"));
    fs::copy(source("golden/transcripts/hello.golden.jsonl"), path("golden/transcripts/hello.golden.jsonl"));
  }
  // C++ alone, against goldens: echo has none, which is red where one is asked for.
  Finished replay(std::vector<std::string> more = {}, const test::Tool* tool = nullptr) const {
    std::vector<std::string> words = {"replay", path("tapes"), "--subject", "cpp", "--require-golden"};
    words.insert(words.end(), more.begin(), more.end());
    return (tool == nullptr ? tool_ : *tool).run(words);
  }
};

TEST_F(SinceLastTest, OnlyWhatFailedRunsAgain) {
  const Finished first = replay();
  EXPECT_EQ(first.status, 1) << first;
  EXPECT_THAT(first.out, HasSubstr("2 sessions"));
  const Finished again = replay({"--since-last"});
  EXPECT_EQ(again.status, 1) << again;
  EXPECT_THAT(again.out, AllOf(HasSubstr("1 session:"), HasSubstr("echo"), Not(HasSubstr("hello"))));
  // Of a session that did not run nothing new is known.
  EXPECT_EQ(replay({"--session", "hello"}).status, 0);
  EXPECT_THAT(replay({"--since-last"}).out, HasSubstr("echo"));
  // Mended.
  fs::copy(source("golden/transcripts/echo.golden.jsonl"), path("golden/transcripts/echo.golden.jsonl"));
  EXPECT_EQ(replay({"--since-last"}).status, 0);
  const Finished none = replay({"--since-last"});
  EXPECT_EQ(none.status, 2) << "no session is never green";
  EXPECT_THAT(none.err, HasSubstr("none of these sessions failed"));
}

TEST_F(SinceLastTest, UnderCiAndOutsideAProjectNothingIsKept) {
  const test::Tool ci = tool_.with("CI", "true");
  EXPECT_EQ(replay({}, &ci).status, 1);
  EXPECT_FALSE(fs::exists(path(".codex-telemetry-diff")));
  fs::rename(path("golden"), path("elsewhere"));
  EXPECT_NE(replay({"--golden", path("elsewhere/transcripts")}).status, 2);
  EXPECT_FALSE(fs::exists(path(".codex-telemetry-diff")));
  const Finished none = replay({"--since-last", "--golden", path("elsewhere/transcripts")});
  EXPECT_EQ(none.status, 2) << none;
  EXPECT_THAT(none.err, HasSubstr("--since-last"));
}

}  // namespace
}  // namespace codex::cli
