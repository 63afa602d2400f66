// Secrets planted wherever a Codex session has text, driven through every sink of the library: none
// reaches any. The same run with scrubbing switched off shows that each sink would have let it out.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

#include "codex/telemetry/codex_tool_profile.h"
#include "codex/telemetry/default_logger.h"
#include "codex/telemetry/event_names.h"
#include "codex/telemetry/exec_observer.h"
#include "codex/telemetry/metrics.h"
#include "codex/telemetry/ostream_adapter.h"
#include "codex/telemetry/pipeline.h"
#include "codex/telemetry/spdlog_adapter.h"
#include "codex/telemetry/testing.h"
#include "codex/telemetry/testing_capture.h"
#include "secret_samples.h"

namespace codex::telemetry {
namespace {

using json::Array;
using json::Object;
using json::Value;

// No rule knows it: it stands in the environment of this process, under a name that tells of it.
// Set before main(), and so before anything can have read the environment.
const std::string kOfTheEnvironment = "plover" + std::string("-Zebra-") + "quartz 7/fjord";
[[maybe_unused]] const int kSet = setenv("CANARY_SERVICE_PASSWORD", kOfTheEnvironment.c_str(), 1);

constexpr std::string_view kDelta = "codex.item.agent_message.delta";

// All that came out, by sink.
class Leaks {
 public:
  std::string& of(const std::string& sink) { return seen_[sink]; }
  void add(const std::string& sink, std::string_view text) {
    seen_[sink].append(text).append("\n");
  }
  // The sinks in which `secret` stands, plain or as the inside of a JSON string.
  std::vector<std::string> sinks_with(const std::string& secret) const {
    const std::string escaped = json::dump(Value(secret), json::kCompactUnicode);
    std::vector<std::string> found;
    for (const auto& [sink, text] : seen_) {
      if (text.find(secret) != std::string::npos ||
          text.find(escaped.substr(1, escaped.size() - 2)) != std::string::npos) {
        found.push_back(sink);
      }
    }
    return found;
  }
  std::vector<std::string> sinks() const {
    std::vector<std::string> names;
    for (const auto& [sink, text] : seen_)
      names.push_back(sink);
    return names;
  }

 private:
  std::map<std::string, std::string> seen_;
};

std::string everything(const Event& event) {
  const Correlation& ids = event.correlation;
  return json::dump(Value(event.metadata), json::kCompactUnicode) +
         json::dump(Value(event.measurements)) + ids.session + " " + ids.thread + " " + ids.turn +
         " " + ids.item + " " + ids.call;
}

std::string everything(const LogRecord& record) {
  return record.message() + "\n" + record.message_template + "\n" +
         json::dump(Value(record.args), json::kCompactUnicode) + record.exception;
}

class Exporter final : public TracingProcessor {
 public:
  explicit Exporter(Leaks& leaks) : leaks_(leaks) {}
  void on_trace_start(const Trace& trace) override { see(trace.exported(), trace.name()); }
  void on_trace_end(const Trace& trace) override { see(trace.exported(), trace.name()); }
  void on_span_start(const Span& span) override { see(span.exported(), span.type()); }
  void on_span_end(const Span& span) override { see(span.exported(), span.type()); }

 private:
  void see(const Object& exported, std::string_view other) {
    leaks_.add("span export", json::dump(Value(exported), json::kCompactUnicode));
    leaks_.add("span export", other);
  }
  Leaks& leaks_;
};

// One session with the canary `text` in every place, through all sinks.
class Session {
 public:
  Session(const std::string& text, Scrubbing scrubbing)
      : text_(text),
        scrubbing_(scrubbing),
        hub_(scrubbing),
        logger_("openai.agents", scrubbing),
        sink_(hub_),
        capture_(logger_),
        metrics_(hub_),
        spans_(std::make_shared<SpanCapture>()) {
    hub_.attach("", [this](const Event& event) {
      leaks_.add("handler", everything(event));
      if (event.name == kDelta) leaks_.of("deltas") += event.metadata.find("delta")->text();
    });
    // The second handler fails with the canary in its text, once: what is told of it is an event.
    hub_.attach(event::kTurnFailed, [this](const Event&) { throw std::runtime_error(text_); });
    logger_.attach(
        [this](const LogRecord& record) { leaks_.add("log handler", everything(record)); });
    for (const auto& [sink, format] : {std::pair("plain log", LogFormat::kLevelAndName),
                                       std::pair("JSON log", LogFormat::kJson)}) {
      DefaultLoggerOptions options;
      options.format = format;
      options.level = Level::kDebug;
      options.logger = &logger_;
      options.events = &hub_;
      options.enabled = true;
      options.switches.dont_log_model_data = options.switches.dont_log_tool_data = false;
      options.sink = LogSink::function(
          [this, name = std::string(sink)](std::string_view line) { leaks_.add(name, line); });
      outputs_.push_back(attach_default_logger(options));
    }
  }

  ~Session() {
    for (DefaultLogger& output : outputs_)
      output.detach();
  }

  Leaks& run() {
    observe();
    deltas();
    log();
    trace();
    adapters();
    for (const Event& event : sink_.events())
      leaks_.add("test kit: events", everything(event));
    for (const LogRecord& record : capture_.records())
      leaks_.add("test kit: log", everything(record));
    for (const CapturedSpan& span : spans_->spans()) {
      leaks_.add("test kit: spans",
                 json::dump(Value(span.exported), json::kCompactUnicode) + span.label());
    }
    std::ostringstream counted;
    for (const MetricSample& sample : metrics_.samples())
      counted << sample << '\n';
    leaks_.add("metric labels", counted.str());
    return leaks_;
  }

 private:
  // The wire: prompts, commands, outputs, stderr, error texts, file names, tracebacks.
  void observe() {
    ExecObserver::Options options;
    options.correlation.session = "s";
    TraceProvider::Options providing;
    providing.logger = &logger_;
    providing.scrubbing = scrubbing_;
    providing.switches.dont_log_model_data = providing.switches.dont_log_tool_data = false;
    TraceProvider provider(providing);
    provider.set_processors({std::make_shared<Exporter>(leaks_), spans_});
    const auto whole = provider.create_trace({});
    provider.start_trace(whole);
    CodexToolProfile profile(provider, {}, [this](std::string_view, const Object& data) {
      leaks_.add("on_stream", json::dump(Value(data), json::kCompactUnicode));
    });
    options.listener = [&](const Event& event, std::string_view line) {
      profile.observe(event, line);
    };
    ExecObserver observer(hub_, options);
    observer.started({"codex", "exec", "-c", text_}, text_);
    const auto line = [&](const Value& value) {
      observer.standard_output(json::dump(value) + "\n");
    };
    const auto item = [](std::string_view type, Object members) {
      return Value(Object{{"type", type}, {"item", std::move(members)}});
    };
    line(Object{{"type", "thread.started"}, {"thread_id", "t1"}});
    line(Object{{"type", "turn.started"}});
    Object command{
        {"id", "item_0"},          {"type", "command_execution"}, {"command", "run " + text_},
        {"aggregated_output", ""}, {"exit_code", nullptr},        {"status", "in_progress"}};
    line(item("item.started", command));
    // The output grows: the canary is cut at every place.
    for (std::size_t size = 0; size <= text_.size(); size += 1 + text_.size() / 40) {
      command.set("aggregated_output", "out: " + text_.substr(0, size));
      line(item("item.updated", command));
    }
    command.set("aggregated_output", "out: " + text_);
    command.set("exit_code", 1);
    command.set("status", "failed");
    line(item("item.completed", command));
    const Array changes{Object{{"path", "src/" + text_}, {"kind", "add"}}};
    line(item("item.completed", {{"id", "item_1"},
                                 {"type", "file_change"},
                                 {"changes", changes},
                                 {"status", "completed"}}));
    line(item("item.completed", {{"id", text_}, {"type", "agent_message"}, {"text", text_}}));
    line(item("item.completed", {{"id", "item_2"}, {"type", text_}, {text_, text_}}));
    line(Object{{"type", text_}, {"x", text_}});
    observer.standard_output("no json: " + text_ + "\n");
    line(Object{{"type", "turn.failed"}, {"error", Object{{"message", text_}}}});
    observer.standard_error("Traceback (most recent call last):\n  " + text_ + "\n");
    observer.ended(1);
    provider.finish_trace(whole);
  }

  // Streamed, a byte at a time, with a pipeline and without one.
  void deltas() {
    PipelineOptions options;
    options.enabled = true;
    Pipeline pipeline(hub_, std::move(options));
    const auto emit = [&](auto& to, std::string item, std::string_view name, Object metadata) {
      Event event;
      event.name = name;
      event.metadata = std::move(metadata);
      event.correlation = {"s", "t1", "1", std::move(item), "", {}};
      to.emit(std::move(event));
    };
    const auto stream = [&](auto& to, const std::string& item) {
      for (const char c : text_)
        emit(to, item, kDelta, {{"delta", std::string(1, c)}});
      emit(to, item, event::kItemCompleted, {{"item", Object{{"type", "agent_message"}}}});
    };
    stream(hub_, "streamed");
    if (scrubbing_.scrubber()) stream(pipeline, "through a pipeline");
    std::string report;
    for (const auto& [rule, count] : pipeline.scrubbed())
      report += rule + "\n";
    leaks_.add("pipeline report", report);
  }

  void log() {
    logger_.log(Level::kError, "%s failed: %s",
                {text_, Object{{"class", "RuntimeError"}, {"text", text_}}}, "RuntimeError");
    logger_.log(Level::kWarning, text_);
    logger_.log(Level::kInfo, "%s", {Object{{"output", Array{text_}}}});
    // In two parts, neither of which is a secret.
    const std::size_t half = text_.size() / 2;
    logger_.log(Level::kInfo, "%s%s", {text_.substr(0, half), text_.substr(half)});
  }

  void trace() {
    TraceProvider::Options options;
    options.logger = &logger_;
    options.scrubbing = scrubbing_;
    options.switches.dont_log_model_data = options.switches.dont_log_tool_data = false;
    TraceProvider provider(options);
    provider.set_processors({std::make_shared<Exporter>(leaks_), spans_});
    TraceProvider::TraceOptions named;
    named.name = "job " + text_;
    named.group_id = text_;
    named.metadata = Object{{"note", text_}};
    const auto trace = provider.create_trace(named);
    provider.start_trace(trace);
    const auto function = std::make_shared<FunctionSpanData>();
    function->name = "codex";
    const auto span = provider.create_span(function);
    provider.start(span, true);
    function->input = "{\"prompt\": " + json::dump(Value(text_)) + "}";
    function->output = text_;
    span->set_error({"it failed: " + text_, Object{{"stderr", text_}}});
    const auto custom =
        provider.create_span(std::make_shared<CustomSpanData>(text_, Object{{"output", text_}}));
    provider.start(custom);
    provider.finish(custom);
    provider.finish(span, true);
    provider.finish_trace(trace);
    provider.shutdown();
  }

  void adapters() {
    Correlation ids;
    ids.thread = text_;
    const CorrelationScope scope(ids);
    std::ostringstream lines;
    {
      const CorrelatedStream correlated(lines, scrubbing_);
      lines << "whole: " << text_ << std::endl;
      for (const char c : text_)
        lines << c << std::flush;
      lines << '\n';
    }
    leaks_.add("ostream", lines.str());
    std::ostringstream logged;
    const auto sink = std::make_shared<spdlog::sinks::ostream_sink_st>(logged);
    spdlog::logger direct("direct", sink);
    direct.set_formatter(spdlog_formatter_with_ids("[%l] %*%v", scrubbing_));
    direct.info("said {}", text_);
    const auto target = std::make_shared<spdlog::logger>("target", sink);
    spdlog_logger_with_ids(target, scrubbing_)->warn("said {}", text_);
    leaks_.add("spdlog", logged.str());
  }

  const std::string text_;
  const Scrubbing scrubbing_;
  Leaks leaks_;
  Hub hub_;
  Logger logger_;
  MemorySink sink_;
  LogCapture capture_;
  MetricCapture metrics_;
  std::shared_ptr<SpanCapture> spans_;
  std::vector<DefaultLogger> outputs_;
};

std::vector<SecretSample> canaries() {
  std::vector<SecretSample> samples = secret_samples();
  samples.push_back({"known-value", "", kOfTheEnvironment, ""});
  return samples;
}

// What a sink shows in any case when nothing is scrubbed: all but the pipeline's report, which
// names rules, and the default logger, which cannot be told not to scrub.
const std::vector<std::string> kOpen = {
    "deltas",      "handler", "log handler",      "metric labels", "on_stream",       "ostream",
    "span export", "spdlog",  "test kit: events", "test kit: log", "test kit: spans",
};

TEST(Canary, ReachesNoSink) {
  for (const SecretSample& sample : canaries()) {
    Session session("see " + sample.text(), {});
    const Leaks& leaks = session.run();
    EXPECT_EQ(leaks.sinks().size(), kOpen.size() + 3) << sample.rule;
    EXPECT_EQ(leaks.sinks_with(sample.secret), std::vector<std::string>{}) << sample.rule;
  }
}

TEST(Canary, ReachesThemAllWhereNothingIsScrubbed) {
  for (const SecretSample& sample : canaries()) {
    // Labels are cut, and a key of several lines is printed another way by the ids of a line.
    if (sample.text().size() > 50) continue;
    Session session("see " + sample.text(), Scrubbing::off());
    EXPECT_EQ(session.run().sinks_with(sample.secret), kOpen) << sample.rule;
  }
}

}  // namespace
}  // namespace codex::telemetry
