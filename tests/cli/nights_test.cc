// Nights played one after another, each with one change: what they say of it. data/nights.jsonl:
// one night a line, in their order; `says` is part of what is printed, `files` and `absent` are of
// the folder.
#include <filesystem>
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
using test::Finished;
using test::Tool;
using testing::HasSubstr;

const char* const kSessions[] = {"echo", "failing-command", "hello", "hello-app-server",
                                 "steer-app-server"};

class NightsTest : public test::CliTest {
 protected:
  NightsTest() {
    for (const char* session : kSessions) {
      folder_.write(std::string("tapes/") + session + ".tape.jsonl", test::file_text(tape(session)));
      add_golden(session);
    }
    folder_.write("tapes/raw/answer-log.exec.jsonl",
                  test::file_text(source("harness/sessions/raw/answer-log.exec.jsonl")));
    add_golden("raw/answer-log");
  }
  void add_golden(const std::string& session) const {
    folder_.write("goldens/" + session + ".golden.jsonl",
                  test::file_text(source("golden/transcripts/" + session + ".golden.jsonl")));
  }
  Finished night(const Tool& tool, const std::string& python) const {
    return tool.run({"nightly", path("tapes"), "--golden", path("goldens"), "--python", python, "-o",
                     path("out"), "--timeout", "30"});
  }
  void expect_told(std::size_t number, const Finished& finished) const {
    std::istringstream lines(test::file_text(CTD_SOURCE_DIR "/tests/cli/data/nights.jsonl"));
    std::string line;
    for (std::size_t i = 0; i <= number; ++i) ASSERT_TRUE(std::getline(lines, line));
    const json::Value expected = test::parsed(line);
    SCOPED_TRACE(std::string(test::at(expected, "/night").text()));
    EXPECT_EQ(finished.status, test::at(expected, "/exit").as_int64()) << finished;
    for (const json::Value& words : *test::at(expected, "/says").array()) {
      EXPECT_THAT(finished.out, HasSubstr(std::string(words.text())));
    }
    for (const json::Value& name : *test::at(expected, "/files").array()) {
      EXPECT_TRUE(fs::exists(path("out/" + std::string(name.text())))) << name;
    }
    for (const json::Value& name : *test::at(expected, "/absent").array()) {
      EXPECT_FALSE(fs::exists(path("out/" + std::string(name.text())))) << name;
    }
  }
};

TEST_F(NightsTest, EachSaysWhatChanged) {
  const Tool tool = installed({"codex-telemetry-diff", "codex-telemetry-peer",
                               "codex-telemetry-py-worker", "codex-telemetry-cpp-worker"});
  expect_told(0, night(tool, venv()));

  const test::VenvCopy changed(venv(), path("venv"), "agents");
  changed.change("extensions/experimental/codex/codex_tool.py", "name=\"Codex command execution\"",
                 "name=\"Codex shell command\"");
  expect_told(1, night(tool, changed.path()));

  const std::string worker = path("installed/bin/codex-telemetry-cpp-worker");
  fs::copy(program("ctd_changed_cpp_worker"), worker, fs::copy_options::overwrite_existing);
  expect_told(2, night(tool, venv()));

  fs::copy(program("codex-telemetry-cpp-worker"), worker, fs::copy_options::overwrite_existing);
  fs::remove(path("tapes/hello.tape.jsonl"));
  fs::remove(path("goldens/echo.golden.jsonl"));
  expect_told(3, night(tool, venv()));

  folder_.write("tapes/hello.tape.jsonl", test::file_text(tape("hello")));
  add_golden("echo");
  expect_told(4, night(tool, venv()));
}

}  // namespace
}  // namespace codex::cli
