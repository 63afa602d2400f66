// The cpp subject of app-server tapes, on small ones: what it shows, and what it says where the
// client would wait for ever.
#include "harness/sdk_run/sdk_session.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/json_at.h"

namespace codex::harness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr const char* kStart = R"({">":{"id":1,"method":"initialize","params":{}}}
{"<":{"id":1,"result":{"userAgent":"codex/0.163.0"}}}
{">":{"method":"initialized"}}
{">":{"id":2,"method":"turn/start","params":{"threadId":"t1","input":[{"type":"text","text":"hi"}]}}}
)";
constexpr const char* kAnswer =
    R"({"<":{"id":2,"result":{"turn":{"id":"turn-1","items":[],"status":"inProgress"}}}}
)";
constexpr const char* kItem =
    R"({"<":{"method":"item/completed","params":{"completedAtMs":1,"item":{"type":"agentMessage","id":"m","text":"hello"},"threadId":"t1","turnId":"turn-1"}}}
)";
constexpr const char* kDone =
    R"({"<":{"method":"turn/completed","params":{"threadId":"t1","turn":{"id":"turn-1","items":[],"status":"completed"}}}}
)";

struct Shown {
  std::vector<std::string> all;  // "LANE NAME DATA"
  json::Value extra;
  std::vector<std::string> in(const std::string& lane) const {
    std::vector<std::string> lines;
    for (const std::string& line : all) {
      if (line.starts_with(lane + " ")) lines.push_back(line.substr(lane.size() + 1));
    }
    return lines;
  }
};

Shown show(const std::string& lines, const std::string& driver = "{}") {
  const std::string text =
      R"({"tape":1,"transport":"app-server","title":"t","driver":)" + driver + "}\n" + lines;
  const Result<Tape> tape = parse_tape(text, "small.tape.jsonl", "");
  EXPECT_TRUE(tape) << tape.error().text();
  Shown shown;
  if (!tape) return shown;
  run_sdk_session(
      tape.value(),
      [&](const Observation& each) {
        shown.all.push_back(each.lane + " " + each.name + " " +
                            json::dump(each.data, json::kCompactUnicode));
      },
      shown.extra);
  return shown;
}

TEST(SdkSession, ShowsCallsEventsUsageAndResults) {
  const Shown shown = show(std::string(kStart) + kAnswer + kItem + kDone);
  EXPECT_THAT(shown.in("wire/run"),
              ElementsAre(R"(app-server {"argv":["app-server","--listen","stdio://"]})",
                          StartsWith("initialize {\"id\":\"0000"), StartsWith("initialized {"),
                          StartsWith("turn/start {\"id\":\"0000")));
  EXPECT_THAT(shown.in("event/turn:turn-1"), ElementsAre(StartsWith("codex.item.completed "),
                                                         StartsWith("codex.turn.completed ")));
  EXPECT_THAT(shown.in("outcome/turn:turn-1"),
              ElementsAre(AllOf(StartsWith("completed "), HasSubstr(R"("final_response":"hello")"))));
  EXPECT_THAT(shown.in("usage/turn:turn-1"), ElementsAre("turn null"));
  EXPECT_THAT(shown.in("outcome/call:2"), ElementsAre(StartsWith("turn/start {\"result\":")));
  EXPECT_EQ(shown.all.back(), R"(outcome/run completed {"transport":null})");
  EXPECT_EQ(test::at(shown.extra, "/profile").text(), "openai-codex/0.163");
  EXPECT_EQ(test::at(shown.extra, "/turns_without_end").as_int64(), 0);
}

TEST(SdkSession, ApprovalsAreAnsweredInTheTapesOrder) {
  const std::string asks =
      R"({"<":{"id":7,"method":"item/commandExecution/requestApproval","params":{"turnId":"turn-1"}}}
{">":{"id":7,"result":{"decision":"decline"}}}
{"<":{"id":"x","method":"item/fileChange/requestApproval","params":[]}}
{">":{"id":"x","result":{"decision":"accept"}}}
)";
  const Shown shown = show(std::string(kStart) + kAnswer + asks + kDone);
  EXPECT_THAT(shown.in("approval/turn:turn-1"),
              ElementsAre(R"(item/commandExecution/requestApproval {"params":{"turnId":"turn-1"},)"
                          R"("answer":{"decision":"decline"}})"));
  EXPECT_THAT(shown.in("approval/global"),
              ElementsAre(R"(item/fileChange/requestApproval {"params":null,)"
                          R"("answer":{"decision":"accept"}})"));
  EXPECT_THAT(shown.in("wire/run"), Contains(R"(response {"id":7,"result":{"decision":"decline"}})"));
}

TEST(SdkSession, WhatNeverComesIsAHangThatIsSaidAtOnce) {
  const std::vector<std::string> endings = {
      "",                                                         // no answer at all
      std::string(kAnswer) + kItem + R"({"!":{"stall":true}})",   // no end of the turn
      R"({"<":{"id":2,"error":{"code":"many","message":"no"}}})"  // kills the reader, not the wait
      "\n",
  };
  for (const std::string& ending : endings) {
    const Shown shown = show(kStart + ending);
    ASSERT_FALSE(shown.all.empty());
    EXPECT_EQ(shown.all.back(), "outcome/run hang {}") << ending;
    EXPECT_THAT(std::string(test::at(shown.extra, "/reason").text()), HasSubstr("waits for"));
  }
}

// One that stalls reads on: the notification and the call are sent, and nobody answers.
TEST(SdkSession, BehindAStallTheClientSends) {
  const Shown shown = show(R"({">":{"method":"hello"}}
{"!":{"stall":true}}
{">":{"method":"hello"}}
{">":{"id":1,"method":"model/list","params":{}}}
)");
  EXPECT_THAT(shown.in("wire/run"), ElementsAre(StartsWith("app-server "), StartsWith("hello "),
                                                StartsWith("hello "), StartsWith("model/list ")));
  EXPECT_EQ(shown.all.back(), "outcome/run hang {}");
}

// The client's decoder keeps a CR back until it has seen what follows (io.IncrementalNewlineDecoder).
TEST(SdkSession, AnAnswerThatEndsInACarriageReturnIsWaitedFor) {
  const std::string answer = R"({"<raw":"{\"id\":1,\"result\":{\"userAgent\":\"codex/0.163.0\"}}\r"}
)";
  const std::string initialize = R"({">":{"id":1,"method":"initialize","params":{}}}
)";
  const std::string sends_by_itself = R"({">":{"method":"initialized"}}
)";
  const std::string calls = R"({">":{"id":2,"method":"model/list","params":{}}}
)";
  EXPECT_EQ(show(initialize + answer + sends_by_itself).all.back(), "outcome/run hang {}");
  const Shown shown = show(initialize + answer + calls + sends_by_itself);
  EXPECT_EQ(shown.all.back(), "outcome/run hang {}");
  EXPECT_THAT(shown.in("wire/run"), ElementsAre(StartsWith("app-server "), StartsWith("initialize ")));
}

TEST(SdkSession, ALineThatIsNoJsonEndsTheTurnForItsCallers) {
  const Shown shown =
      show(std::string(kStart) + kAnswer + kItem + R"({"<raw":"not json {\n"})" + "\n" + kDone);
  EXPECT_THAT(shown.in("event/turn:turn-1"), ElementsAre(StartsWith("codex.item.completed ")));
  const std::string error = R"({"exception":{"class":"openai_codex.errors.CodexError",)"
                            R"("text":"Invalid JSON-RPC line: 'not json {\\n'"}})";
  EXPECT_THAT(shown.in("outcome/turn:turn-1"), ElementsAre("stream " + error, "failed " + error));
  EXPECT_THAT(shown.in("usage/turn:turn-1"), IsEmpty());
  EXPECT_EQ(shown.all.back(), "outcome/run failed {\"transport\":" + error + "}");
}

TEST(SdkSession, TheEndOfTheProcessEndsTheTurn) {
  const std::string begun =
      R"({"<":{"method":"turn/started","params":{"threadId":"t1","turn":{"id":"turn-1","items":[],"status":"inProgress"}}}}
)";
  const Shown shown =
      show(std::string(kStart) + kAnswer + begun + R"({"!":{"exit":3,"stderr":"boom\n"}})");
  EXPECT_THAT(shown.in("outcome/turn:turn-1"),
              Contains(AllOf(StartsWith("failed "), HasSubstr("TransportClosedError"),
                             HasSubstr("stderr_tail=boom"))));
  EXPECT_EQ(test::at(shown.extra, "/turns_without_end").as_int64(), 1);
}

TEST(SdkSession, WhatTheTapeLacksIsOffScriptAtTheLineInItsPlace) {
  const auto line = [](const std::string& lines) {
    const Shown shown = show(lines);
    EXPECT_FALSE(shown.all.empty());
    return shown.all.empty() ? std::string() : shown.all.back();
  };
  const std::string initialize = R"({">":{"id":1,"method":"initialize","params":{}}}
{"<":{"id":1,"result":{"userAgent":"codex/0.163.0"}}}
)";
  EXPECT_EQ(line(initialize), R"(outcome/run off-script {"line":2})") << "no `initialized`";
  EXPECT_EQ(line(initialize + R"({">":{"id":2,"method":"model/list","params":{}}})"),
            R"(outcome/run off-script {"line":4})");
  // Answered by the client itself, and not on the tape.
  EXPECT_EQ(line(R"({"<":{"id":7,"method":8,"params":{}}})"),
            R"(outcome/run off-script {"line":2})");
  // It never comes to these.
  EXPECT_EQ(line(R"({">":{"id":1,"method":"initialize","params":{}}}
{">":{"method":"initialized"}})"),
            R"(outcome/run off-script {"line":3})");
  EXPECT_EQ(line(std::string(kStart) + R"({">":{"id":7,"result":{}}})"),
            R"(outcome/run off-script {"line":6})");
  EXPECT_EQ(line(std::string(kStart) +
                 R"({">":{"id":3,"method":"turn/start","params":{"threadId":"t1","input":[]}}})"),
            R"(outcome/run off-script {"line":6})");
}

TEST(SdkSession, TheHighLevelClassesShowNoApprovals) {
  const Shown shown = show(std::string(kStart) + kAnswer +
                               R"({"<":{"id":7,"method":"item/commandExecution/requestApproval","params":{}}}
{">":{"id":7,"result":{"decision":"accept"}}}
)" + kDone,
                           R"({"api":"codex"})");
  EXPECT_THAT(shown.in("approval/global"), IsEmpty());
  EXPECT_THAT(shown.in("event/global"), IsEmpty());
}

}  // namespace
}  // namespace codex::harness
