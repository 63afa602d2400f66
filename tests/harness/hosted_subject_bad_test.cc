// Clients and workers that misbehave in every known way: each costs its own session, is named for
// what it did, and leaves nothing behind.
#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/subject/hosted_subject.h"
#include "tests/support/fake_host.h"
#include "tests/support/hosted.h"
#include "tests/support/process_list.h"

namespace codex::harness {
namespace {

using test::fake_host;
using test::group_is_gone;
using test::header_line;
using test::lane;
using test::run;
using test::session_pid;
using test::start_line;
using test::tape_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::string two_lines() {
  return start_line() + "{\"<\":1}\n{\"<\":2}\n";
}

// The last word is the watcher's, and what came before is kept.
void expect_end(const SubjectRun& shown, Outcome outcome, const std::string& reason,
                const std::string& data = "{}") {
  EXPECT_EQ(shown.outcome, outcome);
  EXPECT_EQ(shown.reason, reason);
  EXPECT_THAT(lane(shown, "outcome/run"),
              ElementsAre(std::string(outcome_name(outcome)) + " " + data));
  ASSERT_FALSE(shown.observations.empty());
  EXPECT_EQ(shown.observations.back().lane, "outcome/run");
  const pid_t pid = session_pid(shown);
  EXPECT_TRUE(pid == 0 || group_is_gone(pid)) << pid;
}

TEST(HostedSubjectHang, TheTapeStalls) {
  HostedSubject subject(fake_host("well_behaved"));
  const SubjectRun shown =
      run(subject, tape_of(start_line() + "{\"<\":1}\n{\"!\":{\"stall\":true}}\n"), 0.4);
  expect_end(shown, Outcome::kHang,
             "the tape stalls, and the client has not come back within 0.4 s");
  EXPECT_THAT(lane(shown, "event/call:1"), ElementsAre("line \"1\\n\""));
  EXPECT_EQ(lane(shown, "wire/call:1").size(), 1U);
  EXPECT_LT(shown.seconds, 2.4);
  EXPECT_EQ(run(subject, tape_of(two_lines())).outcome, Outcome::kCompleted);
}

TEST(HostedSubjectHang, TheClientDoesNotComeBack) {
  HostedSubject subject(fake_host("hangs"));
  const SubjectRun shown = run(subject, tape_of(two_lines()), 0.4);
  expect_end(shown, Outcome::kHang,
             "the tape was played to its end, and the client has not come back within 0.4 s");
  EXPECT_EQ(lane(shown, "event/call:1").size(), 2U);
}

TEST(HostedSubjectHang, TheClientReadsNothing) {
  HostedSubject subject(fake_host("reads_nothing"));
  expect_end(run(subject, tape_of(two_lines()), 0.4), Outcome::kHang,
             "the client has not read what codex wrote for 0.4 s");
}

TEST(HostedSubjectHang, AFloodEnds) {
  HostOptions options = fake_host("floods");
  options.most_bytes = 100 * 1000;
  HostedSubject subject(options);
  expect_end(run(subject, tape_of(two_lines())), Outcome::kHang,
             "it has sent more than 100000 bytes of observations and goes on");
}

TEST(HostedSubjectHang, ATrickleEnds) {
  HostedSubject subject(fake_host("trickles"));
  const SubjectRun shown = run(subject, tape_of(two_lines()), 0.3);
  expect_end(shown, Outcome::kHang,
             "the tape was played to its end, and the client has not come back within 0.3 s");
  EXPECT_GT(shown.seconds, 0.6);
  EXPECT_LT(shown.seconds, 3);
}

TEST(HostedSubjectCrash, OfASignal) {
  HostedSubject subject(fake_host("killed"));
  const SubjectRun shown = run(subject, tape_of(two_lines()));
  expect_end(shown, Outcome::kCrash, "the client's process was killed by signal 9 (Killed)");
  EXPECT_THAT(lane(shown, "event/call:1"), ElementsAre("line \"1\\n\""));
  const SubjectRun other =
      run(subject, tape_of(header_line({"m"}, R"(,"prompt":"segv")") + two_lines()));
  expect_end(other, Outcome::kCrash,
             "the client's process was killed by signal 11 (Segmentation fault)");
}

TEST(HostedSubjectCrash, WithAStatus) {
  HostedSubject subject(fake_host("exits"));
  expect_end(run(subject, tape_of(two_lines())), Outcome::kCrash,
             "the client's process ended with status 7");
}

TEST(HostedSubjectCrash, WithoutAnOutcome) {
  HostedSubject subject(fake_host("no_outcome"));
  expect_end(run(subject, tape_of(two_lines())), Outcome::kCrash,
             "the client's process ended without an outcome");
}

TEST(HostedSubjectCrash, OfTheAdapter) {
  HostedSubject subject(fake_host("adapter_bug"));
  expect_end(run(subject, tape_of(two_lines())), Outcome::kCrash,
             "the adapter failed: Traceback: it broke");
}

TEST(HostedSubjectCrash, OfWhatItSays) {
  HostedSubject subject(fake_host("nonsense"));
  expect_end(run(subject, tape_of(two_lines())), Outcome::kCrash,
             "the client's process sent what is no observation: \"lane\" is not CHANNEL/SCOPE: "
             "\"nowhere\"");
}

TEST(HostedSubjectOffScript, OtherArguments) {
  HostedSubject subject(fake_host("other_argv"));
  const SubjectRun shown = run(subject, tape_of(two_lines()));
  expect_end(
      shown, Outcome::kOffScript,
      "t.tape.jsonl:1: the client started codex with [\"exec\",\"--model\",\"other\",\"-\"], "
      "the tape has [\"exec\",\"-\"]",
      R"({"line":1})");
  EXPECT_EQ(lane(shown, "hook/run").size(), 1U);
}

TEST(HostedSubjectOffScript, OneProcessTooMany) {
  HostedSubject subject(fake_host("once_more"));
  expect_end(run(subject, tape_of(header_line({"m"}) + two_lines())), Outcome::kOffScript,
             "t.tape.jsonl:2: the client started codex once more, with [\"exec\",\"-\"], than the "
             "tape has processes",
             R"({"line":2})");
}

TEST(HostedSubjectOffScript, AProcessThatNeverCame) {
  HostedSubject subject(fake_host("never_starts"));
  expect_end(run(subject, tape_of(two_lines())), Outcome::kOffScript,
             "t.tape.jsonl:1: the client never started this process", R"({"line":1})");
}

TEST(HostedSubjectOffScript, SilenceBeforeAProcessIsNoBareHang) {
  HostedSubject subject(fake_host("hangs_before"));
  expect_end(run(subject, tape_of(two_lines()), 0.4), Outcome::kOffScript,
             "t.tape.jsonl:1: the client never started this process", R"({"line":1})");
  HostedSubject second(fake_host("hangs"));
  expect_end(run(second, tape_of(two_lines() + start_line("two")), 0.4), Outcome::kOffScript,
             "t.tape.jsonl:4: the client never started this process", R"({"line":4})");
}

TEST(HostedSubjectUnavailable, SaysItself) {
  HostedSubject subject(fake_host("unavailable"));
  for (int i = 0; i < 2; ++i) {
    expect_end(run(subject, tape_of(two_lines())), Outcome::kUnavailable,
               "no fake-client in this environment");
  }
  EXPECT_EQ(subject.info(), (SubjectInfo{"agents", "", ""}));
  EXPECT_EQ(subject.unavailable_reason(), "no fake-client in this environment");
}

TEST(HostedSubjectUnavailable, DiesAtStart) {
  HostedSubject subject(fake_host("dies_at_start"));
  for (int i = 0; i < 5; ++i) {
    expect_end(
        run(subject, tape_of(two_lines())), Outcome::kUnavailable,
        "the worker did not start: dies_at_start.py ended with status 127: fake: cannot load "
        "libfake.so");
  }
}

TEST(HostedSubjectUnavailable, NeverReady) {
  HostOptions options = fake_host("never_ready");
  options.start_timeout = std::chrono::seconds(1);
  HostedSubject subject(options);
  const std::string reason = "the worker was not ready within 1 s";
  expect_end(run(subject, tape_of(two_lines())), Outcome::kUnavailable, reason);
  // Nobody waits a second time.
  const SubjectRun again = run(subject, tape_of(two_lines()));
  expect_end(again, Outcome::kUnavailable, reason);
  EXPECT_LT(again.seconds, 0.5);
}

TEST(HostedSubjectUnavailable, NoSuchProgram) {
  HostOptions options = fake_host("none");
  HostedSubject subject(options);
  expect_end(run(subject, tape_of(two_lines())), Outcome::kUnavailable,
             options.worker_path + ": cannot be started: No such file or directory");
}

TEST(HostedSubjectUnavailable, RefusesTheSession) {
  HostedSubject subject(fake_host("refuses"));
  expect_end(run(subject, tape_of(two_lines())), Outcome::kUnavailable, "fork: not today");
}

TEST(HostedSubjectWorker, ThatIsStuckIsReplaced) {
  HostedSubject subject(fake_host("deaf"));
  for (int i = 0; i < 2; ++i) {
    const SubjectRun shown = run(subject, tape_of(two_lines()), 0.3);
    expect_end(shown, Outcome::kHang, "the worker has not started the session within 0.3 s");
    EXPECT_LT(shown.seconds, 3);
  }
}

TEST(HostedSubjectWorker, ThatDiedIsStartedAgain) {
  HostedSubject subject(fake_host("dies_with_session"));
  const Tape kill = tape_of(header_line({"m"}, R"(,"prompt":"kill")") + two_lines());
  const Tape plain = tape_of(two_lines());
  const SubjectRun first = run(subject, plain);
  EXPECT_EQ(first.outcome, Outcome::kCompleted) << first.reason;
  const SubjectRun orphan = run(subject, kill);
  EXPECT_EQ(orphan.outcome, Outcome::kCompleted) << orphan.reason;
  EXPECT_TRUE(group_is_gone(session_pid(orphan)));
  const SubjectRun second = run(subject, plain);
  EXPECT_EQ(second.outcome, Outcome::kCompleted) << second.reason;
  EXPECT_NE(lane(first, "log/run")[1], lane(second, "log/run")[1]);
}

TEST(HostedSubjectWorker, BadRunsLeaveNoDescriptors) {
  HostedSubject subject(fake_host("killed"));
  HostedSubject lost(fake_host("other_argv"));
  const Tape tape = tape_of(two_lines());
  run(subject, tape);
  run(lost, tape);
  const std::size_t before = test::open_descriptors();
  for (int i = 0; i < 25; ++i) {
    EXPECT_THAT(run(subject, tape).reason, StartsWith("the client's process was killed"));
    EXPECT_THAT(run(lost, tape).reason, HasSubstr("the client started codex with"));
  }
  EXPECT_EQ(test::open_descriptors(), before);
}

}  // namespace
}  // namespace codex::harness
