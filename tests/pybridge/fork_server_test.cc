// The worker itself, driven by adapters of the tests: what a session's process is like, and what
// the worker says of it.
#include "pybridge/fork_server.h"

#include <signal.h>
#include <stdlib.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "worker_process.h"

namespace codex::pybridge {
namespace {

using json::Array;
using json::Object;
using json::Value;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::WorkerProcess;

class ForkServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name =
        (std::filesystem::temp_directory_path() / "fork_server_test.XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    log_ = folder_ + "/stderr";
  }
  void TearDown() override {
    worker_.reset();
    std::filesystem::remove_all(folder_);
  }

  void start(const WorkerProcess::Options& options = {}) {
    worker_ = std::make_unique<WorkerProcess>(options);
    const Value ready = worker_->next();
    ASSERT_NE(ready.get("ready"), nullptr) << json::dump(ready);
  }
  static Value driver(const std::string& what) { return Value(Object{{"do", what}}); }

  // Runs one session to its end.
  std::vector<Value> run(const Value& driver, Value& exited) {
    auto lines = worker_->run(Value("s"), driver);
    auto all = lines.rest();
    const Value started = worker_->next();
    exited = worker_->next();
    EXPECT_NE(started.get("started"), nullptr) << json::dump(started);
    EXPECT_EQ(started.get("session")->text(), "s");
    EXPECT_EQ(exited.get("exited")->as_int64(), started.get("started")->as_int64())
        << json::dump(exited);
    EXPECT_EQ(exited.get("session")->text(), "s");
    return all;
  }
  static std::int64_t number(const Value& line, const char* key) {
    const Value* value = line.get(key);
    return value == nullptr ? -1 : value->as_int64().value_or(-1);
  }
  static void expect_clean(const Value& exited) {
    EXPECT_EQ(number(exited, "status"), 0) << json::dump(exited);
    EXPECT_EQ(number(exited, "signal"), 0) << json::dump(exited);
  }

  std::string folder_;
  std::string log_;
  std::unique_ptr<WorkerProcess> worker_;
};

TEST_F(ForkServerTest, HandsOverWhatWasAskedFor) {
  ASSERT_NO_FATAL_FAILURE(start());
  const Value given(Object{{"do", "echo"},
                           {"big", json::Integer{"123456789012345678901234567890"}},
                           {"text", "\xED\xA0\x80 \xC3\xA9"},
                           {"list", Value(Array{Value(1.0), Value(1), Value(true), Value()})}});
  const Value env(Object{{"A", "b"}});
  auto lines = worker_->run(Value(Array{Value(1)}), given, "/the/peer", env);
  const auto all = lines.rest();
  ASSERT_EQ(all.size(), 5U);
  EXPECT_EQ(all[0], Value(Object{{"lane", "event/run"}, {"name", "driver"}, {"data", given}}));
  EXPECT_EQ(*all[1].get("data"), Value("/the/peer"));
  EXPECT_EQ(*all[2].get("data"), env);
  EXPECT_EQ(all[3], Value(Object{{"lane", "event/run"}, {"name", "red"}, {"data", "red"}}));
  EXPECT_EQ(all[4], Value(Object{{"end", true}}));
  EXPECT_EQ(*worker_->next().get("session"), Value(Array{Value(1)}));
}

TEST_F(ForkServerTest, SessionIsAProcessOfItsOwn) {
  WorkerProcess::Options options;
  options.environment = {"OPENAI_API_KEY=k", "CODEX_API_KEY=k", "GITHUB_TOKEN=t",
                         "CTD_TEST_SWITCH=kept", "PYTHONPATH=/nowhere", "PYTHONHOME=/nowhere",
                         "PYTHONUTF8=1"};
  ASSERT_NO_FATAL_FAILURE(start(options));
  Value exited;
  std::map<std::string, Value> seen;
  for (const auto& line : run(driver("process"), exited)) {
    if (line.get("name")) seen[std::string(line.get("name")->text())] = *line.get("data");
  }
  expect_clean(exited);
  const Object& descriptors = *seen["descriptors"].object();
  std::vector<std::string> numbers;
  for (const auto& [fd, target] : descriptors) numbers.push_back(fd);
  EXPECT_THAT(numbers, ElementsAre("0", "1", "2", "3")) << json::dump(seen["descriptors"]);
  EXPECT_EQ(descriptors.find("0")->text(), "/dev/null");
  EXPECT_THAT(std::string(descriptors.find("3")->text()), HasSubstr("socket:"));
  EXPECT_EQ(seen["inherited"], Value(Array{Value(0), Value(1), Value(2)}));
  EXPECT_EQ(seen["leader"], Value(true));
  EXPECT_EQ(seen["prepared by the parent"], Value(true));
  EXPECT_EQ(seen["threads"], Value(1));
  EXPECT_EQ(seen["sigchld"], Value(true));
  EXPECT_EQ(seen["blocked"], Value(Array{}));
  EXPECT_EQ(seen["sigpipe"], Value(true));
  EXPECT_EQ(seen["sigxfsz"], Value(true));
  EXPECT_EQ(seen["sigint"], Value(true));  // asyncio.run() looks at it
  EXPECT_EQ(seen["stdin"], Value(""));
  EXPECT_EQ(seen["encodings"], Value(Array{Value("utf-8"), Value("utf-8")}));
  EXPECT_EQ(seen["utf8_mode"], Value(0));
  EXPECT_EQ(seen["no user site"], Value(1));
  EXPECT_EQ(seen["dont_write_bytecode"], Value(true));
  EXPECT_EQ(seen["secrets"], Value(Array{}));
  EXPECT_EQ(seen["kept"], Value("kept"));
  EXPECT_EQ(seen["prefix"], Value(std::filesystem::canonical(options.venv).string()));
  EXPECT_EQ(seen["first on the path"], Value(testing::test_file("adapters")));
  EXPECT_EQ(seen["other sites"], Value(Array{}));
}

// What modules have asked to be done in a child of fork is done.
TEST_F(ForkServerTest, SessionsDrawNumbersOfTheirOwn) {
  ASSERT_NO_FATAL_FAILURE(start());
  Value exited;
  const auto first = run(driver("random"), exited);
  const auto second = run(driver("random"), exited);
  ASSERT_EQ(first.size(), 2U);
  EXPECT_NE(first, second);
}

TEST_F(ForkServerTest, EscapedExceptionsAreBugs) {
  WorkerProcess::Options options;
  options.log = log_;
  ASSERT_NO_FATAL_FAILURE(start(options));
  Value exited;
  auto lines = run(driver("raise"), exited);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].get("name")->text(), "before");
  EXPECT_THAT(std::string(lines[1].get("bug")->text()),
              HasSubstr("in do_raise\n"));
  EXPECT_THAT(std::string(lines[1].get("bug")->text()), HasSubstr("ValueError: escaped "));
  EXPECT_EQ(number(exited, "status"), 70);
  EXPECT_EQ(number(exited, "signal"), 0);

  lines = run(driver("exit"), exited);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_THAT(std::string(lines[0].get("bug")->text()), HasSubstr("SystemExit: 0"));
  EXPECT_EQ(number(exited, "status"), 70);

  // The client swallowed what emit() raised; it is told all the same.
  lines = run(driver("unsendable"), exited);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].get("data")->text(),
            "at \"/deep/0\": JSON cannot say an object of type set");
  EXPECT_EQ(lines[1].get("name")->text(), "after");
  EXPECT_THAT(std::string(lines[2].get("bug")->text()), HasSubstr("an object of type set"));
  EXPECT_EQ(number(exited, "status"), 70);
}

TEST_F(ForkServerTest, DeadSessionsAreToldWithTheirSignal) {
  ASSERT_NO_FATAL_FAILURE(start());
  Value exited;
  const auto lines = run(Value(Object{{"do", "kill"}, {"signal", SIGKILL}}), exited);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].get("name")->text(), "before");
  EXPECT_EQ(number(exited, "signal"), SIGKILL);
  EXPECT_EQ(number(exited, "status"), 128 + SIGKILL);
  EXPECT_THAT(run(driver("segfault"), exited), IsEmpty());
  EXPECT_EQ(number(exited, "signal"), SIGSEGV);
  // And the next session is none the worse.
  EXPECT_EQ(run(driver("echo"), exited).size(), 5U);
  expect_clean(exited);
  EXPECT_THAT(testing::children_of(worker_->pid()), IsEmpty());
}

TEST_F(ForkServerTest, KilledFromOutsideWithWhatItStarted) {
  ASSERT_NO_FATAL_FAILURE(start());
  auto lines = worker_->run(Value("s"), driver("sleep"));
  const Array pids = *lines.next().get("data")->array();
  const auto leader = static_cast<pid_t>(*pids[0].as_int64());
  EXPECT_EQ(number(worker_->next(), "started"), leader);
  // Only the session: its helper is the worker's to end.
  ASSERT_EQ(::kill(leader, SIGKILL), 0);
  const Value exited = worker_->next();
  EXPECT_EQ(number(exited, "exited"), leader);
  EXPECT_EQ(number(exited, "signal"), SIGKILL);
  EXPECT_TRUE(testing::goes_away(static_cast<pid_t>(*pids[1].as_int64())));
}

TEST_F(ForkServerTest, SessionsRunSideBySide) {
  ASSERT_NO_FATAL_FAILURE(start());
  auto sleeping = worker_->run(Value("sleeping"), driver("sleep"));
  ASSERT_FALSE(sleeping.next().is_null());
  EXPECT_EQ(worker_->next().get("session")->text(), "sleeping");
  Value exited;
  EXPECT_EQ(run(driver("echo"), exited).size(), 5U);
  expect_clean(exited);
}

TEST_F(ForkServerTest, ClosedControlEndsEverything) {
  ASSERT_NO_FATAL_FAILURE(start());
  auto lines = worker_->run(Value("s"), driver("sleep"));
  const Array pids = *lines.next().get("data")->array();
  worker_->close();
  EXPECT_EQ(worker_->wait(), 0);
  EXPECT_THAT(lines.rest(), IsEmpty());
  for (const auto& pid : pids) {
    EXPECT_TRUE(testing::goes_away(static_cast<pid_t>(*pid.as_int64())));
  }
}

TEST_F(ForkServerTest, SessionsDieWithTheWorker) {
  ASSERT_NO_FATAL_FAILURE(start());
  auto lines = worker_->run(Value("s"), driver("sleep"));
  const Array pids = *lines.next().get("data")->array();
  ASSERT_EQ(::kill(worker_->pid(), SIGKILL), 0);
  EXPECT_EQ(worker_->wait(), 128 + SIGKILL);
  const auto helper = static_cast<pid_t>(*pids[1].as_int64());
  EXPECT_TRUE(testing::goes_away(static_cast<pid_t>(*pids[0].as_int64())));
  ::kill(helper, SIGKILL);
}

TEST_F(ForkServerTest, LinesOfThreadsDoNotMixAndNoneIsWaitedFor) {
  ASSERT_NO_FATAL_FAILURE(start());
  Value exited;
  const auto lines = run(driver("threads"), exited);
  expect_clean(exited);
  ASSERT_EQ(lines.size(), 801U);
  EXPECT_EQ(lines.back(), Value(Object{{"end", true}}));
  std::map<std::string, std::int64_t> next;
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    ASSERT_NE(lines[i].get("lane"), nullptr) << json::dump(lines[i]);
    std::int64_t& wanted = next[std::string(lines[i].get("lane")->text())];
    EXPECT_EQ(number(*lines[i].get("data"), "i"), wanted++);
  }
}

TEST_F(ForkServerTest, AUserThatLeftEndsTheSession) {
  ASSERT_NO_FATAL_FAILURE(start());
  worker_->run(Value("s"), driver("threads")).close();
  EXPECT_EQ(number(worker_->next(), "started") > 0, true);
  EXPECT_EQ(number(worker_->next(), "status"), 74);
}

TEST_F(ForkServerTest, WrongRequestsAreRefused) {
  ASSERT_NO_FATAL_FAILURE(start());
  worker_->say(Value("hello"));
  EXPECT_THAT(std::string(worker_->next().get("error")->text()), HasSubstr("no `run`"));
  worker_->say(Value(Object{{"run", Value(Object{{"session", "s"}})}}));
  Value answer = worker_->next();
  EXPECT_THAT(std::string(answer.get("error")->text()), HasSubstr("needs the objects driver"));
  EXPECT_EQ(answer.get("session")->text(), "s");
  worker_->say(Value(Object{{"run", Value(Object{{"session", 7},
                                                 {"driver", Value(Object{})},
                                                 {"peer", "p"},
                                                 {"peer_env", Value(Object{})}})}}));
  answer = worker_->next();
  EXPECT_THAT(std::string(answer.get("error")->text()), HasSubstr("no descriptor came"));
  EXPECT_EQ(*answer.get("session"), Value(7));
  Value exited;
  EXPECT_EQ(run(driver("echo"), exited).size(), 5U);
}

TEST_F(ForkServerTest, WhatIsPrintedGoesToStderr) {
  WorkerProcess::Options options;
  options.log = log_;
  ASSERT_NO_FATAL_FAILURE(start(options));
  Value exited;
  EXPECT_EQ(run(driver("print"), exited).size(), 2U);
  EXPECT_EQ(std::filesystem::file_size(options.log), std::string("printed\n").size());
}

}  // namespace
}  // namespace codex::pybridge
