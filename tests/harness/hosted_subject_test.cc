// A tape, a client (made up), the real peer: what is played, recorded and said of it.
#include "harness/subject/hosted_subject.h"

#include <atomic>
#include <cstdlib>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
using testing::Not;

TEST(HostedSubject, PlaysATapeAndRecordsWhatTheClientShows) {
  HostedSubject subject(fake_host("well_behaved"));
  EXPECT_EQ(subject.info(), (SubjectInfo{"agents", "fake-client", "1.2.3"}));
  const SubjectRun shown =
      run(subject, tape_of(start_line() + "{\"<\":{\"a\":1}}\n{\"<raw\":\"x\"}\n"));
  EXPECT_EQ(shown.outcome, Outcome::kCompleted) << shown.reason;
  EXPECT_EQ(shown.reason, "");
  EXPECT_EQ(shown.info, (SubjectInfo{"agents", "fake-client", "1.2.3"}));
  EXPECT_THAT(lane(shown, "event/call:1"), ElementsAre("line \"{\\\"a\\\":1}\\n\"", "line \"x\""));
  EXPECT_THAT(lane(shown, "log/call:1"), ElementsAre(R"(exit {"status":0,"stderr":""})"));
  EXPECT_THAT(lane(shown, "wire/call:1"),
              ElementsAre(R"(exec {"argv":["exec","-"],"stdin":"hi"})"));
  EXPECT_THAT(lane(shown, "outcome/run"), ElementsAre(R"(completed {"said":true})"));
  EXPECT_EQ(shown.observations.back().lane, "outcome/run");
  EXPECT_GT(shown.seconds, 0);
  EXPECT_TRUE(group_is_gone(session_pid(shown)));
}

TEST(HostedSubject, AppliesToTapesOfExec) {
  const HostedSubject subject(fake_host("well_behaved"));
  EXPECT_TRUE(subject.applies(tape_of(start_line())));
  EXPECT_FALSE(subject.applies(tape_of("{\">\":{\"method\":\"initialize\"}}\n")));
}

struct EndCase {
  std::string lines;
  std::string seen;  // how the client sees the process end
};

TEST(HostedSubject, ProcessesEndAsTheTapeSays) {
  HostedSubject subject(fake_host("well_behaved"));
  const std::vector<EndCase> cases = {
      {"", R"(exit {"status":0,"stderr":""})"},
      {R"({"!":{"exit":3,"stderr":"why\n"}})", R"(exit {"status":3,"stderr":"why\n"})"},
      {R"({"!":{"stderr":"a"}})"
       "\n"
       R"({"!":{"stderr":"b"}})",
       R"(exit {"status":0,"stderr":"ab"})"},
      {R"({"!":{"signal":9}})", R"(exit {"status":-9,"stderr":""})"},
      {R"({"!":{"signal":13,"stderr":"p"}})", R"(exit {"status":-13,"stderr":"p"})"},
      {R"({"!":{"eof":true}})"
       "\n"
       R"({"!":{"exit":2}})",
       R"(exit {"status":2,"stderr":""})"},
      {R"({"!":{"eof":true}})", R"(exit {"status":0,"stderr":""})"},
      {R"({"!":{"sleep_ms":10}})", R"(exit {"status":0,"stderr":""})"},
  };
  for (const EndCase& c : cases) {
    const SubjectRun shown = run(subject, tape_of(start_line() + "{\"<\":1}\n" + c.lines + "\n"));
    EXPECT_EQ(shown.outcome, Outcome::kCompleted) << shown.reason;
    EXPECT_THAT(lane(shown, "log/call:1"), ElementsAre(c.seen)) << c.lines;
    EXPECT_THAT(lane(shown, "event/call:1"), ElementsAre("line \"1\\n\"")) << c.lines;
  }
}

TEST(HostedSubject, ASleepOfTheTapeIsNoHang) {
  HostedSubject subject(fake_host("well_behaved"));
  const SubjectRun shown =
      run(subject, tape_of(start_line() + "{\"!\":{\"sleep_ms\":700}}\n"), 0.4);
  EXPECT_EQ(shown.outcome, Outcome::kCompleted) << shown.reason;
}

TEST(HostedSubject, StderrMayBeReadWhenTheProcessIsGone) {
  HostedSubject subject(fake_host("late_stderr"));
  const SubjectRun shown =
      run(subject, tape_of(start_line() + R"({"!":{"exit":1,"stderr":"why"}})" + "\n"));
  EXPECT_EQ(shown.outcome, Outcome::kCompleted) << shown.reason;
  EXPECT_THAT(lane(shown, "log/call:1"), ElementsAre(R"(exit {"status":1,"stderr":"why"})"));
}

TEST(HostedSubject, LongOutputArrivesWhole) {
  HostedSubject subject(fake_host("well_behaved"));
  const std::string line(3 * 1000 * 1000, 'x');
  const SubjectRun shown = run(subject, tape_of(start_line() + "{\"<\":\"" + line + "\"}\n"));
  EXPECT_EQ(shown.outcome, Outcome::kCompleted) << shown.reason;
  EXPECT_THAT(lane(shown, "event/call:1"), ElementsAre("line \"\\\"" + line + "\\\"\\n\""));
}

TEST(HostedSubject, RawLogTakesAnyArguments) {
  HostedSubject subject(fake_host("other_argv"));
  const Result<Tape> tape = parse_tape("{\"type\":\"turn.failed\"}\nnot json", "r.exec.jsonl", "");
  ASSERT_TRUE(tape.ok());
  const SubjectRun shown = run(subject, tape.value());
  EXPECT_EQ(shown.outcome, Outcome::kCompleted) << shown.reason;
  EXPECT_EQ(lane(shown, "event/call:1").size(), 2U);
  EXPECT_THAT(lane(shown, "wire/call:1"),
              ElementsAre(R"(exec {"argv":["exec","--model","other","-"],"stdin":"hi"})"));
}

TEST(HostedSubject, ProcessesInSequence) {
  HostedSubject subject(fake_host("sequential"));
  const SubjectRun shown = run(
      subject, tape_of(header_line({"one", "two"}) + start_line("one") +
                       "{\"<\":1}\n{\"!\":{\"exit\":4}}\n" + start_line("two") + "{\"<\":2}\n"));
  EXPECT_EQ(shown.outcome, Outcome::kCompleted) << shown.reason;
  EXPECT_THAT(lane(shown, "event/call:1"), ElementsAre("line \"1\\n\""));
  EXPECT_THAT(lane(shown, "log/call:1"), ElementsAre(R"(exit {"status":4,"stderr":""})"));
  EXPECT_THAT(lane(shown, "event/call:2"), ElementsAre("line \"2\\n\""));
}

// Equal argv, started in the other order: only stdin tells them apart.
TEST(HostedSubject, ProcessesInParallel) {
  HostedSubject subject(fake_host("parallel"));
  const Tape tape =
      tape_of(header_line({"one", "two"}) + start_line("one") + start_line("two") +
              "{\"<\":1,\"p\":1}\n{\"<\":2,\"p\":2}\n{\"<\":11,\"p\":1}\n{\"<\":22}\n");
  for (int i = 0; i < 5; ++i) {
    const SubjectRun shown = run(subject, tape);
    EXPECT_EQ(shown.outcome, Outcome::kCompleted) << shown.reason;
    EXPECT_THAT(lane(shown, "event/call:1"), ElementsAre("line \"1\\n\"", "line \"11\\n\""));
    EXPECT_THAT(lane(shown, "event/call:2"), ElementsAre("line \"2\\n\"", "line \"22\\n\""));
    EXPECT_THAT(lane(shown, "wire/call:2"),
                ElementsAre(R"(exec {"argv":["exec","-"],"stdin":"two"})"));
  }
}

// What the client sends is compared, not demanded.
TEST(HostedSubject, AnotherStdinIsObserved) {
  HostedSubject subject(fake_host("well_behaved"));
  const SubjectRun shown = run(subject, tape_of(start_line("something else")));
  EXPECT_EQ(shown.outcome, Outcome::kCompleted) << shown.reason;
  EXPECT_THAT(lane(shown, "wire/call:1"),
              ElementsAre(R"(exec {"argv":["exec","-"],"stdin":"hi"})"));
}

TEST(HostedSubject, AClientThatKillsCodexIsOnScript) {
  HostedSubject subject(fake_host("kills_codex"));
  const SubjectRun shown =
      run(subject, tape_of(start_line() + "{\"<\":1}\n{\"!\":{\"sleep_ms\":60000}}\n{\"<\":2}\n"));
  EXPECT_EQ(shown.outcome, Outcome::kFailed) << shown.reason;
  EXPECT_THAT(lane(shown, "event/call:1"), ElementsAre("line \"1\\n\""));
}

TEST(HostedSubject, EnvironmentIsMinimalAndTheDriversIsItsOwnWorker) {
  ::setenv("OPENAI_API_KEY", "sk-of-the-user", 1);
  ::setenv("TZ", "Europe/Paris", 1);
  HostedSubject subject(fake_host("environment"));
  const Tape plain = tape_of(start_line());
  const Tape switched =
      tape_of(header_line({"m"}, R"(,"env":{"SWITCH":"1","LANG":"C"})") + start_line());
  const SubjectRun first = run(subject, plain);
  const SubjectRun second = run(subject, switched);
  const SubjectRun third = run(subject, plain);
  ::unsetenv("OPENAI_API_KEY");
  ::unsetenv("TZ");
  ASSERT_EQ(lane(first, "log/run").size(), 3U) << first.reason;
  const std::string environment = lane(first, "log/run")[1];
  EXPECT_THAT(environment, HasSubstr(R"("LANG":"C.UTF-8")"));
  EXPECT_THAT(environment, HasSubstr(R"("TZ":"Europe/Paris")"));
  EXPECT_THAT(environment, HasSubstr(R"("PATH":)"));
  EXPECT_THAT(environment, Not(HasSubstr("sk-of-the-user")));
  EXPECT_THAT(environment, Not(HasSubstr("SWITCH")));
  ASSERT_EQ(lane(second, "log/run").size(), 3U) << second.reason;
  EXPECT_THAT(lane(second, "log/run")[1], HasSubstr(R"("SWITCH":"1")"));
  EXPECT_THAT(lane(second, "log/run")[1], HasSubstr(R"("LANG":"C")"));
  // The same switches, the same worker.
  EXPECT_EQ(lane(first, "log/run")[2], lane(third, "log/run")[2]);
  EXPECT_NE(lane(first, "log/run")[2], lane(second, "log/run")[2]);
}

TEST(HostedSubject, SeveralSessionsAtOnce) {
  HostedSubject subject(fake_host("well_behaved"));
  const Tape tape = tape_of(start_line() + "{\"<\":1}\n{\"!\":{\"sleep_ms\":20}}\n{\"<\":2}\n");
  std::atomic<int> completed{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 5; ++j) {
        const SubjectRun shown = run(subject, tape, 20);
        if (shown.outcome == Outcome::kCompleted && lane(shown, "event/call:1").size() == 2) {
          ++completed;
        }
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(completed, 30);
}

TEST(HostedSubject, NothingIsLeftBehind) {
  HostedSubject subject(fake_host("well_behaved"));
  const Tape tape = tape_of(start_line() + "{\"<\":1}\n");
  run(subject, tape);
  const std::size_t before = test::open_descriptors();
  std::set<pid_t> pids;
  for (int i = 0; i < 50; ++i) {
    const SubjectRun shown = run(subject, tape);
    EXPECT_EQ(shown.outcome, Outcome::kCompleted) << shown.reason;
    pids.insert(session_pid(shown));
  }
  EXPECT_EQ(test::open_descriptors(), before);
  for (const pid_t pid : pids)
    EXPECT_TRUE(group_is_gone(pid));
}

}  // namespace
}  // namespace codex::harness
