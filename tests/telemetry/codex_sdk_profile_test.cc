// What codex_sdk_profile_vectors_test.cc does not ask the real client: the other APIs, the end of
// the process, and one whole turn to read.
#include "codex/telemetry/codex_sdk_profile.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace codex::telemetry {
namespace {

using json::Object;
using json::Value;

// What was shown, a line each.
class Log {
 public:
  CodexSdkProfile::Listener listener() {
    CodexSdkProfile::Listener made;
    made.response = [this](std::size_t number, const CodexSdkProfile::Outcome& outcome) {
      add("response " + std::to_string(number), outcome);
    };
    made.turn_event = [this](const std::string& turn, std::string_view name, const Value&) {
      lines.push_back("event " + turn + " " + std::string(name));
    };
    made.turn_stream_error = [this](const std::string& turn, const ClientError& error) {
      add("stream " + turn, error);
    };
    made.turn_result = [this](const std::string& turn, const CodexSdkProfile::Outcome& result,
                              const Value& usage) {
      add("result " + turn, result);
      lines.push_back("usage " + turn + " " + json::dump(usage));
    };
    made.global_event = [this](std::string_view name, const Value& data) {
      lines.push_back("global " + std::string(name) + " " + json::dump(data));
    };
    made.server_request = [this](const Value& id, const std::string& method, const Value& params) {
      lines.push_back("asked " + json::dump(id) + " " + method + " " + json::dump(params));
    };
    made.connection_ended = [this](const ClientError& error) { add("ended", error); };
    return made;
  }
  std::vector<std::string> take() { return std::exchange(lines, {}); }

  std::vector<std::string> lines;

 private:
  void add(const std::string& what, const CodexSdkProfile::Outcome& outcome) {
    const ClientError* error = std::get_if<ClientError>(&outcome);
    lines.push_back(what + " " + (error != nullptr ? error->type + ": " + error->text
                                                   : json::dump(std::get<Value>(outcome))));
  }
};

using Lines = std::vector<std::string>;

const char* const kTurnStartResponse =
    "{\"id\":1,\"result\":{\"turn\":{\"id\":\"u\",\"items\":[],\"status\":\"inProgress\"}}}\n";

TEST(CodexSdkProfile, ShowsAWholeTurn) {
  Log log;
  CodexSdkProfile profile(log.listener());
  EXPECT_EQ(profile.request(1, "turn/start", Object{{"threadId", "t"}, {"input", "hello"}}), 1U);
  EXPECT_EQ(profile.waiting_requests(), std::vector<std::size_t>{1});
  profile.standard_output(
      "{\"method\":\"turn/started\",\"params\":{\"threadId\":\"t\",\"turn\":{\"id\":\"u\",\"items\":[],"
      "\"status\":\"inProgress\"}}}\n");
  EXPECT_EQ(log.take(), Lines());  // kept until somebody asks for it
  profile.standard_output(kTurnStartResponse);
  EXPECT_EQ(log.take(),
            (Lines{R"(response 1 {"turn": {"id": "u", "items": [], "status": "inProgress"}})",
                   "event u codex.turn.start"}));
  EXPECT_EQ(profile.waiting_turns(), std::vector<std::string>{"u"});
  profile.standard_output(
      "{\"method\":\"item/completed\",\"params\":{\"completedAtMs\":\"5\",\"threadId\":\"t\",\"turnId\":"
      "\"u\",\"item\":{\"type\":\"agentMessage\",\"id\":\"m\",\"text\":\"hi\",\"new\":1}}}\n"
      "{\"method\":\"warning\",\"params\":{\"message\":\"w\",\"new\":1}}\n"
      "{\"method\":\"warning\",\"params\":{}}\n"
      "{\"id\":7,\"method\":\"item/fileChange/requestApproval\",\"params\":[]}\n"
      "{\"method\":\"turn/completed\",\"params\":{\"threadId\":\"t\",\"turn\":{\"id\":\"u\",\"items\":[],"
      "\"status\":\"completed\",\"durationMs\":3}}}\n");
  EXPECT_EQ(
      log.take(),
      (Lines{
          R"(global codex.warning {"message": "w"})",
          R"(global codex.session.unknown {"type": "warning", "payload": {}})",
          "asked 7 item/fileChange/requestApproval null",
          "event u codex.item.completed", "event u codex.turn.completed",
          R"(result u {"id": "u", "status": "completed", "error": null, "started_at": null, )"
          R"("completed_at": null, "duration_ms": 3, "final_response": "hi", )"
          R"("items": [{"id": "m", "text": "hi", "type": "agentMessage"}]})",
          "usage u null"}));
  EXPECT_TRUE(profile.waiting_requests().empty());
  EXPECT_TRUE(profile.waiting_turns().empty());
}

// client.py, _start_turn, sends an input always; what has none was sent by request(), which keeps
// nothing of a turn that it does not know yet.
TEST(CodexSdkProfile, ATurnStartWithoutAnInputKeepsNoEvents) {
  Log log;
  CodexSdkProfile profile(log.listener());
  profile.request(1, "turn/start", Object{{"threadId", "t"}});
  profile.standard_output(
      "{\"method\":\"turn/started\",\"params\":{\"threadId\":\"t\",\"turn\":{\"id\":\"u\",\"items\":[],"
      "\"status\":\"inProgress\"}}}\n");
  profile.standard_output(kTurnStartResponse);
  EXPECT_EQ(log.take(), (Lines{R"(response 1 {"turn": {"id": "u", "items": [], "status": "inProgress"}})"}));
  EXPECT_EQ(profile.waiting_turns(), std::vector<std::string>{"u"});
}

TEST(CodexSdkProfile, BehindAnApprovalThatIsNeverGivenNothingIsRead) {
  for (const bool given : {true, false}) {
    Log log;
    CodexSdkProfile* held = nullptr;
    CodexSdkProfile::Listener listener = log.listener();
    listener.server_request = [&](const Value&, const std::string&, const Value&) {
      if (!given) held->hold();
    };
    CodexSdkProfile profile(std::move(listener));
    held = &profile;
    profile.request(1, "model/list", Object{});
    profile.standard_output(
        "{\"id\":7,\"method\":\"ask\"}\n{\"method\":\"warning\",\"params\":{\"message\":\"w\"}}\n");
    const Lines heard = log.take();
    profile.end_of_output();
    if (given) {
      EXPECT_EQ(heard, (Lines{R"(global codex.warning {"message": "w"})"}));
      EXPECT_TRUE(profile.waiting_requests().empty());
    } else {
      EXPECT_EQ(heard, Lines());
      EXPECT_EQ(log.take(), Lines());
      EXPECT_EQ(profile.waiting_requests(), std::vector<std::size_t>{1});
    }
  }
}

TEST(CodexSdkProfile, TellsWhatStandardErrorHeldAtTheEnd) {
  Log log;
  CodexSdkProfile profile(log.listener());
  profile.standard_error("one\r\ntwo\n\nhalf");
  profile.end_of_error();
  profile.end_of_output();
  EXPECT_EQ(log.take(), Lines{"ended openai_codex.errors.TransportClosedError: Codex process "
                              "closed stdout. stderr_tail=one\ntwo\n\nhalf"});
  EXPECT_FALSE(profile.reading());
  profile.request("late", "thread/read", Object{});
  profile.standard_output("{\"id\":\"late\",\"result\":{}}\n");
  profile.end_of_output();
  EXPECT_EQ(log.take(), Lines());
  EXPECT_EQ(profile.waiting_requests(), std::vector<std::size_t>{1});
}

TEST(CodexSdkProfile, FailsARequestThatNobodyReads) {
  Log log;
  CodexSdkProfile profile(log.listener());
  profile.end_of_input();
  profile.request(1, "thread/read", Object{});
  EXPECT_EQ(log.take(), Lines{"response 1 BrokenPipeError: [Errno 32] Broken pipe"});
}

TEST(CodexSdkProfile, FillsInTheServersNameForCodex) {
  for (const auto& [result, shown] : std::vector<std::pair<std::string, std::string>>{
           {R"({"userAgent":"codex/0.163.0 [x]"})",
            R"({"serverInfo": {"name": "codex", "version": "0.163.0 [x]"}, "userAgent": "codex/0.163.0 [x]"})"},
           {R"({"userAgent":" name  1 2 ","platformOs":"linux"})",
            R"({"serverInfo": {"name": "name", "version": "1 2"}, "userAgent": " name  1 2 ", "platformOs": "linux"})"},
           {R"({"userAgent":"a/b","serverInfo":{"version":" 7 "}})",
            R"({"serverInfo": {"name": "a", "version": "7"}, "userAgent": "a/b"})"},
           {R"({"userAgent":"alone"})",
            "RuntimeError: initialize response missing required metadata (user_agent='alone', "
            "server_name='alone', server_version='')"},
           {R"({"userAgent":null})",
            "RuntimeError: initialize response missing required metadata (user_agent='', "
            "server_name='', server_version='')"}}) {
    Log log;
    CodexSdkProfile::Options options;
    options.api = CodexSdkProfile::Api::kCodex;
    CodexSdkProfile profile(log.listener(), options);
    profile.request("a", "initialize", Object{});
    profile.standard_output("{\"id\":\"a\",\"result\":" + result + "}\n");
    EXPECT_EQ(log.take(), Lines{"response 1 " + shown});
    EXPECT_EQ(profile.reading(), !shown.starts_with("RuntimeError"));
  }
}

TEST(CodexSdkProfile, ShowsNothingGlobalOfCodex) {
  Log log;
  CodexSdkProfile::Options options;
  options.api = CodexSdkProfile::Api::kAsync;
  CodexSdkProfile profile(log.listener(), options);
  profile.standard_output(
      "{\"method\":\"warning\",\"params\":{\"message\":\"w\"}}\n"
      "{\"id\":7,\"method\":\"item/fileChange/requestApproval\",\"params\":{}}\n");
  EXPECT_EQ(log.take(), Lines());
}

TEST(CodexSdkProfile, WorksWithoutAListener) {
  CodexSdkProfile profile(CodexSdkProfile::Listener{});
  profile.request(1, "turn/start", Object{{"threadId", "t"}});
  profile.standard_output(kTurnStartResponse);
  profile.standard_output("no json\n");
  EXPECT_FALSE(profile.reading());
  EXPECT_TRUE(profile.waiting_turns().empty());
}

// One secret in everything that a listener can be told; `count`: how often it stood there.
std::size_t secrets_shown(CodexSdkProfile::Options options) {
  const std::string secret = "ghp_" + std::string(30, 'a') + "Zz9Yx8";
  Log log;
  CodexSdkProfile::Listener listener = log.listener();
  listener.turn_event = [&log](const std::string&, std::string_view, const Value& data) {
    log.lines.push_back(json::dump(data));
  };
  CodexSdkProfile profile(listener, std::move(options));
  profile.request(1, "turn/start", Object{{"threadId", "t"}});
  profile.standard_output(kTurnStartResponse);
  profile.standard_output(
      R"({"id":9,"method":"item/commandExecution/requestApproval","params":{"command":")" + secret +
      "\"}}\n");
  profile.standard_output(R"({"method":"warning","params":{"message":")" + secret + "\"}}\n");
  profile.standard_output(
      R"({"method":"item/completed","params":{"completedAtMs":5,"threadId":"t","turnId":"u",)"
      R"("item":{"type":"agentMessage","id":"m","text":")" + secret + "\"}}}\n");
  profile.standard_output(
      R"({"method":"turn/completed","params":{"threadId":"t","turn":{"id":"u","items":[],)"
      R"("status":"completed"}}})" "\n");
  profile.request(2, "thread/name/set", Object{});
  profile.standard_output(R"({"id":2,"error":{"code":1,"message":")" + secret + "\"}}\n");
  profile.request(3, "turn/start", Object{{"threadId", "t"}});
  profile.standard_output("no JSON " + secret + "\n");
  return static_cast<std::size_t>(
      std::count_if(log.lines.begin(), log.lines.end(), [&](const std::string& line) {
        return line.find(secret) != std::string::npos;
      }));
}

TEST(CodexSdkProfile, WhatItTellsIsScrubbedUnlessToldOtherwise) {
  EXPECT_EQ(secrets_shown({}), 0u);
  CodexSdkProfile::Options raw;
  raw.scrubbing = Scrubbing::off();
  // The approval, the global event, the turn's event, its result, the error of a call, the error
  // of the call that waited, the end of the connection.
  EXPECT_EQ(secrets_shown(raw), 7u);
}

}  // namespace
}  // namespace codex::telemetry
