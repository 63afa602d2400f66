// The observers of both transports: the bytes of a session in, events at a handler out. The tapes
// are those that the Python clients get in the same run, see tapes.py: CTD_INGEST_TAPES is their
// folder, and without it a small one is made here.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "codex/telemetry/app_server_observer.h"
#include "codex/telemetry/event.h"
#include "codex/telemetry/exec_observer.h"
#include "codex/telemetry/json.h"
#include "tests/benchmarks/allocations.h"

#include <benchmark/benchmark.h>

namespace codex::benchmarks {
namespace {

namespace tel = codex::telemetry;

// Of a pipe.
constexpr std::size_t kPiece = 65536;

std::string small_session(bool app_server) {
  std::string made = app_server
                         ? R"({"method":"turn/started","params":{"threadId":"t","turn":{"id":"1","items":[],"status":"inProgress"}}})"
                         : R"({"type":"turn.started"})";
  made += '\n';
  for (int i = 0; i < 20; ++i) {
    const std::string id = std::to_string(i);
    made += app_server
                ? R"({"method":"item/agentMessage/delta","params":{"threadId":"t","turnId":"1","itemId":"m)" + id + R"(","delta":"some words "}})"
                : R"({"type":"item.completed","item":{"id":"m)" + id + R"(","type":"agent_message","text":"some words"}})";
    made += '\n';
  }
  return made;
}

std::string session(std::string_view name, bool app_server) {
  const char* const folder = std::getenv("CTD_INGEST_TAPES");
  if (folder == nullptr) return small_session(app_server);
  std::ifstream file(std::string(folder) + "/" + std::string(name), std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

template <typename Observer>
void feed(Observer& observer, std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size(); at += kPiece)
    observer.standard_output(bytes.substr(at, kPiece));
}

void start(tel::ExecObserver& observer) { observer.started({"codex", "exec"}, "go"); }
void start(tel::AppServerObserver& observer) { observer.started({"codex", "app-server"}); }

template <typename Observer>
void observe(benchmark::State& state, std::string_view name, bool listen) {
  const std::string bytes = session(name, std::is_same_v<Observer, tel::AppServerObserver>);
  const auto lines = static_cast<std::int64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
  std::uint64_t events = 0;
  const auto run = [&] {
    tel::Hub hub;
    if (listen) hub.attach("codex", [&](const tel::Event&) { ++events; });
    Observer observer(hub);
    start(observer);
    feed(observer, bytes);
    observer.ended(0);
  };
  run();
  const std::uint64_t before = allocations();
  for (auto _ : state)
    run();
  const auto all = static_cast<double>(lines) * static_cast<double>(state.iterations());
  state.counters["allocations"] = static_cast<double>(allocations() - before) / all;
  state.counters["lines"] = static_cast<double>(lines);
  state.SetItemsProcessed(lines * static_cast<std::int64_t>(state.iterations()));
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes.size()) * state.iterations());
}

void exec(benchmark::State& state) { observe<tel::ExecObserver>(state, "exec.jsonl", true); }
BENCHMARK(exec)->Name("ingest/exec");

void exec_nobody(benchmark::State& state) { observe<tel::ExecObserver>(state, "exec.jsonl", false); }
BENCHMARK(exec_nobody)->Name("ingest/exec_nobody_listens");

void app_server(benchmark::State& state) {
  observe<tel::AppServerObserver>(state, "app_server.jsonl", true);
}
BENCHMARK(app_server)->Name("ingest/app_server");

void app_server_nobody(benchmark::State& state) {
  observe<tel::AppServerObserver>(state, "app_server.jsonl", false);
}
BENCHMARK(app_server_nobody)->Name("ingest/app_server_nobody_listens");

// The reader alone.
void read_json(benchmark::State& state) {
  const std::string bytes = session("exec.jsonl", false);
  std::int64_t lines = 0;
  for (auto _ : state) {
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t end = bytes.find('\n', at);
      benchmark::DoNotOptimize(json::parse(std::string_view(bytes).substr(at, end - at)));
      at = end + 1;
      ++lines;
    }
  }
  state.SetItemsProcessed(lines);
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes.size()) * state.iterations());
}
BENCHMARK(read_json)->Name("ingest/read_json");

}  // namespace
}  // namespace codex::benchmarks
