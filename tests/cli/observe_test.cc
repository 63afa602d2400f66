// `observe` of a stream, and the shims it writes.
#include <sys/wait.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codex/telemetry/json.h"
#include "tests/support/cli_test.h"
#include "tests/support/live_program.h"

namespace codex::cli {
namespace {

namespace fs = std::filesystem;
using test::LiveProgram;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class ObserveTest : public test::CliTest {
 protected:
  using Words = std::vector<std::string>;

  struct Observed {
    int status = 0;
    std::string out;
    std::string err;
  };
  Observed observe(const std::string& input, Words options = {}) const {
    Words words = {program("codex-telemetry-diff"), "observe"};
    words.insert(words.end(), options.begin(), options.end());
    return talk(words, input);
  }
  Observed talk(const Words& words, const std::string& input) const {
    LiveProgram running(words, folder_.path());
    running.converse(input, {});
    const int status = running.wait();
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), running.out(),
            running.err()};
  }
  static std::string text(const std::string& session) {
    return test::file_text(source("harness/sessions/" + session));
  }
  static std::vector<std::string> names(const std::string& events) {
    std::vector<std::string> out;
    std::size_t start = 0;
    for (std::size_t end = 0; (end = events.find('\n', start)) != std::string::npos; start = end + 1) {
      const json::ParseResult line = json::parse(std::string_view(events).substr(start, end - start));
      EXPECT_TRUE(line.ok()) << events;
      out.emplace_back(line.value().get("event")->text());
    }
    return out;
  }
  // A codex that says what it was started with.
  std::string fake_codex() const {
    const std::string path = folder_.write(
        "real/codex", "#!/bin/sh\nprintf '{\"type\":\"thread.started\",\"thread_id\":\"%s\"}\\n' \"$*\"\ncat\nexit 3\n");
    fs::permissions(path, fs::perms::owner_all);
    return path;
  }
};

TEST_F(ObserveTest, ARawLogBecomesLogLines) {
  const Observed log = observe(text("raw/first-log.exec.jsonl"));
  EXPECT_EQ(log.status, 0) << log.err;
  EXPECT_EQ(log.err, "");
  EXPECT_EQ(log.out,
            "INFO:codex.thread.start:thread started\n"
            "INFO:codex.turn.start:turn started\n"
            "INFO:codex.turn.completed:turn completed\n");
  EXPECT_EQ(observe(text("raw/first-log.exec.jsonl"), {"--level", "warning"}).out, "");
  EXPECT_THAT(observe(text("raw/first-log.exec.jsonl"), {"--format", "json", "--level", "debug"}).out,
              AllOf(HasSubstr(R"("logger":"codex.item.completed")"), HasSubstr(R"("thread":")")));
}

TEST_F(ObserveTest, AFailedTurnIsOne) {
  const Observed log = observe(text("raw/failed-log.exec.jsonl"));
  EXPECT_EQ(log.status, 1);
  EXPECT_THAT(log.out, HasSubstr("ERROR:codex.turn.failed:turn failed"));
}

TEST_F(ObserveTest, EventsAreLinesOfJson) {
  const Observed events =
      observe(text("raw/first-log.exec.jsonl"), {"--log", "none", "--events", "-"});
  EXPECT_EQ(events.status, 0);
  EXPECT_THAT(names(events.out),
              testing::IsSupersetOf({"codex.session.start", "codex.thread.start", "codex.turn.start",
                                     "codex.item.completed", "codex.turn.completed",
                                     "codex.session.stop"}));
  EXPECT_THAT(events.out, StartsWith(R"({"time":"2)"));
}

// A tape shows what the same bytes show without its marks.
TEST_F(ObserveTest, ATapeAndItsBareMessagesShowTheSame) {
  const std::string tape = text("approval-accept-app-server.tape.jsonl");
  std::string bare;
  std::size_t start = tape.find('\n') + 1;
  for (std::size_t end = 0; (end = tape.find('\n', start)) != std::string::npos; start = end + 1) {
    const std::string line = tape.substr(start, end - start);
    if (line.starts_with("{\"<\":") || line.starts_with("{\">\":")) {
      bare += line.substr(5, line.size() - 6) + "\n";
    }
  }
  const Observed of_tape = observe(tape, {"--log", "none", "--events", "-"});
  const Observed of_bare = observe(bare, {"--log", "none", "--events", "-"});
  EXPECT_EQ(of_tape.status, 0) << of_tape.err;
  EXPECT_EQ(names(of_tape.out), names(of_bare.out));
  EXPECT_THAT(names(of_tape.out), testing::Contains("codex.approval.approved"));
}

TEST_F(ObserveTest, EveryProcessOfATapeIsASession) {
  const Observed both = observe(text("parallel-calls.tape.jsonl"), {"--log", "none", "--events", "-"});
  const std::vector<std::string> events = names(both.out);
  EXPECT_EQ(std::count(events.begin(), events.end(), "codex.session.stop"), 2);
}

TEST_F(ObserveTest, WhatCannotBeReadIsTwoAndIsTold) {
  const Observed none = observe("");
  EXPECT_EQ(none.status, 2);
  EXPECT_THAT(none.err, HasSubstr("stdin is empty"));
  const Observed nonsense = observe("hello\n");
  EXPECT_EQ(nonsense.status, 2);
  EXPECT_THAT(nonsense.err, HasSubstr("--transport"));
  const Observed told = observe("hello\n", {"--transport", "exec"});
  EXPECT_EQ(told.status, 0);
  EXPECT_THAT(told.out, HasSubstr("codex.session.malformed"));
  const Observed bad_tape = observe("{\"tape\":7}\n");
  EXPECT_EQ(bad_tape.status, 2);
  EXPECT_THAT(bad_tape.err, HasSubstr("(stdin):1: "));
  EXPECT_EQ(observe(text("echo.tape.jsonl"), {"--tape", "x.tape.jsonl"}).status, 2);
}

TEST_F(ObserveTest, ALogBecomesATape) {
  const Observed log = observe(text("raw/first-log.exec.jsonl"),
                               {"--log", "none", "--tape", path("a.exec.jsonl")});
  EXPECT_EQ(log.status, 0) << log.err;
  EXPECT_EQ(log.err, "codex-telemetry-diff: the tape is " + path("a.exec.jsonl") + "\n");
  EXPECT_EQ(test::file_text(path("a.exec.jsonl")), text("raw/first-log.exec.jsonl"));
}

TEST_F(ObserveTest, ACommandThatSpeaksNoJsonIsTwo) {
  const Observed plain = observe("", {"--", "touch", path("ran")});
  EXPECT_EQ(plain.status, 2);
  EXPECT_THAT(plain.err, HasSubstr("--transport"));
  EXPECT_FALSE(fs::exists(path("ran")));
}

TEST_F(ObserveTest, WhatPassesIsLoggedBesideCodex) {
  const Observed passed = observe("more", {"--tape", path("t.tape.jsonl"), "--", fake_codex(), "exec", "--json"});
  EXPECT_EQ(passed.status, 3);
  EXPECT_EQ(passed.out, "{\"type\":\"thread.started\",\"thread_id\":\"exec --json\"}\nmore");
  EXPECT_THAT(passed.err, AllOf(HasSubstr("INFO:codex.thread.start:thread started\n"),
                                HasSubstr("the tape is " + path("t.tape.jsonl"))));
  EXPECT_THAT(test::file_text(path("t.tape.jsonl")), HasSubstr("\"stdin\":\"more\""));
}

// ---- shims ----

TEST_F(ObserveTest, AShimStartsCodexBehindTheProxy) {
  const std::string codex = fake_codex();
  const Observed made = observe("", {"--shim", path("it's codex"), "--log", "log", "--events", "events",
                                     "--tape", "x.tape.jsonl", "--", codex, "-c", "a='b'"});
  ASSERT_EQ(made.status, 0) << made.err;
  EXPECT_THAT(made.err, HasSubstr(path("it's codex")));
  const Observed passed = talk({path("it's codex"), "exec", "--experimental-json", "-"}, "hi");
  EXPECT_EQ(passed.status, 3);
  EXPECT_EQ(passed.out,
            "{\"type\":\"thread.started\",\"thread_id\":\"-c a='b' exec --experimental-json -\"}\nhi");
  EXPECT_EQ(passed.err, "") << "stderr is codex's own";
  EXPECT_THAT(test::file_text(path("log")), HasSubstr("codex.thread.start"));
  EXPECT_THAT(names(test::file_text(path("events"))), testing::Contains("codex.session.stop"));
  EXPECT_THAT(test::file_text(path("x.tape.jsonl")), HasSubstr("\"stdin\":\"hi\""));
  // Once more: another tape.
  EXPECT_EQ(talk({path("it's codex"), "exec", "--json"}, "").status, 3);
  EXPECT_TRUE(fs::exists(path("x-2.tape.jsonl")));
  // What is no session passes by itself.
  EXPECT_EQ(talk({path("it's codex"), "--version"}, "").out,
            "{\"type\":\"thread.started\",\"thread_id\":\"-c a='b' --version\"}\n");
  EXPECT_FALSE(fs::exists(path("x-3.tape.jsonl")));
}

TEST_F(ObserveTest, AShimWithoutItsProgramIsCodexAlone) {
  const test::Tool tool = installed({"codex-telemetry-diff"});
  ASSERT_EQ(tool.run({"observe", "--shim", path("shim"), "--codex", fake_codex()}).status, 0);
  fs::remove_all(path("installed"));
  const Observed passed = talk({path("shim"), "exec", "--json"}, "hi");
  EXPECT_EQ(passed.status, 3);
  EXPECT_THAT(passed.out, HasSubstr("exec --json"));
}

TEST_F(ObserveTest, AShimTakesThePlaceOfAShimAlone) {
  const std::string codex = fake_codex();
  EXPECT_EQ(observe("", {"--shim", path("shim"), "--", codex}).status, 0);
  EXPECT_EQ(observe("", {"--shim", path("shim"), "--level", "debug", "--", codex}).status, 0);
  EXPECT_THAT(test::file_text(path("shim")), HasSubstr("'debug'"));
  const std::string other = folder_.write("other", "precious");
  const Observed refused = observe("", {"--shim", other, "--", codex});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("is there already"));
  EXPECT_EQ(test::file_text(other), "precious");
}

TEST_F(ObserveTest, AShimOfNothingIsTwo) {
  for (const Words& words :
       {Words{"--shim", path("shim"), "--", path("none")}, Words{"--shim", path("none/shim"), "--", "sh"},
        Words{"--shim", path("shim"), "--log", path("none/log"), "--", "sh"}}) {
    const Observed refused = observe("", words);
    EXPECT_EQ(refused.status, 2);
    EXPECT_THAT(refused.err, HasSubstr(path("none")));
    EXPECT_FALSE(fs::exists(path("shim")));
  }
  const std::string codex = fake_codex();
  EXPECT_EQ(observe("", {"--shim", path("shim"), "--", codex}).status, 0);
  const Observed around = observe("", {"--shim", path("second"), "--", path("shim")});
  EXPECT_EQ(around.status, 2) << "it would go round for ever, or twice";
  EXPECT_THAT(around.err, HasSubstr("start a shim"));
  EXPECT_EQ(observe("", {"--shim", codex, "--", codex}).status, 2);
}

}  // namespace
}  // namespace codex::cli
