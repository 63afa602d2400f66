// The programs of telemetry/examples, as a reader runs them; a shell script stands for codex.
#include <fstream>
#include <iterator>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codex/telemetry/json.h"
#include "tests/support/cli_runner.h"
#include "tests/support/failure_server.h"
#include "tests/support/json_at.h"
#include "tests/support/temp_folder.h"

namespace codex::test {
namespace {

const std::string kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string kParent = "00-" + kTrace + "-00f067aa0ba902b7-01";

constexpr char kLog[] = R"({"type":"thread.started","thread_id":"t1"}
{"type":"turn.started"}
{"type":"item.completed","item":{"id":"item_0","type":"agent_message","text":"hi\u001b[31m"}}
not json
{"type":"turn.completed","usage":{"input_tokens":10,"cached_input_tokens":0,"output_tokens":5}}
)";

constexpr char kShown[] = R"out(codex.thread.start thread="t1" {"thread_id":"t1"}
codex.turn.start thread="t1" turn="1" {}
codex.item.completed thread="t1" turn="1" item="item_0" {"item":{"id":"item_0","type":"agent_message","text":"hi\u001b[31m"}}
codex.session.malformed thread="t1" turn="1" {"reason":"Expecting value: line 1 column 1 (char 0)","line":"not json"}
codex.turn.completed thread="t1" turn="1" {"usage":{"input_tokens":10,"cached_input_tokens":0,"output_tokens":5}}
codex.session.stop thread="t1" turn="1" {"exit_code":null,"signal":null,"stderr":"","completed":true}
)out";

class Examples : public ::testing::Test {
 protected:
  // `arguments` as a shell has them; stdin is the file `input`.
  Finished run(const std::string& arguments, std::vector<std::string> environment = {}) const {
    environment.insert(environment.end(), {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8"});
    return run_program({{"/bin/sh", "-c", CTD_BIN_DIR "/examples/" + arguments + " < input"},
                        std::move(environment),
                        folder_.path()});
  }
  std::string read(const std::string& name) const {
    std::ifstream file(folder_.path() + "/" + name);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  TempFolder folder_;
};

// What differs from run to run: span ids and times.
std::string steady(const std::string& text) {
  const std::string spans = std::regex_replace(text, std::regex("span_[0-9a-f]{24}"), "<span>");
  const std::string ids = std::regex_replace(spans, std::regex("span=\"[0-9a-f]{16}\""), "span=<>");
  return std::regex_replace(ids, std::regex("\"2[0-9-]{9}T[0-9:.]+\\+00:00\""), "<time>");
}

// The first 16 digits of the id of the span of that name, as the example printed it.
std::string span_id(const std::string& out, const std::string& name) {
  std::istringstream lines(out);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(R"({"object":"trace.span")")) continue;
    const json::Value span = parsed(line);
    if (at(span, "/span_data/name").text() != name) continue;
    return std::string(at(span, "/id").text().substr(5, 16));
  }
  ADD_FAILURE() << "no span " << name << " in\n" << out;
  return {};
}

TEST_F(Examples, ObserveExecTellsWhatALogSays) {
  folder_.write("input", kLog);
  const Finished finished = run("observe_exec");
  EXPECT_EQ(finished.status, 0);
  EXPECT_EQ(finished.err, "");
  EXPECT_EQ(finished.out, kShown);
}

TEST_F(Examples, ObserveExecFailsWithAFailedTurn) {
  folder_.write("input", R"({"type":"turn.failed","error":{"message":"no"}})");
  EXPECT_EQ(run("observe_exec").status, 1);
}

TEST_F(Examples, ObserveAppServerTellsWhatPassed) {
  folder_.write("input",
                R"({"tape":1,"transport":"app-server"})" "\n"
                R"({">":{"id":1,"method":"turn/start","params":{"threadId":"t"}}})" "\n"
                R"({"<":{"id":1,"error":{"code":-32600,"message":"no"}}})" "\n"
                R"({"<":{"method":"thread/archived","params":{"threadId":"t"}}})" "\n");
  const Finished finished = run("observe_app_server");
  EXPECT_EQ(finished.status, 0);
  EXPECT_EQ(finished.out,
            R"(codex.request.failed thread="t" call="1" {"method":"turn/start","request_id":1,)"
            R"("error":{"code":-32600,"message":"no"}})" "\n"
            R"(codex.thread.archived thread="t" {"threadId":"t"})" "\n"
            R"(codex.session.stop {"exit_code":null,"signal":null,"stderr":"","completed":true})" "\n");
}

TEST_F(Examples, SpawnCodexTellsWhatHappensUnderItsSpan) {
  folder_.write("input", "say hi");
  folder_.write("codex",
                "cat >got-stdin; env | grep '^TRACE' | sort >got-environment\n"
                R"(echo '{"type":"thread.started","thread_id":"t1"}')"
                "\n"
                R"(echo '{"type":"turn.started"}')"
                "\nexit 3\n");
  const Finished finished = run("spawn_codex sh codex exec -",
                                {"TRACEPARENT=" + kParent, "TRACESTATE=rojo=1,congo=2"});
  EXPECT_EQ(finished.status, 3);
  EXPECT_EQ(finished.err, "");
  const std::string ids = R"( trace=")" + kTrace + R"(" span=<> )";
  EXPECT_EQ(steady(finished.out),
            R"(codex.session.start session="spawn_codex")" + ids +
                R"({"transport":"exec","argv":["codex","exec","-"],"stdin":"say hi"})" "\n"
                R"(codex.thread.start session="spawn_codex" thread="t1")" + ids +
                R"({"thread_id":"t1"})" "\n"
                R"(codex.turn.start session="spawn_codex" thread="t1" turn="1")" + ids + "{}\n"
                R"(codex.session.stop session="spawn_codex" thread="t1" turn="1")" + ids +
                R"({"exit_code":3,"signal":null,"stderr":"","completed":false})" "\n"
                R"({"object":"trace.span","id":"<span>","trace_id":"trace_)" + kTrace +
                R"(","parent_id":null,"started_at":<time>,"ended_at":<time>,"span_data":{"type":)"
                R"("custom","name":"codex exec","data":{}},"error":{"message":"codex failed",)"
                R"("data":{"exit":3}}})" "\n");
  // What it was given: our trace, our span as the parent, and the other vendors' list as it came.
  const std::string span = span_id(finished.out, "codex exec");
  EXPECT_THAT(finished.out, ::testing::HasSubstr("span=\"" + span + "\""));
  EXPECT_EQ(read("got-environment"), "TRACEPARENT=00-" + kTrace + "-" + span +
                                         "-01\nTRACESTATE=rojo=1,congo=2\n");
  EXPECT_EQ(read("got-stdin"), "say hi");
}

TEST_F(Examples, SpawnCodexMakesATraceOfItsOwnAndSaysWhatCannotBeStarted) {
  folder_.write("input", "");
  const Finished traced = run("spawn_codex env", {"TRACEPARENT=bad", "TRACESTATE=rojo=1"});
  EXPECT_EQ(traced.status, 0);
  EXPECT_THAT(traced.out, ::testing::ContainsRegex("TRACEPARENT=00-[0-9a-f]{32}-[0-9a-f]{16}-01"));
  EXPECT_THAT(traced.out, ::testing::Not(::testing::HasSubstr("TRACESTATE")));
  const Finished missing = run("spawn_codex ./no-such-codex || echo status $?");
  EXPECT_EQ(missing.err, "spawn_codex: ./no-such-codex: No such file or directory\n");
  EXPECT_EQ(run("spawn_codex sh -c 'kill -9 $$'").status, 128 + 9);
}

constexpr char kServer[] = R"(while read -r line; do
  echo "$line" >>requests
  id=$(printf '%s' "$line" | sed -n 's/^{"id": \([0-9]*\),.*/\1/p')
  case $line in
    *'"thread/start"'*) result='{"thread":{"id":"t1"}}' ;;
    *) result='{}' ;;
  esac
  [ -z "$id" ] || echo '{"id":'"$id"',"result":'"$result"'}'
  case $line in
    *'"turn/start"'*)
      echo '{"method":"turn/started","params":{}}'
      echo '{"method":"turn/completed","params":{}}' ;;
  esac
done
)";

TEST_F(Examples, DriveAppServerMakesEachRequestUnderItsOwnSpan) {
  folder_.write("input", "");
  folder_.write("server", kServer);
  const Finished finished =
      run("drive_app_server 'say hi' sh server", {"TRACEPARENT=" + kParent, "TRACESTATE=rojo=1"});
  EXPECT_EQ(finished.status, 0) << finished;
  EXPECT_THAT(finished.out, ::testing::StartsWith("{\"object\""));
  EXPECT_THAT(finished.out, ::testing::HasSubstr("\"turn/started\"\n\"turn/completed\"\n{"));
  const auto trace = [&](const std::string& name) {
    return R"("trace": {"traceparent": "00-)" + kTrace + "-" + span_id(finished.out, name) +
           R"(-01", "tracestate": "rojo=1"}})";
  };
  EXPECT_EQ(read("requests"),
            R"({"id": 1, "method": "initialize", "params": {"clientInfo": {"name": )"
            R"("drive_app_server", "title": "An example", "version": "1"}}, )" +
                trace("initialize") + "\n" + R"({"method": "initialized"})" + "\n" +
                R"({"id": 2, "method": "thread/start", "params": {}, )" + trace("thread/start") +
                "\n" +
                R"({"id": 3, "method": "turn/start", "params": {"threadId": "t1", "input": )"
                R"([{"type": "text", "text": "say hi"}]}, )" +
                trace("turn/start") + "\n" +
                R"({"id": 4, "method": "thread/unsubscribe", "params": {"threadId": "t1"}, )" +
                trace("thread/unsubscribe") + "\n");
}

TEST_F(Examples, DriveAppServerSaysWhatWentWrong) {
  folder_.write("input", "");
  const Finished gone = run("drive_app_server hi true");
  EXPECT_EQ(gone.status, 1);
  EXPECT_EQ(gone.err, "drive_app_server: the server has ended\n");
  folder_.write("server", "read -r line; echo '{\"id\":1,\"error\":{}}'; read -r line\n");
  const Finished refused = run("drive_app_server hi sh server");
  EXPECT_EQ(refused.status, 1);
  EXPECT_EQ(refused.err, "drive_app_server: initialize failed\n");
  EXPECT_EQ(run("drive_app_server 2>&1 || test $? = 2").status, 0);
}

#ifdef CTD_OTLP
TEST_F(Examples, ExportOtlpTellsWhatWentOut) {
  folder_.write("input", "say hi");
  folder_.write("codex", "cat >/dev/null; echo '{\"type\":\"turn.started\"}'; exit 3\n");
  const Finished silent = run("export_otlp sh codex");
  EXPECT_EQ(silent.status, 3);
  EXPECT_EQ(silent.err + silent.out, "");
  FailureServer server;
  const Finished finished = run("export_otlp sh codex", {"OTEL_EXPORTER_OTLP_ENDPOINT=" + server.url()});
  EXPECT_EQ(finished.status, 3);
  EXPECT_EQ(finished.err, "");
  EXPECT_THAT(finished.out, ::testing::StartsWith("span: 1 emitted, 1 exported, 0 dropped\n"
                                                  "log: 3 emitted, 3 exported, 0 dropped\n"));
  EXPECT_EQ(server.requests().size(), 3U);
}
#endif

}  // namespace
}  // namespace codex::test
