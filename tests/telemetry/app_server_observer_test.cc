#include "codex/telemetry/app_server_observer.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "codex/telemetry/event_names.h"
#include "codex/telemetry/registry.h"

namespace codex::telemetry {
namespace {

using json::Array;
using json::Object;
using json::Value;

// What one side wrote, and which.
struct Said {
  bool client = false;
  std::string bytes;
};
Said client(std::string line) { return {true, std::move(line) + "\n"}; }
Said codex(std::string line) { return {false, std::move(line) + "\n"}; }

struct Seen {
  std::vector<std::string> events;  // everything that an event has, in one text
  std::vector<std::string> names;   // less codex.session.start and .stop
  std::vector<Event> whole;
  std::vector<std::string> misfits;
  const Event& only(std::string_view name) const {
    static const Event none{};
    const auto is = [name](const Event& event) { return event.name == name; };
    EXPECT_EQ(std::count_if(whole.begin(), whole.end(), is), 1) << name;
    const auto found = std::find_if(whole.begin(), whole.end(), is);
    return found == whole.end() ? none : *found;
  }
  std::string metadata(std::string_view name) const { return json::dump(only(name).metadata); }
};

// Feeds a connection, what each side says cut in pieces of `size`.
Seen observe(const std::vector<Said>& wire, std::size_t size = std::string::npos,
             AppServerObserver::Options options = {}, bool end = true) {
  Seen seen;
  Hub hub;
  options.correlation.session = "s";
  std::int64_t ticks = 0;
  options.clock = [&ticks] { return std::chrono::nanoseconds(++ticks); };
  options.listener = [&](const Event& event, std::string_view line) {
    if (const auto misfit = validate(event, "app-server")) seen.misfits.push_back(*misfit);
    const Correlation& ids = event.correlation;
    seen.events.push_back(json::dump(Array{event.name, event.metadata, event.measurements, line,
                                           ids.session, ids.thread, ids.turn, ids.item, ids.call,
                                           traceparent(ids.trace)}));
    if (event.name != event::kSessionStart && event.name != event::kSessionStop) {
      seen.names.emplace_back(event.name);
    }
    seen.whole.push_back(event);
  };
  AppServerObserver observer(hub, options);
  observer.started({"app-server"});
  for (const Said& said : wire) {
    for (std::string_view rest = said.bytes; !rest.empty();) {
      const std::string_view piece = rest.substr(0, size);
      rest.remove_prefix(piece.size());
      said.client ? observer.client_output(piece) : observer.standard_output(piece);
    }
  }
  if (end) observer.ended(0);
  EXPECT_EQ(seen.misfits, std::vector<std::string>());
  return seen;
}

using Names = std::vector<std::string>;

TEST(AppServerObserver, NamesANotificationByItsMethodAndKeepsItsParams) {
  const Seen seen = observe({codex(
      R"({"method":"item/agentMessage/delta","params":{"threadId":"t","turnId":"u","itemId":"i","delta":"hé","more":[1.0]}})")});
  EXPECT_EQ(seen.names, Names{"codex.item.agent_message.delta"});
  const Event& event = seen.only("codex.item.agent_message.delta");
  EXPECT_EQ(json::dump(event.metadata),
            R"({"threadId": "t", "turnId": "u", "itemId": "i", "delta": "h\u00e9", "more": [1.0]})");
  EXPECT_EQ(event.correlation.session, "s");
  EXPECT_EQ(event.correlation.thread, "t");
  EXPECT_EQ(event.correlation.turn, "u");
  EXPECT_EQ(event.correlation.item, "i");
  EXPECT_EQ(event.correlation.call, "");
}

TEST(AppServerObserver, KnowsEveryNotificationOfTheProtocol) {
  std::ifstream file(CTD_SOURCE_DIR "/telemetry/protocol/app_server.json");
  const json::ParseResult tables = json::parse(std::string{std::istreambuf_iterator<char>(file), {}});
  ASSERT_TRUE(tables);
  const Object& methods = *tables.value().get("notifications")->object();
  EXPECT_EQ(methods.size(), 85U);
  for (const auto& [method, type] : methods) {
    const std::string_view name = event_of_notification(method, Object{});
    ASSERT_NE(name, "") << method;
    const EventInfo* info = find_event(name);
    ASSERT_NE(info, nullptr) << name;
    EXPECT_NE(std::find(info->methods.begin(), info->methods.end(), method), info->methods.end())
        << name;
  }
  EXPECT_EQ(event_of_notification("item/updated", Object{}), "");
  EXPECT_EQ(event_of_notification("", Object{}), "");
}

std::string turn_completed(const std::string& status) {
  return R"({"method":"turn/completed","params":{"threadId":"t","turn":{"id":"u","items":[],"status":")" +
         status + R"("}}})";
}
const char* const kTurnStarted =
    R"({"method":"turn/started","params":{"threadId":"t","turn":{"id":"u","items":[],"status":"inProgress"}}})";

TEST(AppServerObserver, TellsHowATurnEnds) {
  for (const auto& [status, name] : std::map<std::string, std::string>{
           {"completed", "codex.turn.completed"},
           {"failed", "codex.turn.failed"},
           {"interrupted", "codex.turn.interrupted"},
           {"a new one", "codex.turn.completed"}}) {
    const Seen seen = observe({codex(kTurnStarted), codex(turn_completed(status))});
    EXPECT_EQ(seen.names, (Names{"codex.turn.start", name}));
    EXPECT_GT(seen.only(name).measurements.find("duration")->as_int64().value_or(0), 0);
    EXPECT_EQ(*seen.only(event::kSessionStop).metadata.find("completed"), Value(true));
  }
}

TEST(AppServerObserver, TellsATurnThatWasLeftOpen) {
  const Seen seen = observe({codex(kTurnStarted)});
  EXPECT_EQ(*seen.only(event::kSessionStop).metadata.find("completed"), Value(false));
}

TEST(AppServerObserver, TellsWhatIsUsedOfTokens) {
  const Seen seen = observe({codex(
      R"({"method":"thread/tokenUsage/updated","params":{"threadId":"t","turnId":"u","tokenUsage":{"last":{},"total":{"inputTokens":10,"cachedInputTokens":2,"outputTokens":5,"reasoningOutputTokens":1,"totalTokens":15}}}})")});
  EXPECT_EQ(json::dump(seen.only("codex.thread.token_usage.updated").measurements),
            R"({"input_tokens": 10, "cached_input_tokens": 2, "output_tokens": 5, )"
            R"("reasoning_output_tokens": 1, "total_tokens": 15})");
}

std::string item(const std::string& phase, const std::string& body) {
  return R"({"method":"item/)" + phase + R"(","params":{"threadId":"t","turnId":"u","item":)" +
         body + (phase == "started" ? R"(,"startedAtMs":1}})" : R"(,"completedAtMs":2}})");
}

TEST(AppServerObserver, TellsTheUseOfATool) {
  const Seen seen = observe(
      {codex(item("started", R"({"type":"commandExecution","id":"c","status":"inProgress"})")),
       codex(item("completed", R"({"type":"commandExecution","id":"c","status":"failed"})")),
       codex(item("started", R"({"type":"agentMessage","id":"m","text":""})")),
       codex(item("started", R"({"type":"webSearch","id":"w","query":"q"})")),
       codex(item("completed", R"({"type":"webSearch","id":"w","query":"q"})"))});
  EXPECT_EQ(seen.names,
            (Names{"codex.item.started", "codex.tool.start", "codex.item.completed",
                   "codex.tool.exception", "codex.item.started", "codex.item.started",
                   "codex.tool.start", "codex.item.completed", "codex.tool.stop"}));
  const Event& failed = seen.only(event::kToolException);
  EXPECT_EQ(json::dump(failed.metadata),
            R"({"tool": "commandExecution", "item": {"type": "commandExecution", "id": "c", "status": "failed"}})");
  EXPECT_EQ(failed.correlation.item, "c");
  EXPECT_NE(failed.measurements.find("duration"), nullptr);
}

TEST(AppServerObserver, TellsThatAThreadIsOver) {
  const Seen seen = observe({codex(R"({"method":"thread/closed","params":{"threadId":"t"}})")});
  EXPECT_EQ(seen.names, (Names{"codex.thread.closed", "codex.thread.stop"}));
}

Said asked(const std::string& id = "7",
           const std::string& method = "item/commandExecution/requestApproval") {
  return codex(R"({"id":)" + id + R"(,"method":")" + method +
               R"(","params":{"threadId":"t","turnId":"u","itemId":"c","command":"ls"}})");
}

TEST(AppServerObserver, TellsAnApprovalAndItsAnswer) {
  const std::vector<std::array<std::string, 3>> answers = {
      {R"("result":{"decision":"accept"})", "codex.approval.approved", "\"accept\""},
      {R"("result":{"decision":"acceptForSession"})", "codex.approval.approved",
       "\"acceptForSession\""},
      {R"("result":{"decision":{"acceptWithExecpolicyAmendment":{"a":1}}})",
       "codex.approval.approved", R"({"acceptWithExecpolicyAmendment": {"a": 1}})"},
      {R"("result":{"decision":{"applyNetworkPolicyAmendment":{"network_policy_amendment":{"action":"deny","host":"h"}}}})",
       "codex.approval.denied",
       R"({"applyNetworkPolicyAmendment": {"network_policy_amendment": {"action": "deny", "host": "h"}}})"},
      {R"("result":{"decision":"decline"})", "codex.approval.denied", "\"decline\""},
      {R"("result":{"decision":"cancel"})", "codex.approval.cancelled", "\"cancel\""},
      {R"("result":{"decision":"approved_for_session"})", "codex.approval.approved",
       "\"approved_for_session\""},
      {R"("result":{"decision":"abort"})", "codex.approval.cancelled", "\"abort\""},
      {R"("result":{"permissions":{"network":{"enabled":true}}})", "codex.approval.approved",
       R"({"permissions": {"network": {"enabled": true}}})"},
      {R"("result":{"permissions":{}})", "codex.approval.denied", R"({"permissions": {}})"},
      {R"("result":{})", "codex.approval.denied", "{}"},
      {R"("error":{"code":-1,"message":"no"})", "codex.approval.denied",
       R"({"code": -1, "message": "no"})"},
  };
  for (const auto& [answer, name, decision] : answers) {
    const Seen seen = observe({asked(), client(R"({"id":7,)" + answer + "}")});
    EXPECT_EQ(seen.names, (Names{"codex.approval.requested", name}));
    const Event& event = seen.only(name);
    EXPECT_EQ(json::dump(event.metadata),
              R"({"method": "item/commandExecution/requestApproval", "request_id": 7, "decision": )" +
                  decision + "}");
    EXPECT_EQ(event.correlation.thread + event.correlation.turn + event.correlation.item +
                  event.correlation.call,
              "tuc7");
    EXPECT_NE(event.measurements.find("duration"), nullptr);
  }
}

TEST(AppServerObserver, CancelsAnApprovalThatNobodyAnswered) {
  const Seen seen = observe({asked(), asked("\"q\"", "item/tool/call")});
  EXPECT_EQ(seen.names, (Names{"codex.approval.requested", "codex.server_request.received",
                               "codex.approval.cancelled", "codex.server_request.answered"}));
  EXPECT_EQ(seen.metadata(event::kApprovalCancelled),
            R"({"method": "item/commandExecution/requestApproval", "request_id": 7, "decision": null})");
}

TEST(AppServerObserver, TellsWhatElseCodexAsks) {
  const Seen seen = observe({asked("\"q\"", "item/tool/call"),
                             client(R"({"id":"q","result":{"success":true}})"),
                             client(R"({"id":"q","result":{}})")});
  EXPECT_EQ(seen.names, (Names{"codex.server_request.received", "codex.server_request.answered"}));
  EXPECT_EQ(seen.metadata(event::kServerRequestAnswered),
            R"({"method": "item/tool/call", "request_id": "q", "result": {"success": true}})");
}

TEST(AppServerObserver, TellsARequestThatFailed) {
  const Seen seen = observe(
      {client(R"({"id":"r","method":"turn/start","params":{"threadId":"t","input":[]}})"),
       client(R"({"method":"initialized"})"),
       codex(R"({"id":"r","error":{"code":-32600,"message":"no"}})"),
       codex(R"({"id":"r","result":{}})")});
  EXPECT_EQ(seen.names, (Names{"codex.request.failed", "codex.session.unknown"}));
  const Event& failed = seen.only(event::kRequestFailed);
  EXPECT_EQ(json::dump(failed.metadata),
            R"({"method": "turn/start", "request_id": "r", "error": {"code": -32600, "message": "no"}})");
  EXPECT_EQ(failed.correlation.thread, "t");
  EXPECT_EQ(failed.correlation.call, "r");
}

TEST(AppServerObserver, CarriesTheTraceOfTheClientsRequest) {
  const std::string parent = "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01";
  const Seen seen = observe(
      {client(R"({"id":1,"method":"thread/start","params":{},"trace":{"traceparent":")" + parent +
              R"("}})"),
       codex(R"({"id":1,"result":{"thread":{"id":"t"}}})"), codex(kTurnStarted)});
  EXPECT_EQ(traceparent(seen.only(event::kTurnStart).correlation.trace), parent);
}

TEST(AppServerObserver, TellsWhatItDoesNotUnderstandAndGoesOn) {
  const Seen seen = observe({
      codex("not json"),
      codex("[1]"),
      codex(""),
      codex("{\"a\":\"\xFF\"}"),
      client("{"),
      codex(R"({"method":"no/such","params":[1]})"),
      codex(R"({"method":5})"),
      codex(R"({"method":"turn/started","params":{"threadId":"t"}})"),
      codex(R"({"method":"turn/started","params":[]})"),
      codex(R"({"method":"item/x/requestApproval","id":1.5,"params":{}})"),
      codex(R"({"method":"item/x/requestApproval","id":1,"params":[]})"),
      codex(R"({"id":99,"result":{}})"),
      codex(kTurnStarted),
  });
  EXPECT_EQ(seen.names,
            (Names{"codex.session.malformed", "codex.session.malformed", "codex.session.malformed",
                   "codex.session.malformed", "codex.session.malformed", "codex.session.unknown",
                   "codex.session.unknown", "codex.session.invalid", "codex.session.invalid",
                   "codex.session.invalid", "codex.session.invalid", "codex.session.unknown",
                   "codex.turn.start"}));
  EXPECT_EQ(json::dump(seen.whole[1].metadata),
            R"x({"reason": "Expecting value: line 1 column 1 (char 0)", "line": "not json"})x");
  EXPECT_EQ(json::dump(seen.whole[5].metadata),
            R"x({"reason": "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)", "line": "{", "from": "client"})x");
  EXPECT_EQ(json::dump(seen.whole[6].metadata), R"({"type": "no/such", "payload": [1]})");
  EXPECT_EQ(json::dump(seen.whole[8].metadata),
            R"({"type": "turn/started", "reason": "codex.turn.start: metadata field \"turn\" is missing", "payload": {"threadId": "t"}})");
}

TEST(AppServerObserver, CutsALineThatIsTooLong) {
  AppServerObserver::Options options;
  options.max_line = 20;
  const Seen seen = observe({codex(std::string(1000, 'x')), codex("{}")}, 7, options);
  EXPECT_EQ(seen.metadata(event::kSessionMalformed),
            R"({"reason": "line too long", "line": ")" + std::string(20, 'x') + "\"}");
}

TEST(AppServerObserver, CountsALastLineWithoutItsEnd) {
  const Seen seen = observe({{false, R"({"method":"skills/changed","params":{}})"}});
  EXPECT_EQ(seen.names, Names{"codex.skills.changed"});
}

TEST(AppServerObserver, ForgetsTheOldest) {
  AppServerObserver::Options options;
  options.max_open = 2;
  std::vector<Said> wire;
  for (const char* id : {"1", "2", "3"}) wire.push_back(asked(id));
  for (const char* id : {"1", "2", "3"}) {
    wire.push_back(client(R"({"id":)" + std::string(id) + R"(,"result":{"decision":"accept"}})"));
  }
  const Seen seen = observe(wire, std::string::npos, options);
  EXPECT_EQ(std::count(seen.names.begin(), seen.names.end(), "codex.approval.approved"), 2);
}

TEST(AppServerObserver, NeverThrowsWhateverTheListenerDoes) {
  Hub hub;
  AppServerObserver::Options options;
  options.listener = [](const Event&, std::string_view) { throw 1; };
  AppServerObserver observer(hub, options);
  EXPECT_NO_THROW({
    observer.started({});
    observer.standard_output("x\n");
    observer.ended(std::nullopt, 9);
  });
}

// ---- recorded sessions ----

std::vector<std::filesystem::path> tapes() {
  std::vector<std::filesystem::path> found;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(CTD_SOURCE_DIR "/harness/sessions")) {
    if (entry.path().string().ends_with("-app-server.tape.jsonl")) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<Said> wire_of(const std::filesystem::path& tape) {
  std::vector<Said> wire;
  std::ifstream file(tape);
  for (std::string line; std::getline(file, line);) {
    const json::ParseResult parsed = json::parse(line);
    EXPECT_TRUE(parsed) << tape;
    if (!parsed) return {};
    if (const Value* sent = parsed.value().get(">")) wire.push_back(client(json::dump(*sent)));
    if (const Value* got = parsed.value().get("<")) wire.push_back(codex(json::dump(*got)));
  }
  return wire;
}

TEST(AppServerObserver, UnderstandsAllThatTheRealCodexSays) {
  std::size_t events = 0;
  for (const auto& tape : tapes()) {
    SCOPED_TRACE(tape.filename().string());
    for (const Event& event : observe(wire_of(tape)).whole) {
      ++events;
      EXPECT_NE(event.name, event::kSessionInvalid) << json::dump(event.metadata);
      EXPECT_NE(event.name, event::kSessionMalformed) << json::dump(event.metadata);
      EXPECT_NE(event.name, event::kSessionUnknown) << json::dump(event.metadata);
    }
  }
  EXPECT_GT(events, 1000U);
}

TEST(AppServerObserver, SaysTheSameHoweverTheBytesAreCut) {
  const auto all = tapes();
  ASSERT_FALSE(all.empty());
  rc::check("cut into pieces of any size", [&] {
    std::vector<Said> wire = wire_of(all[*rc::gen::inRange<std::size_t>(0, all.size())]);
    wire.push_back(codex("broken \xC3"));
    wire.push_back(codex(R"({"method":"turn/started"})"));
    const auto size = *rc::gen::inRange<std::size_t>(1, 200);
    RC_ASSERT(observe(wire, size).events == observe(wire).events);
  });
}

}  // namespace
}  // namespace codex::telemetry
