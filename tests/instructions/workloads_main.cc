// Fixed work, so many times over: what tests/instructions/guard.py counts the instructions of.
//
//   ctd_workloads              the names
//   ctd_workloads NAME TIMES
//
// The inputs are made here: a tape or golden that changes must not look like slower code.
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "codex/telemetry/app_server_observer.h"
#include "codex/telemetry/default_logger.h"
#include "codex/telemetry/event.h"
#include "codex/telemetry/event_names.h"
#include "codex/telemetry/exec_observer.h"
#include "codex/telemetry/json.h"
#include "codex/telemetry/metrics.h"
#include "codex/telemetry/scrub.h"
#include "codex/telemetry/tracing.h"
#include "golden/compare_files.h"

namespace codex {
namespace {

namespace tel = telemetry;

// What is made must not be optimized away.
volatile std::size_t seen = 0;

void event(std::size_t times) {
  tel::Hub hub;
  hub.attach("codex", [](const tel::Event& event) { seen = seen + event.name.size(); });
  const tel::CorrelationScope scope({"", "thread-1", "1", "item_0", "call_1", {}});
  for (std::size_t i = 0; i < times; ++i)
    hub.emit(tel::event::kTurnStart);
}

class NoProcessor final : public tel::TracingProcessor {
  void on_trace_start(const tel::Trace&) override {}
  void on_trace_end(const tel::Trace&) override {}
  void on_span_start(const tel::Span& span) override { seen = seen + span.id().size(); }
  void on_span_end(const tel::Span& span) override { seen = seen + span.id().size(); }
};

void span(std::size_t times) {
  tel::TraceProvider provider{tel::TraceProvider::Options{}};
  provider.set_processors({std::make_shared<NoProcessor>()});
  const auto trace = provider.create_trace({});
  provider.start_trace(trace);
  for (std::size_t i = 0; i < times; ++i) {
    const auto made = provider.create_custom_span("step", {{"tool", "command_execution"},
                                                           {"command", "ls -la src"},
                                                           {"exit_code", std::int64_t{0}},
                                                           {"status", "completed"}});
    provider.start(made, true);
    provider.finish(made, true);
  }
  provider.finish_trace(trace);
}

void log_line(std::size_t times) {
  tel::Logger logger("openai.agents");
  tel::DefaultLoggerOptions options;
  options.format = tel::LogFormat::kJson;
  options.level = tel::Level::kDebug;
  options.sink = tel::LogSink::function([](std::string_view line) { seen = seen + line.size(); });
  options.logger = &logger;
  options.enabled = true;
  tel::DefaultLogger output = tel::attach_default_logger(std::move(options));
  for (std::size_t i = 0; i < times; ++i)
    logger.debug("Invoking tool codex with input [redacted] " + std::to_string(i % 1000));
  output.detach();
}

void counter(std::size_t times) {
  tel::Metrics metrics;
  for (std::size_t i = 0; i < times; ++i)
    metrics.counter("codex.turns", {"completed"}).add();
}

void scrub(std::size_t times) {
  const tel::Scrubber scrubber;
  std::string clean;
  while (clean.size() < 4096)
    clean += "src/main.cc:12: note: in instantiation of 'parse(std::string)' required from here\n";
  const std::string secret = clean + "export OPENAI_API_KEY=sk-proj-" + std::string(48, 'a') + "\n";
  for (std::size_t i = 0; i < times; ++i) {
    std::string text = i % 2 == 0 ? clean : secret;
    scrubber.scrub(text);
    seen = seen + text.size();
  }
}

std::string exec_session() {
  std::string made = R"({"type":"thread.started","thread_id":"thread-1"})" "\n"
                     R"({"type":"turn.started"})" "\n";
  for (int i = 0; i < 8; ++i) {
    const std::string id = "item_" + std::to_string(i);
    made += R"({"type":"item.started","item":{"id":")" + id +
            R"(","type":"command_execution","command":"ls -la","aggregated_output":"","exit_code":null,"status":"in_progress"}})"
            "\n"
            R"({"type":"item.completed","item":{"id":")" + id +
            R"(","type":"command_execution","command":"ls -la","aggregated_output":"total 0\n\u00e9\n","exit_code":0,"status":"completed"}})"
            "\n";
  }
  return made +
         R"({"type":"turn.completed","usage":{"input_tokens":10,"cached_input_tokens":1,"output_tokens":5,"reasoning_output_tokens":0}})"
         "\n";
}

void observe_exec(std::size_t times) {
  const std::string bytes = exec_session();
  tel::Hub hub;
  hub.attach("codex", [](const tel::Event& event) { seen = seen + event.name.size(); });
  for (std::size_t i = 0; i < times; ++i) {
    tel::ExecObserver observer(hub);
    observer.started({"codex", "exec"}, "go");
    observer.standard_output(bytes);
    observer.ended(0);
  }
}

std::string app_server_session() {
  std::string made =
      R"({"method":"turn/started","params":{"threadId":"t","turn":{"id":"1","items":[],"status":"inProgress"}}})"
      "\n";
  for (int i = 0; i < 16; ++i) {
    made += R"({"method":"item/agentMessage/delta","params":{"threadId":"t","turnId":"1","itemId":"m1","delta":"some words "}})"
            "\n";
  }
  return made +
         R"({"method":"turn/completed","params":{"threadId":"t","turn":{"id":"1","items":[],"status":"completed"}}})"
         "\n";
}

void observe_app_server(std::size_t times) {
  const std::string bytes = app_server_session();
  tel::Hub hub;
  hub.attach("codex", [](const tel::Event& event) { seen = seen + event.name.size(); });
  for (std::size_t i = 0; i < times; ++i) {
    tel::AppServerObserver observer(hub);
    observer.started({"codex", "app-server"});
    observer.standard_output(bytes);
    observer.ended(0);
  }
}

std::string transcript(bool edited) {
  std::string made;
  for (int i = 0; i < 200; ++i) {
    const std::string number = std::to_string(i);
    const std::string lane = i % 3 == 0 ? "event/turn:1" : "log/call:1";
    if (edited && i % 50 == 7) continue;
    made += R"({"lane":")" + lane + R"(","name":"codex.item.updated","origin":"wire","data":{"item":{"id":"item_)" +
            number + R"(","text":")" + (edited && i % 40 == 3 ? "other" : "some") +
            R"( words","status":"completed","exit_code":0,"parts":[1,2.5,null,true]}}})" "\n";
  }
  return made;
}

void compare(std::size_t times) {
  const std::string a = transcript(false);
  const std::string b = transcript(true);
  const golden::IsMask nothing = [](const json::Value&, std::string*) { return false; };
  for (std::size_t i = 0; i < times; ++i) {
    golden::LineSkimmer skimmer(nothing);
    const auto expected = golden::TranscriptIndex::read(a, "a", skimmer);
    const auto actual = golden::TranscriptIndex::read(b, "b", skimmer, &expected.value());
    seen = seen + golden::compare(actual.value(), expected.value(), {}, nothing, skimmer).differences.size();
  }
}

void read_json(std::size_t times) {
  const std::string line = exec_session().substr(0, 600);
  const std::string_view first = std::string_view(line).substr(0, line.find('\n'));
  const std::string_view item = std::string_view(line).substr(line.find(R"({"type":"item.started)"));
  for (std::size_t i = 0; i < times; ++i) {
    seen = seen + static_cast<std::size_t>(json::parse(first).ok());
    seen = seen + static_cast<std::size_t>(json::parse(item.substr(0, item.find('\n'))).ok());
  }
}

using Workload = std::function<void(std::size_t)>;
const std::map<std::string_view, Workload> kWorkloads = {
    {"compare", compare},
    {"counter", counter},
    {"event", event},
    {"log-line", log_line},
    {"observe-app-server", observe_app_server},
    {"observe-exec", observe_exec},
    {"read-json", read_json},
    {"scrub", scrub},
    {"span", span},
};

}  // namespace
}  // namespace codex

int main(int argc, char** argv) {
  if (argc == 1) {
    for (const auto& [name, run] : codex::kWorkloads) std::printf("%s\n", std::string(name).c_str());
    return 0;
  }
  std::size_t times = 0;
  const auto found = codex::kWorkloads.find(argv[1]);
  if (argc == 3) {
    const std::string_view text(argv[2]);
    std::from_chars(text.data(), text.data() + text.size(), times);
  }
  if (found == codex::kWorkloads.end() || times == 0) {
    std::fputs("usage: ctd_workloads [NAME TIMES]\n", stderr);
    return 2;
  }
  found->second(times);
  return 0;
}
