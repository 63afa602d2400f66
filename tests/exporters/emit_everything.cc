// Sends to an OpenTelemetry collector all that this library has: every registered event, spans of
// every type, every metric; and writes what it sent, one JSON object a line, in the library's own
// words: scripts/exporters/check_collector.py compares that with what arrived.
//
//   ctd_emit_everything URL >SENT
#include <cmath>
#include <iostream>
#include <limits>
#include <mutex>

#include "codex/telemetry/event_names.h"
#include "codex/telemetry/otlp.h"
#include "codex/telemetry/registry.h"

namespace {

using namespace codex::telemetry;
using codex::json::Array;
using codex::json::Kind;
using codex::json::Object;
using codex::json::Value;

void write(Object line) {
  std::cout << codex::json::dump(line, codex::json::kCompact) << '\n';
}

std::string nanoseconds(std::chrono::system_clock::time_point time) {
  return std::to_string(std::chrono::nanoseconds(time.time_since_epoch()).count());
}

Value nested(int depth) {
  Value value = "bottom";
  for (int i = 0; i < depth; ++i)
    value = i % 2 == 0 ? Value(Array{std::move(value)}) : Value(Object{{"in", std::move(value)}});
  return value;
}

// Values that are hard to carry, by kind; `turn` tells which.
Value sample(Kind kind, std::size_t turn) {
  static const Array kStrings = {"",
                                 "plain",
                                 "two\nlines",
                                 std::string("nul\0!", 5),
                                 "é😀\u202e\u2028",
                                 "\"\\</script>",
                                 std::string(5000, 'x')};
  static const Array kIntegers = {0,
                                  -1,
                                  std::numeric_limits<std::int64_t>::max(),
                                  std::numeric_limits<std::int64_t>::min(),
                                  (std::int64_t{1} << 53) + 1,
                                  Value(codex::json::Integer{"9223372036854775808"}),
                                  Value(codex::json::Integer{"-123456789012345678901234567890"})};
  static const Array kReals = {0.1,
                               -0.0,
                               1e300,
                               5e-324,
                               std::nan(""),
                               std::numeric_limits<double>::infinity(),
                               -std::numeric_limits<double>::infinity()};
  static const Array kArrays = {Array{}, Array{1, "x", nullptr, true, 1.5}, nested(64)};
  static const Array kObjects = {Object{}, Object{{"a", Object{{"b", Array{Object{}}}}}, {"", 1}},
                                 Object{{"null", nullptr}, {"t", true}}};
  const auto of = [turn](const Array& values) { return values[turn % values.size()]; };
  switch (kind) {
    case Kind::kNull:
      return nullptr;
    case Kind::kBoolean:
      return turn % 2 == 0;
    case Kind::kInteger:
      return of(kIntegers);
    case Kind::kReal:
      return of(kReals);
    case Kind::kString:
      return of(kStrings);
    case Kind::kArray:
      return of(kArrays);
    case Kind::kObject:
      return of(kObjects);
  }
  return nullptr;
}

// A value of a kind that the registry allows.
Value sample(const FieldInfo& field, std::size_t turn) {
  for (std::size_t i = 0; i < 7; ++i) {
    const auto kind = static_cast<Kind>((turn + i) % 7);
    if ((field.kinds >> static_cast<unsigned>(kind) & 1U) != 0) return sample(kind, turn);
  }
  return nullptr;
}

void emit_events(Hub& hub) {
  std::size_t turn = 0;
  for (const EventInfo& info : all_events()) {
    for (const MetadataInfo& metadata : info.metadata) {
      Event event;
      event.name = info.name;
      event.time = std::chrono::system_clock::now();
      for (const FieldInfo& field : info.measurements)
        if (field.name != "*") event.measurements.set(field.name, sample(field, ++turn));
      for (const FieldInfo& field : metadata.fields)
        event.metadata.set(field.name == "*" ? "something else" : field.name,
                           sample(field, ++turn));
      event.correlation = {"session", "thread " + std::to_string(turn % 5),
                           "turn",    "item",
                           "call",    make_trace_context()};
      if (turn % 3 == 0) event.correlation.trace = {};
      event.correlation.trace.sampled = turn % 2 == 0;
      hub.emit(std::move(event));
      hub.flush();  // deltas wait for the next one
    }
  }
}

// Writes each span when it ends, with its trace.
class Writer final : public TracingProcessor {
 public:
  void on_trace_start(const Trace& trace) override { trace_ = trace.exported(); }
  void on_trace_end(const Trace&) override { trace_ = {}; }
  void on_span_start(const Span&) override {}
  void on_span_end(const Span& span) override {
    write({{"span", span.exported()}, {"trace", trace_}});
  }

 private:
  Object trace_;
};

template <typename Data, typename Fill>
std::shared_ptr<SpanData> data(const Fill& fill) {
  auto made = std::make_shared<Data>();
  fill(*made);
  return made;
}

std::vector<std::shared_ptr<SpanData>> span_data() {
  const Object usage{{"input_tokens", 10},
                     {"output_tokens", 20},
                     {"cached_input_tokens", 3},
                     {"cache_write_input_tokens", 4},
                     {"requests", 1},
                     {"total_tokens", 30}};
  Object many;
  for (int i = 0; i < 200; ++i)
    many.append("key " + std::to_string(i), i);
  Object hard;
  for (std::size_t i = 0; i < 49; ++i)
    hard.append("hard " + std::to_string(i), sample(static_cast<Kind>(i % 7), i / 7));
  return {
      data<AgentSpanData>([](AgentSpanData& d) {
        d.name = "Assistant";
        d.tools = Array{"codex", "search"};
        d.handoffs = Array{};
        d.output_type = "str";
        d.extra = Object{{"who", "me"}};
      }),
      data<TaskSpanData>([&](TaskSpanData& d) {
        d.name = "workflow";
        d.usage = usage;
      }),
      data<TurnSpanData>([&](TurnSpanData& d) {
        d.turn = 3;
        d.agent_name = "Assistant";
        d.usage = usage;
      }),
      data<FunctionSpanData>([](FunctionSpanData& d) {
        d.name = "codex";
        d.input = "{\"inputs\":[]}";
        d.output = Object{{"a", Array{1, 2.5, true}}};
        d.mcp_data = Object{{"server", "s"}};
      }),
      data<GenerationSpanData>([&](GenerationSpanData& d) {
        d.input = Array{Object{{"role", "user"}, {"content", "hi é"}}};
        d.output = Array{};
        d.model = "gpt-5.5";
        d.model_config = Object{{"temperature", 0.25}, {"top_p", nullptr}, {"seed", 7}};
        d.usage = usage;
      }),
      data<ResponseSpanData>([&](ResponseSpanData& d) {
        d.response_id = "resp_1";
        d.usage = usage;
      }),
      data<HandoffSpanData>([](HandoffSpanData& d) {
        d.from_agent = "A";
        d.to_agent = "B";
      }),
      std::make_shared<CustomSpanData>("Codex command execution",
                                       Object{{"command", "ls"}, {"exit_code", 0}}),
      std::make_shared<CustomSpanData>("many", many),
      std::make_shared<CustomSpanData>("hard", hard),
      data<GuardrailSpanData>([](GuardrailSpanData& d) {
        d.name = "guard";
        d.triggered = true;
      }),
      data<McpToolsSpanData>([](McpToolsSpanData& d) {
        d.server = "s";
        d.result = Array{"a", "b"};
      }),
  };
}

void emit_spans(TraceProvider& provider) {
  TraceProvider::TraceOptions named;
  named.name = "everything";
  named.group_id = "group_1";
  named.metadata = Object{{"k", Array{1, "v"}}};
  const auto trace = provider.create_trace(named);
  provider.start_trace(trace);
  for (const bool fails : {false, true}) {
    for (const auto& one : span_data()) {
      const auto root = provider.create_span(one);
      provider.start(root, true);
      const auto leaf = provider.create_span(std::make_shared<CustomSpanData>("leaf", Object{}));
      provider.start(leaf);
      provider.finish(leaf);
      if (fails) root->set_error({"it failed\x01", Object{{"type", "Broken"}, {"why", "é"}}});
      provider.finish(root, true);
    }
  }
  provider.finish_trace(trace);
}

void count(Metrics& metrics) {
  for (const MetricInfo& info : all_metrics()) {
    if (info.kind == MetricKind::kHistogram) {
      for (std::uint64_t value = 1; value < 10'000'000'000'000; value *= 7)
        metrics.histogram(info.name, {"a", "b"}).record(value);
      metrics.histogram(info.name, {"é\n"}).record(0);
    } else {
      metrics.counter(info.name, {"a", "b"}).add(1'000'000'007);
      metrics.counter(info.name, {"", "only the second"})
          .add(info.kind == MetricKind::kUpDownCounter ? -3 : 3);
    }
  }
}

void write_metrics(const Metrics& metrics) {
  for (const MetricSample& sample : metrics.snapshot()) {
    for (const MetricPoint& point : sample.points) {
      Object labels;
      for (const auto& [name, value] : point.labels)
        labels.append(std::string(name), value);
      Object line{{"name", sample.info->name},
                  {"unit", sample.info->unit},
                  {"help", sample.info->help},
                  {"labels", labels},
                  {"since", nanoseconds(metrics.since())}};
      if (sample.info->kind == MetricKind::kHistogram) {
        Array buckets, bounds;
        for (const std::uint64_t bucket : point.histogram.buckets)
          buckets.push_back(bucket);
        for (const std::uint64_t bound : sample.info->bounds)
          bounds.push_back(bound);
        line.append("histogram", Object{{"count", point.histogram.count},
                                        {"sum", point.histogram.sum},
                                        {"buckets", buckets},
                                        {"bounds", bounds}});
      } else {
        line.append("value", point.value);
        line.append("monotonic", sample.info->kind == MetricKind::kCounter);
      }
      write({{"metric", line}});
    }
  }
}

void write_event(const Event& event) {
  const EventInfo& info = *find_event(event.name);
  const Correlation& ids = event.correlation;
  write({{"event", Object{{"name", event.name},
                          {"time", nanoseconds(event.time)},
                          {"level", level_name(info.level)},
                          {"template", info.message},
                          {"measurements", event.measurements},
                          {"metadata", event.metadata},
                          {"ids", Object{{"session", ids.session},
                                         {"thread", ids.thread},
                                         {"turn", ids.turn},
                                         {"item", ids.item},
                                         {"call", ids.call}}},
                          {"trace_id", ids.trace.trace_id},
                          {"span_id", ids.trace.span_id},
                          {"sampled", ids.trace.sampled}}}});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: ctd_emit_everything URL >SENT\n";
    return 2;
  }
  exporter_logger().attach([](const LogRecord& record) { std::cerr << record.message() << '\n'; });
  Hub hub;
  TraceProvider provider;
  Metrics metrics;
  OtlpOptions options = otlp_options(argv[1]);
  options.resource = {{"service.name", "everything"}, {"note", "é\n"}};
  for (OtlpSignal* const signal : {&options.traces, &options.logs})
    signal->max_queue = 100'000;
  const auto exporter =
      attach_otlp({.traces = &provider, .events = &hub, .metrics = &metrics}, options);
  provider.add_processor(std::make_shared<Writer>());
  hub.attach("", write_event);
  write({{"registered", static_cast<std::int64_t>(all_events().size())}});
  emit_events(hub);
  emit_spans(provider);
  count(metrics);
  write_metrics(metrics);
  const bool all = exporter->shutdown(std::chrono::steady_clock::now() + std::chrono::seconds(30));
  for (const ExporterStats& stats : exporter->stats()) {
    write({{"account", Object{{"signal", stats.signal},
                              {"emitted", stats.emitted},
                              {"exported", stats.exported},
                              {"dropped", stats.dropped()}}}});
  }
  return all ? 0 : 1;
}
