// The cpp subject's client side against a made-up worker, and the worker's loop against a made-up
// session.
#include "harness/subject/cpp_subject.h"

#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/subject/fd_json.h"
#include "harness/worker/serve.h"
#include "tests/support/hosted.h"
#include "tests/support/process_list.h"
#include "tests/support/temp_folder.h"

namespace codex::harness {
namespace {

using test::lane;
using test::run;
using testing::ElementsAre;
using testing::StartsWith;

CppOptions fake_worker() {
  return {.worker_path = CTD_SOURCE_DIR "/tests/support/fake_workers/cpp_worker.py",
          .version = "0.1.0"};
}

Tape tape_named(const std::string& name) {
  const Result<Tape> tape = parse_tape(test::start_line(), "root/" + name + ".tape.jsonl", "root");
  EXPECT_TRUE(tape.ok());
  return tape.value();
}

void expect_end(const SubjectRun& shown, Outcome outcome, const std::string& reason) {
  EXPECT_EQ(shown.outcome, outcome);
  EXPECT_EQ(shown.reason, reason);
  EXPECT_THAT(lane(shown, "outcome/run"), ElementsAre(std::string(outcome_name(outcome)) + " {}"));
}

TEST(CppSubject, RunsInOneWorker) {
  CppSubject subject(fake_worker());
  EXPECT_EQ(subject.info(), (SubjectInfo{"cpp", "codex-telemetry-diff", "0.1.0"}));
  const SubjectRun first = run(subject, tape_named("odd/a"));
  expect_end(first, Outcome::kCompleted, "");
  EXPECT_EQ(lane(first, "log/run")[1], R"(run {"path":"root/odd/a.tape.jsonl","root":"root","timeout_ms":5000})");
  EXPECT_EQ(json::dump(first.extra), R"({"profile": "p"})");
  const SubjectRun second = run(subject, tape_named("b"));
  expect_end(second, Outcome::kCompleted, "");
  EXPECT_EQ(test::session_pid(first), test::session_pid(second));
}

TEST(CppSubject, TheSessionsOwnOutcomeCounts) {
  CppSubject subject(fake_worker());
  expect_end(run(subject, tape_named("stalls")), Outcome::kHang, "");
}

TEST(CppSubject, WhatItDoesWrongCostsOneSession) {
  CppSubject subject(fake_worker());
  struct Case {
    std::string name;
    Outcome outcome;
    std::string reason;
    bool new_worker;
  };
  const std::vector<Case> cases = {
      {"dies", Outcome::kCrash, "the worker was killed by signal 11 (Segmentation fault)", true},
      {"leaves", Outcome::kCrash, "the worker ended with status 5", true},
      {"hangs", Outcome::kHang, "the worker has said nothing for 0.3 s", true},
      {"nonsense", Outcome::kCrash, "the worker sent a line that is no JSON", true},
      {"silent", Outcome::kCrash, "the worker ended the session without an outcome", true},
      {"unreadable", Outcome::kCrash, "t.tape.jsonl:1: not JSON", false},
      {"slow", Outcome::kCompleted, "", false},
  };
  pid_t before = test::session_pid(run(subject, tape_named("fine")));
  for (const Case& c : cases) {
    const SubjectRun bad = run(subject, tape_named(c.name), 0.3);
    expect_end(bad, c.outcome, c.reason);
    EXPECT_GE(lane(bad, "log/run").size(), 2U) << c.name;
    const pid_t after = test::session_pid(run(subject, tape_named("fine")));
    EXPECT_EQ(after != before, c.new_worker) << c.name;
    if (c.new_worker) {
      EXPECT_TRUE(test::group_is_gone(before)) << c.name;
    }
    before = after;
  }
}

TEST(CppSubject, AFloodEnds) {
  CppOptions options = fake_worker();
  options.most_bytes = 100 * 1000;
  CppSubject subject(options);
  expect_end(run(subject, tape_named("floods")), Outcome::kHang,
             "it has sent more than 100000 bytes of observations and goes on");
}

TEST(CppSubject, WithoutItsProgramItIsUnavailable) {
  CppSubject subject({.worker_path = "/no/such", .version = ""});
  expect_end(run(subject, tape_named("a")), Outcome::kUnavailable,
             "/no/such: cannot be started: No such file or directory");
}

TEST(CppSubject, LeavesNothingBehind) {
  const std::size_t before = test::open_descriptors();
  pid_t pid = 0;
  for (int i = 0; i < 10; ++i) {
    CppSubject subject(fake_worker());
    pid = test::session_pid(run(subject, tape_named("dies")));
    run(subject, tape_named("fine"));
  }
  EXPECT_TRUE(test::group_is_gone(pid));
  EXPECT_EQ(test::open_descriptors(), before);
}

class Worker : public testing::Test {
 protected:
  Worker() {
    auto [ours, theirs] = socket_pair();
    ours_ = std::move(ours);
    thread_ = std::thread([socket = std::move(theirs)] {
      serve(socket.get(), [](const Tape& tape, std::chrono::milliseconds patience, const auto& emit,
                           json::Value& extra) {
        EXPECT_EQ(patience, std::chrono::milliseconds(1500));
        emit({"outcome/run", "completed", tape.name});
        extra = tape.digest.size();
      });
    });
  }
  ~Worker() override {
    ours_.reset();
    thread_.join();
  }

  std::vector<std::string> ask(const std::string& line, std::size_t answers) {
    EXPECT_TRUE(write_all(ours_.get(), line + "\n"));
    std::vector<std::string> said;
    LineReader lines(ours_.get());
    while (said.size() < answers && lines.fill()) {
      while (const auto answer = lines.next())
        said.push_back(*answer);
    }
    return said;
  }

 private:
  Fd ours_;
  std::thread thread_;
};

TEST_F(Worker, ReadsTheTapeItself) {
  const test::TempFolder folder;
  const std::string path = folder.write("odd/one.tape.jsonl", test::start_line());
  const std::string request =
      R"({"run":{"path":")" + path + R"(","root":")" + folder.path() + "\",\"timeout_ms\":1500}}";
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(ask(request, 2),
                ElementsAre(R"({"lane":"outcome/run","name":"completed","data":"odd/one"})",
                            R"({"end":true,"extra":64})"));
  }
}

TEST_F(Worker, SaysWhyATapeCannotBeRead) {
  EXPECT_THAT(ask(R"({"run":{"path":"no/such","root":"","timeout_ms":1500}})", 1),
              ElementsAre(R"({"error":"no/such: cannot be read: No such file or directory"})"));
  EXPECT_THAT(ask(R"({"run":{}})", 1), ElementsAre(R"({"error":"`run` needs path, root and timeout_ms"})"));
}

TEST(CppWorkerProgram, SaysWhatItIsWhenStartedByHand) {
  Result<Process> process = Process::spawn({.argv = {CTD_BIN_DIR "/codex-telemetry-cpp-worker"},
                                            .environment = {},
                                            .capture_stderr = true});
  ASSERT_TRUE(process.ok()) << process.error().text();
  EXPECT_EQ(process->wait(5000)->status, 2);
}

}  // namespace
}  // namespace codex::harness
