// The real openai-codex client, driven from tapes of the corpus and in data/app_server: what it
// shows, how sessions end, and that they do so every time.
#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/subject/hosted_subject.h"
#include "tests/support/hosted.h"
#include "worker_process.h"

namespace codex::harness {
namespace {

namespace fs = std::filesystem;
using test::lane;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

const std::string kTurnA = "turn:0199bbbb-0000-7000-8000-00000000000a";
const std::string kTurnB = "turn:0199bbbb-0000-7000-8000-00000000000b";
constexpr double kShort = 2;  // seconds, where a session is to hang

HostedSubject& client() {
  static HostedSubject subject([] {
    HostOptions options;
    options.subject = "codex-sdk";
    options.transport = Transport::kAppServer;
    options.worker_path = CTD_BIN_DIR "/codex-telemetry-py-worker";
    options.venv = pybridge::testing::environment_folder();
    options.peer_path = CTD_BIN_DIR "/codex-telemetry-peer";
    return options;
  }());
  return subject;
}

// One of the corpus, or of this test alone.
std::string tape_file(const std::string& name) {
  const std::string odd = CTD_SOURCE_DIR "/harness/sessions/odd/app-server/" + name + ".tape.jsonl";
  if (std::filesystem::exists(odd)) return odd;
  return pybridge::testing::test_file("data/app_server/" + name + ".tape.jsonl");
}

SubjectRun replay(const std::string& name, double timeout_seconds = 20) {
  const Result<Tape> tape = read_tape(tape_file(name), "");
  EXPECT_TRUE(tape.ok()) << tape.error().text();
  return test::run(client(), tape.value(), timeout_seconds);
}

std::vector<std::string> names(const SubjectRun& run, const std::string& of_lane) {
  std::vector<std::string> shown;
  for (const std::string& each : lane(run, of_lane))
    shown.push_back(each.substr(0, each.find(' ')));
  return shown;
}

TEST(CodexSdk, IsThePinnedClientAndTakesTapesOfAppServer) {
  EXPECT_EQ(client().info(), (SubjectInfo{"codex-sdk", "openai-codex", "0.163.0"}));
  EXPECT_FALSE(client().applies(test::tape_of(test::start_line())));
}

TEST(CodexSdk, ATurn) {
  const SubjectRun run = replay("hello");
  EXPECT_EQ(run.outcome, Outcome::kCompleted) << run.reason;
  EXPECT_THAT(names(run, "wire/run"),
              ElementsAre("app-server", "initialize", "initialized", "turn/start"));
  EXPECT_THAT(lane(run, "wire/run")[0], HasSubstr(R"(["app-server","--listen","stdio://"])"));
  EXPECT_THAT(names(run, "event/" + kTurnA),
              ElementsAre("codex.turn.start", "codex.item.completed",
                          "codex.thread.token_usage.updated", "codex.turn.completed"));
  EXPECT_THAT(lane(run, "event/global"),
              ElementsAre(R"(codex.warning {"message":"between"})",
                          R"(codex.warning {"message":"the last line"})"));
  EXPECT_THAT(lane(run, "outcome/call:1"),
              ElementsAre(R"~(initialize {"result":{"userAgent":"codex/0.163.0 (test)"}})~"));
  EXPECT_THAT(names(run, "outcome/call:2"), ElementsAre("turn/start"));
  EXPECT_THAT(lane(run, "usage/" + kTurnA), ElementsAre(HasSubstr(R"("inputTokens":7)")));
  EXPECT_THAT(lane(run, "outcome/" + kTurnA),
              ElementsAre(HasSubstr(R"("duration_ms":null,"final_response":"Hello!","items":[{)")));
  EXPECT_THAT(lane(run, "outcome/run"), ElementsAre(R"(completed {"transport":null})"));
}

TEST(CodexSdk, TwoTurnsAtOnceKeepTheirOwn) {
  const SubjectRun run = replay("two-threads");
  EXPECT_EQ(run.outcome, Outcome::kCompleted) << run.reason;
  EXPECT_THAT(lane(run, "outcome/" + kTurnA), ElementsAre(HasSubstr(R"("final_response":"A")")));
  EXPECT_THAT(lane(run, "outcome/" + kTurnB), ElementsAre(HasSubstr(R"("final_response":"B")")));
  EXPECT_THAT(lane(run, "outcome/call:2"), ElementsAre(HasSubstr(kTurnA.substr(5))));
  EXPECT_THAT(lane(run, "outcome/call:3"), ElementsAre(HasSubstr(kTurnB.substr(5))));
}

TEST(CodexSdk, ApprovalsAreAnsweredAsTheTapeSays) {
  const SubjectRun run = replay("approvals");
  EXPECT_EQ(run.outcome, Outcome::kCompleted) << run.reason;
  const std::vector<std::string> asked = lane(run, "approval/" + kTurnA);
  ASSERT_THAT(asked, SizeIs(4));
  EXPECT_THAT(asked[0], HasSubstr(R"("command":"rm -r 0"},"answer":{"decision":"accept"}})"));
  EXPECT_THAT(asked[1], HasSubstr(R"("answer":{"decision":"acceptForSession"}})"));
  EXPECT_THAT(asked[2], HasSubstr(R"("answer":{"decision":"decline"}})"));
  EXPECT_THAT(asked[3], HasSubstr(R"("answer":{"decision":"cancel"}})"));
  EXPECT_THAT(lane(run, "approval/global"),
              ElementsAre(HasSubstr(R"("answer":{"answers":{"q":["\ud800",Infinity]}}})"),
                          R"(currentTime/read {"params":null,"answer":{}})"));
  EXPECT_THAT(lane(run, "wire/run"),
              Contains(R"(response {"id":2,"result":{"decision":"decline"}})"));
  EXPECT_THAT(names(run, "event/" + kTurnA), ElementsAre("codex.turn.interrupted"));
}

TEST(CodexSdk, AMalformedLineEndsEverything) {
  const std::string raised =
      R"({"exception":{"class":"openai_codex.errors.CodexError","text":"Invalid JSON-RPC line: )"
      R"('{\"method\":\"warn\\n'"}})";
  const SubjectRun run = replay("malformed");
  EXPECT_EQ(run.outcome, Outcome::kFailed) << run.reason;
  EXPECT_THAT(lane(run, "outcome/" + kTurnA), ElementsAre("stream " + raised, "failed " + raised));
  EXPECT_THAT(lane(run, "outcome/run"), ElementsAre("failed {\"transport\":" + raised + "}"));
  EXPECT_THAT(names(run, "event/" + kTurnA), ElementsAre("codex.turn.start"));
}

TEST(CodexSdk, ABareCarriageReturnEndsALine) {
  const SubjectRun run = replay("carriage-return");
  EXPECT_EQ(run.outcome, Outcome::kFailed) << run.reason;
  EXPECT_THAT(lane(run, "event/global"), ElementsAre(R"(codex.warning {"message":"fine"})"));
  EXPECT_THAT(lane(run, "outcome/run"), ElementsAre(HasSubstr("Invalid JSON-RPC line")));
}

TEST(CodexSdk, WhatTheClientDoesNotKnowKeepsItsForm) {
  const SubjectRun run = replay("unknown");
  EXPECT_EQ(run.outcome, Outcome::kFailed) << run.reason;
  EXPECT_THAT(lane(run, "event/global"),
              ElementsAre(R"(codex.session.unknown {"type":"brandNew/thing","payload":{"x":2}})",
                          R"(codex.session.unknown {"type":"brandNew/thing","payload":{}})",
                          R"(codex.session.unknown {"type":"warning","payload":{"message":5}})",
                          R"(codex.warning {"message":"kept","threadId":null})",
                          R"(codex.warning {"message":"lone \ud800 and NUL \u0000"})",
                          R"(codex.session.unknown {"type":"brandNew/numbers",)"
                          R"("payload":{"n":[NaN,1.5]}})"));
  EXPECT_THAT(names(run, "event/" + kTurnA),
              ElementsAre("codex.session.unknown", "codex.session.unknown",
                          "codex.item.agent_message.delta", "codex.item.completed",
                          "codex.turn.failed"));
  EXPECT_THAT(lane(run, "outcome/" + kTurnA),
              ElementsAre(R"(failed {"exception":{"class":"RuntimeError","text":"it broke"}})"));
}

TEST(CodexSdk, TheProcessEnds) {
  const auto closed = [](const std::string& tail) {
    return "\"openai_codex.errors.TransportClosedError\",\"text\":\"Codex process closed stdout. "
           "stderr_tail=" + tail + "\"";
  };
  const SubjectRun exit = replay("exit");
  EXPECT_EQ(exit.outcome, Outcome::kFailed) << exit.reason;
  EXPECT_THAT(lane(exit, "outcome/run"),
              ElementsAre(HasSubstr(closed(R"(first\nsecond \u00e9\nthird\nhalf)"))));
  EXPECT_THAT(lane(exit, "outcome/" + kTurnA),
              ElementsAre(HasSubstr(closed(R"(first\nsecond \u00e9\nthird\nhalf)")),
                          StartsWith("failed ")));
  EXPECT_THAT(lane(replay("eof"), "outcome/run"), ElementsAre(HasSubstr(closed("why"))));
  EXPECT_THAT(lane(replay("killed"), "outcome/run"), ElementsAre(HasSubstr(closed(""))));
  // Nobody waits for anything: the turn is whole, and the connection has ended all the same.
  EXPECT_THAT(lane(replay("exit-idle"), "outcome/run"),
              ElementsAre(AllOf(StartsWith("completed "), HasSubstr(closed("")))));
  const SubjectRun late = replay("exit-then-call");
  EXPECT_THAT(lane(late, "outcome/call:2"), ElementsAre(HasSubstr("BrokenPipeError")));
  EXPECT_THAT(names(late, "wire/run"), ElementsAre("app-server", "initialize", "initialized"));
}

struct Hang {
  std::string name;
  std::string reason;
};

TEST(CodexSdk, WhoNeverComesBackHangs) {
  const std::string back = "the client has not come back within 2 s";
  const std::vector<Hang> cases = {
      {"error-code", "the tape was played to its end, and " + back},
      {"malformed-then-call", "the tape was played to its end, and " + back},
      {"stall", "the tape stalls, and " + back},
      // Its one reading thread waits for the user's decision.
      {"other-answer", "the client has not read what codex wrote for 2 s"},
  };
  for (const Hang& c : cases) {
    const SubjectRun run = replay(c.name, kShort);
    EXPECT_EQ(run.outcome, Outcome::kHang) << c.name;
    EXPECT_EQ(run.reason, c.reason) << c.name;
    EXPECT_THAT(names(run, "outcome/run"), ElementsAre("hang")) << c.name;
  }
  EXPECT_EQ(replay("stall-after-the-turn", kShort).outcome, Outcome::kCompleted);
}

TEST(CodexSdk, OffScript) {
  const SubjectRun run = replay("bent");
  EXPECT_EQ(run.outcome, Outcome::kOffScript);
  EXPECT_THAT(run.reason,
              HasSubstr("bent.tape.jsonl:4: the client sent initialized, the tape has model/list"));
}

TEST(CodexSdk, ErrorsHaveTheClientsClasses) {
  const SubjectRun run = replay("errors");
  const auto shown = [&](int call) {
    return lane(run, "outcome/call:" + std::to_string(call)).at(0);
  };
  EXPECT_THAT(shown(2), HasSubstr("openai_codex.errors.ParseError"));
  EXPECT_THAT(shown(7), HasSubstr("openai_codex.errors.CodexRpcError"));
  EXPECT_THAT(shown(8), HasSubstr("openai_codex.errors.ServerBusyError"));
  EXPECT_THAT(shown(12), HasSubstr("Malformed JSON-RPC error response"));
  EXPECT_THAT(shown(13), HasSubstr("model/list response must be a JSON object"));
  EXPECT_THAT(shown(14), HasSubstr("pydantic_core._pydantic_core.ValidationError"));
  EXPECT_THAT(lane(run, "outcome/run"), ElementsAre(R"(failed {"transport":null})"));
}

TEST(CodexSdk, TurnsOfReviewsAndWhatIsSentWhileTheyRun) {
  const SubjectRun run = replay("review");
  EXPECT_EQ(run.outcome, Outcome::kCompleted) << run.reason;
  EXPECT_THAT(names(run, "event/" + kTurnA),
              ElementsAre("codex.turn.start", "codex.turn.interrupted"));
  EXPECT_THAT(lane(run, "outcome/call:5"),
              ElementsAre(R"(fuzzyFileSearch {"result":{"files":[],"any":1.0}})"));
  // What came before the answer: the client's own queue has it, a handle made later has not.
  const SubjectRun early = replay("early");
  EXPECT_THAT(names(early, "event/" + kTurnA), SizeIs(4));
  EXPECT_THAT(lane(early, "outcome/" + kTurnA),
              ElementsAre(AllOf(HasSubstr("late"), Not(HasSubstr("early")))));
}

// The second call's handle has what came after it; there is one queue of notifications.
TEST(CodexSdk, ATurnThatIsJoined) {
  const SubjectRun run = replay("joined");
  EXPECT_EQ(run.outcome, Outcome::kCompleted) << run.reason;
  EXPECT_THAT(names(run, "event/" + kTurnA), SizeIs(3));
  EXPECT_THAT(lane(run, "outcome/" + kTurnA),
              ElementsAre(AllOf(HasSubstr("one"), HasSubstr("two")),
                          AllOf(HasSubstr("two"), Not(HasSubstr("one")))));
  EXPECT_THAT(lane(run, "usage/" + kTurnA), SizeIs(2));
}

class HighLevel : public ::testing::TestWithParam<std::string> {};

TEST_P(HighLevel, ShowsWhatItsUserSees) {
  const SubjectRun run = replay("high-level-" + GetParam());
  EXPECT_EQ(run.outcome, Outcome::kCompleted) << run.reason;
  EXPECT_THAT(lane(run, "event/global"), IsEmpty());
  EXPECT_THAT(lane(run, "approval/" + kTurnA), IsEmpty());
  EXPECT_THAT(names(run, "event/" + kTurnA),
              ElementsAre("codex.turn.start", "codex.item.completed",
                          "codex.thread.token_usage.updated", "codex.turn.completed"));
  EXPECT_THAT(lane(run, "usage/" + kTurnA), ElementsAre(HasSubstr(R"("inputTokens":7)")));
  EXPECT_THAT(lane(run, "outcome/" + kTurnA),
              ElementsAre(HasSubstr(R"("final_response":"Hello!")")));
  EXPECT_THAT(lane(run, "outcome/call:2"),
              ElementsAre(R"(thread/start {"result":{"thread":{"id":)"
                          R"("0199aaaa-0000-7000-8000-00000000000a"}}})"));
  EXPECT_THAT(lane(run, "outcome/run"), ElementsAre("completed {}"));
  EXPECT_THAT(lane(run, "wire/run"), Contains(HasSubstr(R"("model":"m2")")));
  EXPECT_THAT(lane(run, "wire/run"), Contains(HasSubstr(R"("approvalsReviewer":"auto_review")")));
  const SubjectRun exit = replay("high-level-exit-" + GetParam());
  EXPECT_THAT(names(exit, "outcome/" + kTurnA), ElementsAre("stream", "failed"));
}

INSTANTIATE_TEST_SUITE_P(CodexSdk, HighLevel, ::testing::Values("codex", "async"),
                         [](const auto& each) { return each.param; });

// By lane, less the ids that the client makes up.
std::map<std::string, std::vector<std::string>> lanes(const SubjectRun& run) {
  std::map<std::string, std::vector<std::string>> shown;
  for (const Observation& each : run.observations) {
    json::Value data = each.data;
    if (each.lane == "wire/run" && data.get("method") != nullptr) data.object()->erase("id");
    shown[each.lane].push_back(each.name + " " + json::dump(data));
  }
  return shown;
}

TEST(CodexSdk, TheSameTenTimes) {
  for (const char* name : {"hello", "two-threads", "approvals", "malformed", "exit", "eof",
                           "exit-idle", "exit-then-call", "unknown", "carriage-return", "review",
                           "errors", "early", "joined", "high-level-codex", "high-level-async"}) {
    const auto first = lanes(replay(name));
    for (int round = 1; round < 10; ++round)
      EXPECT_EQ(lanes(replay(name)), first) << name << ", round " << round;
  }
}

}  // namespace
}  // namespace codex::harness
