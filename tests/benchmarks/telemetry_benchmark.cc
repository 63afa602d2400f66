// The library beside its peers in C++, in one run. Names: SUBJECT/WHAT; scripts/benchmark knows
// which are compared with which, and the peers in Python.
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <memory>
#include <mutex>
#include <string>
#include <unistd.h>

#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/basic_file_sink.h>

#include "codex/telemetry/default_logger.h"
#include "codex/telemetry/event_names.h"
#include "codex/telemetry/metrics.h"
#include "codex/telemetry/tracing.h"
#include "tests/benchmarks/floors.h"
#include "tests/benchmarks/measure.h"

#include <benchmark/benchmark.h>

namespace codex::benchmarks {
namespace {

namespace tel = codex::telemetry;

// ---- floors ----

void load_and_branch(benchmark::State& state) {
  measure(state, [] {
    if (out_of_line_flag()) std::abort();
  });
}
BENCHMARK(load_and_branch)->Name("floor/load_and_branch");

void clock_now(benchmark::State& state) {
  measure(state, [] { benchmark::DoNotOptimize(std::chrono::steady_clock::now()); });
}
BENCHMARK(clock_now)->Name("floor/steady_clock_now");

// ---- events ----

tel::Correlation ids() {
  return {"",       "0199a213-81c0-7800-8aa1-bbab2a035a53",
          "1",      "item_0",
          "call_1", {"0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", true}};
}

void nobody_listens(benchmark::State& state) {
  const tel::Hub hub;
  measure(state, [&] {
    if (hub.active()) std::abort();
  });
}
BENCHMARK(nobody_listens)->Name("event/nobody_listens");

void one_handler(benchmark::State& state) {
  tel::Hub hub;
  hub.attach("codex", [](const tel::Event& event) { benchmark::DoNotOptimize(&event); });
  const tel::CorrelationScope scope(ids());
  measure(state, [&] { hub.emit(tel::event::kTurnStart); });
}
BENCHMARK(one_handler)->Name("event/one_handler");

// The same with an event that the caller makes.
void one_handler_own_event(benchmark::State& state) {
  tel::Hub hub;
  hub.attach("codex", [](const tel::Event& event) { benchmark::DoNotOptimize(&event); });
  const tel::CorrelationScope scope(ids());
  measure(state, [&] {
    hub.emit({tel::event::kTurnStart, {}, {}, {}, {}});
  });
}
BENCHMARK(one_handler_own_event)->Name("event/one_handler_own_event");

// With what an event mostly carries, built anew each time.
void one_handler_with_metadata(benchmark::State& state) {
  tel::Hub hub;
  hub.attach("codex", [](const tel::Event& event) { benchmark::DoNotOptimize(&event); });
  const tel::CorrelationScope scope(ids());
  measure(state, [&] {
    tel::Event event;
    event.name = tel::event::kToolStart;
    event.metadata.append("tool", "command_execution");
    event.metadata.append("command", "ls -la src");
    event.metadata.append("exit_code", 0);
    event.metadata.append("status", "in_progress");
    hub.emit(std::move(event));
  });
}
BENCHMARK(one_handler_with_metadata)->Name("event/one_handler_4_fields");

// ---- spans ----

class NoProcessor final : public tel::TracingProcessor {
  void on_trace_start(const tel::Trace& trace) override { benchmark::DoNotOptimize(&trace); }
  void on_trace_end(const tel::Trace& trace) override { benchmark::DoNotOptimize(&trace); }
  void on_span_start(const tel::Span& span) override { benchmark::DoNotOptimize(&span); }
  void on_span_end(const tel::Span& span) override { benchmark::DoNotOptimize(&span); }
};

template <typename Make>
void span_with(benchmark::State& state, const Make& make) {
  tel::Logger logger("openai.agents");
  tel::TraceProvider::Options options;
  options.logger = &logger;
  tel::TraceProvider provider(options);
  provider.set_processors({std::make_shared<NoProcessor>()});
  const auto trace = provider.create_trace({});
  provider.start_trace(trace);
  measure(state, [&] {
    const std::shared_ptr<tel::Span> made = make(provider);
    provider.start(made, true);
    provider.finish(made, true);
  });
  provider.finish_trace(trace);
}

void span(benchmark::State& state) {
  span_with(state, [](tel::TraceProvider& provider) {
    return provider.create_custom_span("step", {{"tool", "command_execution"},
                                                {"command", "ls -la src"},
                                                {"exit_code", std::int64_t{0}},
                                                {"status", "completed"}});
  });
}
BENCHMARK(span)->Name("span/4_attributes");

// The same with data that the caller makes.
void span_own_data(benchmark::State& state) {
  span_with(state, [](tel::TraceProvider& provider) {
    json::Object data;
    data.append("tool", "command_execution");
    data.append("command", "ls -la src");
    data.append("exit_code", 0);
    data.append("status", "completed");
    return provider.create_span(std::make_shared<tel::CustomSpanData>("step", std::move(data)));
  });
}
BENCHMARK(span_own_data)->Name("span/4_attributes_own_data");

// ---- log lines ----

constexpr std::string_view kMessage = "Invoking tool codex with input [redacted]";

// Each line is made whole and then thrown away.
void hand_rendered(benchmark::State& state) {
  std::string line;
  const tel::Correlation known = ids();
  measure(state, [&] {
    line.clear();
    hand_rendered_line(line, std::chrono::system_clock::now(), kMessage, known.thread, known.turn);
    benchmark::DoNotOptimize(line.data());
  });
}
BENCHMARK(hand_rendered)->Name("log/hand_rendered");

class Log {
 public:
  Log(tel::LogFormat format, tel::LogSink sink)
      : output_(tel::attach_default_logger(options(format, std::move(sink)))) {}
  ~Log() { output_.detach(); }
  void operator()() { logger_.debug(kMessage); }

 private:
  tel::DefaultLoggerOptions options(tel::LogFormat format, tel::LogSink sink) {
    tel::DefaultLoggerOptions made;
    made.format = format;
    made.level = tel::Level::kDebug;
    made.sink = std::move(sink);
    made.logger = &logger_;
    made.enabled = true;
    return made;
  }
  tel::Logger logger_{"openai.agents"};
  tel::DefaultLogger output_;
};

void log_with(benchmark::State& state, tel::LogFormat format, tel::LogSink sink) {
  Log log(format, std::move(sink));
  tel::Correlation known;
  known.thread = ids().thread;
  known.turn = ids().turn;
  const tel::CorrelationScope scope(known);
  measure(state, [&] { log(); });
}

tel::LogSink nowhere() {
  return tel::LogSink::function(
      [](std::string_view line) { benchmark::DoNotOptimize(line.data()); });
}

void json_line(benchmark::State& state) {
  log_with(state, tel::LogFormat::kJson, nowhere());
}
BENCHMARK(json_line)->Name("log/json");

void plain_line(benchmark::State& state) {
  log_with(state, tel::LogFormat::kLevelAndName, nowhere());
}
BENCHMARK(plain_line)->Name("log/plain");

void json_line_written(benchmark::State& state) {
  const int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
  log_with(state, tel::LogFormat::kJson, tel::LogSink::descriptor(fd));
  close(fd);
}
BENCHMARK(json_line_written)->Name("log/json_dev_null");

// spdlog's own null_sink does not even make the line; this does, and throws it away.
class Nowhere final : public spdlog::sinks::base_sink<std::mutex> {
  void sink_it_(const spdlog::details::log_msg& record) override {
    line_.clear();
    base_sink::formatter_->format(record, line_);
    benchmark::DoNotOptimize(line_.data());
  }
  void flush_() override {}
  spdlog::memory_buf_t line_;
};

void spdlog_with(benchmark::State& state, spdlog::sink_ptr sink) {
  spdlog::logger logger("openai.agents", std::move(sink));
  logger.set_level(spdlog::level::debug);
  logger.flush_on(spdlog::level::debug);
  measure(state, [&] { logger.debug(spdlog::string_view_t(kMessage.data(), kMessage.size())); });
}

void spdlog_line(benchmark::State& state) {
  spdlog_with(state, std::make_shared<Nowhere>());
}
BENCHMARK(spdlog_line)->Name("log/spdlog_default_pattern");

void spdlog_line_written(benchmark::State& state) {
  spdlog_with(state, std::make_shared<spdlog::sinks::basic_file_sink_mt>("/dev/null"));
}
BENCHMARK(spdlog_line_written)->Name("log/spdlog_dev_null");

// ---- metrics ----

void counter(benchmark::State& state) {
  static tel::Counter counter;
  measure(state, [] { counter.add(); });
}
BENCHMARK(counter)->Name("counter/ours")->Threads(1)->Threads(2)->UseRealTime();

void histogram(benchmark::State& state) {
  static tel::Histogram histogram(tel::find_metric("codex.turn.duration")->bounds);
  measure(state, [] { histogram.record(1'234'567'890); });
}
BENCHMARK(histogram)->Name("histogram/ours");

void counter_with_lookup(benchmark::State& state) {
  tel::Metrics metrics;
  measure(state, [&] { metrics.counter("codex.turns", {"completed"}).add(); });
}
BENCHMARK(counter_with_lookup)->Name("counter/ours_with_lookup");

}  // namespace
}  // namespace codex::benchmarks
