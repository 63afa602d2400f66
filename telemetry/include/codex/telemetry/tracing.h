// Traces and spans as openai-agents makes them, to the exported byte.
//
// Source: openai-agents 0.24.0, agents/tracing/{provider,traces,spans,scope,create}.py. Creating
// and finishing writes the same records to the logger as there; processors are called
// synchronously on the thread that starts or finishes, and what they throw is logged, not passed.
//
// The current trace and span are thread-local. To work on under a span elsewhere, capture the
// context and open a TracingScope with it there.
#ifndef CODEX_TELEMETRY_TRACING_H_
#define CODEX_TELEMETRY_TRACING_H_

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/json.h"
#include "codex/telemetry/log.h"
#include "codex/telemetry/span_data.h"
#include "codex/telemetry/switches.h"

namespace codex::telemetry {

class TraceProvider;

struct SpanError {
  std::string message;
  json::Value data;  // an object, or null
};

// What was current before something else became so: a contextvars.Token. Only what does not record
// is ever marked twice; then the first token is lost, as in Python, and the second holds nothing
// alive, for it may hold itself.
template <typename T>
class TracingToken {
 public:
  void mark(std::shared_ptr<T>& current, const std::shared_ptr<T>& next);
  void reset(std::shared_ptr<T>& current);
  bool marked() const { return marked_; }

 private:
  std::shared_ptr<T> first_;
  std::weak_ptr<T> again_;
  bool marked_ = false;
};

// A live trace. One that does not record is handed out where tracing is off; all calls work.
class Trace {
 public:
  bool recording() const { return !id_.empty(); }
  const std::string& id() const { return id_; }
  const std::string& name() const { return name_; }
  json::Object exported() const;

 private:
  friend class TraceProvider;
  std::string id_;
  std::string name_;
  json::Value group_id_;
  json::Value metadata_;
  bool started_ = false;
  TracingToken<Trace> before_;
};

// A live span. Its data may change until it is finished; it belongs to one thread at a time.
class Span {
 public:
  bool recording() const { return !id_.empty(); }
  const std::string& id() const { return id_; }
  const std::string& trace_id() const { return trace_id_; }
  SpanData& data() { return *data_; }
  const SpanData& data() const { return *data_; }
  void set_error(SpanError error);  // ignored where it does not record
  bool has_error() const { return error_.has_value(); }
  json::Object exported() const;

 private:
  friend class TraceProvider;
  std::string id_;
  std::string trace_id_;
  json::Value parent_id_;
  json::Value started_at_;
  json::Value ended_at_;
  std::shared_ptr<SpanData> data_;
  std::optional<SpanError> error_;
  json::Value trace_metadata_;
  TracingToken<Span> before_;
};

// Gets the live objects: what must be kept has to be exported inside the call.
class TracingProcessor {
 public:
  virtual ~TracingProcessor() = default;
  virtual void on_trace_start(const Trace& trace) = 0;
  virtual void on_trace_end(const Trace& trace) = 0;
  virtual void on_span_start(const Span& span) = 0;
  virtual void on_span_end(const Span& span) = 0;
};

struct TracingContext {
  std::shared_ptr<Trace> trace;
  std::shared_ptr<Span> span;
};
// The calling thread's; both null where nothing is current.
TracingContext current_tracing();

// Makes a context current on this thread until it is left (in reverse order, same thread).
class TracingScope {
 public:
  explicit TracingScope(TracingContext context);
  ~TracingScope();
  TracingScope(const TracingScope&) = delete;
  TracingScope& operator=(const TracingScope&) = delete;

 private:
  TracingContext previous_;
};

// Thread-safe, but for set-up: set the processors before the first trace.
class TraceProvider {
 public:
  struct Options {
    Logger* logger = nullptr;  // null: agents_logger()
    Switches switches;
    // Injected for tests and replay. now(): ISO 8601 UTC as datetime.isoformat() prints it.
    std::function<std::string()> now;
    std::function<std::string(std::size_t digits)> random_hex;
  };
  TraceProvider() : TraceProvider(Options{}) {}
  explicit TraceProvider(Options options);

  void set_processors(std::vector<std::shared_ptr<TracingProcessor>> processors);
  // Overrides the environment's switch.
  void set_disabled(bool disabled);
  const Switches& switches() const { return options_.switches; }
  Logger& logger() const { return *options_.logger; }

  struct TraceOptions {
    std::string name = "Agent workflow";
    std::string id;  // empty: a new one
    json::Value group_id;
    json::Value metadata;
    bool disabled = false;
    bool masks = false;  // made by a run to hide a trace that is current: no warning of that
  };
  // trace() of the client: warns where a trace is current already.
  std::shared_ptr<Trace> create_trace(const TraceOptions& options);
  // start_trace() makes it current; finish_trace() restores what was current before. A trace starts
  // once; each finish_trace() of one that was started ends it again.
  void start_trace(const std::shared_ptr<Trace>& trace, bool mark_current = true);
  void finish_trace(const std::shared_ptr<Trace>& trace, bool reset_current = true);

  // Under the current span, else under the current trace. Not started yet.
  std::shared_ptr<Span> create_span(std::shared_ptr<SpanData> data, bool disabled = false);
  // `mark_current`: until finish(…, true) on the same thread; must nest.
  void start(const std::shared_ptr<Span>& span, bool mark_current = false);
  void finish(const std::shared_ptr<Span>& span, bool reset_current = false);

 private:
  bool switched_off() const;
  template <typename Call>
  void notify(std::string_view callback, const Call& call);

  Options options_;
  std::atomic<int> disabled_{-1};  // -1: as the environment says
  std::shared_ptr<const std::vector<std::shared_ptr<TracingProcessor>>> processors_;
  std::mutex mutex_;
};

// datetime.now(timezone.utc).isoformat(): microseconds are left out when they are zero.
std::string iso_now();

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_TRACING_H_
