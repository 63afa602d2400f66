// For tests of programs that log, trace and count: sinks that keep log records, spans and metrics,
// beside the MemorySink of testing.h for events. Matchers for all of them: testing_matchers.h.
//
//   codex::telemetry::LogCapture log;                       // of the logger "openai.agents"
//   auto spans = std::make_shared<codex::telemetry::SpanCapture>();
//   provider.set_processors({spans});
//   …
//   EXPECT_THAT(spans->spans(), SpanTree({"agent Assistant", "  function codex"}));
//
// All are thread-safe and bounded: what finds them full is counted, not kept. What they return
// are copies.
#ifndef CODEX_TELEMETRY_TESTING_CAPTURE_H_
#define CODEX_TELEMETRY_TESTING_CAPTURE_H_

#include <cstddef>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/event.h"
#include "codex/telemetry/log.h"
#include "codex/telemetry/metrics.h"
#include "codex/telemetry/tracing.h"

namespace codex::telemetry {

// Attached to the logger for as long as it lives; the logger must outlive it.
class LogCapture {
 public:
  static constexpr std::size_t kDefaultCapacity = 100'000;

  explicit LogCapture(Logger& logger = agents_logger(), std::size_t capacity = kDefaultCapacity);
  ~LogCapture();
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;

  std::vector<LogRecord> records() const;     // in order of arrival
  std::vector<std::string> messages() const;  // "WARNING Span already started"
  std::size_t size() const;
  std::size_t dropped() const;
  void clear();

 private:
  struct State;
  std::shared_ptr<State> state_;
  Logger& logger_;
  std::uint64_t id_;
};

// A span as a processor sees it exported: at its end, or at its start where it has not ended.
struct CapturedSpan {
  std::string id;
  std::string trace_id;
  std::string parent_id;  // empty: none
  bool ended = false;
  json::Object exported;
  // The type and, where the span has one, its name ("function codex", "turn 1", "response");
  // " [open]" where it has not ended, " [error]" where it has an error.
  std::string label() const;
};

struct CapturedTrace {
  std::string id;
  bool ended = false;
  json::Object exported;
};

// Give it to TraceProvider::set_processors. Keeps the first `capacity` spans, and as many traces.
class SpanCapture : public TracingProcessor {
 public:
  static constexpr std::size_t kDefaultCapacity = 100'000;

  explicit SpanCapture(std::size_t capacity = kDefaultCapacity);
  ~SpanCapture() override;

  std::vector<CapturedSpan> spans() const;    // in the order in which they were started
  std::vector<CapturedTrace> traces() const;  // likewise
  std::size_t size() const;                   // spans
  std::size_t dropped() const;                // spans and traces that found it full
  void clear();

  void on_trace_start(const Trace& trace) override;
  void on_trace_end(const Trace& trace) override;
  void on_span_start(const Span& span) override;
  void on_span_end(const Span& span) override;

 private:
  struct State;
  const std::unique_ptr<State> state_;
};

// Counts the events of a hub for as long as it lives; the hub must outlive it.
class MetricCapture {
 public:
  explicit MetricCapture(Hub& hub = default_hub());

  // As an exporter would see it.
  std::vector<MetricSample> samples() const { return metrics_.snapshot(); }
  // The series of a counter with these label values, in the order of its labels; 0 where there is
  // none. Without label values: the sum over all series.
  std::int64_t value(std::string_view name, const std::vector<std::string>& labels = {}) const;
  // The same of a histogram.
  HistogramValue histogram(std::string_view name,
                           const std::vector<std::string>& labels = {}) const;
  // For what counts without events: PipelineOptions::metrics.
  Metrics& metrics() { return metrics_; }

 private:
  Metrics metrics_;
  MetricsRecorder recorder_;
};

// A series as text: codex.turns{outcome="completed"}
std::string series_text(const MetricInfo& info, const MetricPoint& point);

// The labels as a tree, a line a span, two blanks a level; roots and siblings in the order given.
// A span whose parent is not there is a root, with " [parent missing]".
std::vector<std::string> span_tree(const std::vector<CapturedSpan>& spans);

// A member by its key, or anything below by a JSON pointer ("/item/changes/0/path", without ~
// escapes). Null where there is nothing.
const json::Value* member_at(const json::Object& object, std::string_view place);

// One line each, for the messages of failed tests.
std::ostream& operator<<(std::ostream& stream, const Event& event);
std::ostream& operator<<(std::ostream& stream, const LogRecord& record);
std::ostream& operator<<(std::ostream& stream, const CapturedSpan& span);
// A line a series: codex.turns{outcome="completed"} 1
std::ostream& operator<<(std::ostream& stream, const MetricSample& sample);

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_TESTING_CAPTURE_H_
