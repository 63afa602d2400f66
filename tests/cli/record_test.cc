// `record`: the real codex, offline, from a data file to tapes that replay. What is wrong with a
// data file is told by the recorder, whose own tests are in tests/recording.
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/cli_test.h"

namespace codex::cli {
namespace {

namespace fs = std::filesystem;
using test::Finished;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class RecordTest : public test::CliTest {
 protected:
  static std::string script(const std::string& session) {
    return source("harness/recordings/" + session + ".json");
  }
  Finished record(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "record");
    return tool_.run(std::move(arguments));
  }
  // Where a session is recorded is made in the user's cache folder, and goes with the session.
  void expect_nothing_left() const { EXPECT_TRUE(fs::is_empty(path(".cache"))); }
  void expect_refused(const std::vector<std::string>& arguments, int status,
                      const testing::Matcher<std::string>& why) const {
    const Finished finished = record(arguments);
    EXPECT_EQ(finished.status, status) << finished;
    EXPECT_EQ(finished.out, "") << finished;
    EXPECT_THAT(finished.err, why);
    EXPECT_FALSE(fs::exists(path("tapes"))) << "nothing is written";
  }
};

TEST_F(RecordTest, WritesATapeForEachTransport) {
  const Finished finished = record({script("hello"), "-o", path("tapes"), "--python", venv()});
  EXPECT_EQ(finished.status, 0) << finished;
  EXPECT_EQ(finished.err, "");
  EXPECT_EQ(finished.out, path("tapes/hello-exec.tape.jsonl") + "\n" +
                              path("tapes/hello-app-server.tape.jsonl") + "\n");
  const std::string tape = test::file_text(path("tapes/hello-exec.tape.jsonl"));
  EXPECT_THAT(tape, StartsWith(R"({"tape":1,"transport":"exec",)"));
  EXPECT_THAT(test::file_text(path("tapes/hello-app-server.tape.jsonl")),
              AllOf(StartsWith(R"({"tape":1,"transport":"app-server",)"), HasSubstr("Hello!")));
  expect_nothing_left();
  const Finished replayed = tool_.run({"replay", path("tapes/hello-exec.tape.jsonl"), "--no-golden",
                                       "--python", venv()});
  EXPECT_EQ(replayed.status, 0) << replayed;
}

TEST_F(RecordTest, RecordsTheTransportAskedForUnderTheNameAskedFor) {
  const Finished finished = record({script("hello"), "-o", path("tapes"), "--python", venv(),
                                    "--transport", "exec", "--short"});
  EXPECT_EQ(finished.status, 0) << finished;
  EXPECT_EQ(finished.out, path("tapes/hello.tape.jsonl") + "\n");
  EXPECT_FALSE(fs::exists(path("tapes/hello-app-server.tape.jsonl")));
}

TEST_F(RecordTest, ABadDataFileIsTwoAndNamesThePlace) {
  const std::string none = path("none.json");
  expect_refused({none, "-o", path("tapes"), "--python", venv()}, 2,
                 AllOf(StartsWith("record: " + none + ": cannot be read"),
                       HasSubstr("name a data file")));
  const std::string bad =
      folder_.write("bad.json", R"({"title":"t","app_server":{"steps":[{"requst":{}}]}})");
  // Before codex runs: the good one beside it is not recorded either.
  expect_refused({script("hello"), bad, "-o", path("tapes"), "--python", venv()}, 2,
                 AllOf(StartsWith("record: " + bad + ": "), HasSubstr("step 1"),
                       HasSubstr("request")));
  expect_refused({script("no-repository"), "-o", path("tapes"), "--python", venv(), "--transport",
                  "app-server"},
                 2, HasSubstr("records exec only, not app-server"));
}

TEST_F(RecordTest, AWrongOptionIsTwoAndIsNamed) {
  expect_refused({script("hello")}, 2, HasSubstr("--out"));
  expect_refused({"-o", path("tapes")}, 2, HasSubstr("SCRIPT"));
  expect_refused({script("hello"), "-o", path("tapes"), "--transport", "telnet"}, 2,
                 AllOf(HasSubstr("telnet"), HasSubstr("app-server")));
  expect_refused({script("hello"), "-o", path("tapes"), "--timeout", "never"}, 2,
                 HasSubstr("--timeout"));
}

TEST_F(RecordTest, WhatCannotRunIsThreeAndTellsHowToMendIt) {
  expect_refused({script("hello"), "-o", path("tapes"), "--python", path("no-environment")}, 3,
                 AllOf(HasSubstr(path("no-environment")), HasSubstr("scripts/setup")));
  expect_refused({script("hello"), "-o", path("tapes"), "--python", venv(), "--codex",
                  path("codex")},
                 3, AllOf(HasSubstr(path("codex")), HasSubstr("--codex")));
  const std::string broken = folder_.write("codex", "#!/bin/false\n");
  expect_refused({script("hello"), "-o", path("tapes"), "--python", venv(), "--codex", broken}, 3,
                 HasSubstr(broken + ": does not run"));
}

TEST_F(RecordTest, AFolderThatCannotBeWrittenIsTwo) {
  const std::string file = folder_.write("taken", "");
  const Finished finished =
      record({script("hello"), "-o", file, "--python", venv(), "--transport", "exec"});
  EXPECT_EQ(finished.status, 2) << finished;
  EXPECT_THAT(finished.err, AllOf(HasSubstr("cannot write " + file), HasSubstr("-o")));
}

TEST_F(RecordTest, CtrlCLeavesNothing) {
  const std::string slow = folder_.write(
      "slow.json", R"({"title":"slow","app_server":{"steps":[{"wait":{"method":"never"}}]}})");
  const Finished finished = tool_.interrupted_after(std::chrono::milliseconds(2500))
                                .run({"record", slow, "-o", path("tapes"), "--python", venv()});
  EXPECT_EQ(finished.status, 130) << finished;
  EXPECT_THAT(finished.err, HasSubstr("record: interrupted"));
  EXPECT_FALSE(fs::exists(path("tapes")));
  expect_nothing_left();
}

}  // namespace
}  // namespace codex::cli
