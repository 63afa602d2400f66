// Traces and spans as openai-agents makes them, to the exported byte.
//
// Source: openai-agents 0.24.0, agents/tracing/{provider,traces,spans,scope,create}.py. Creating
// and finishing writes the same records to the logger as there; processors are called
// synchronously on the thread that starts or finishes, and what they throw is logged, not passed.
//
// Exports hold no secrets: they are scrubbed when they are made, and are all that a processor can
// ask of a span. What the host itself put into a span's data stays as it was.
//
// The current trace and span are thread-local. To work on under a span elsewhere, capture the
// context and open a TracingScope with it there.
#ifndef CODEX_TELEMETRY_TRACING_H_
#define CODEX_TELEMETRY_TRACING_H_

#include <atomic>
#include <chrono>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/json.h"
#include "codex/telemetry/log.h"
#include "codex/telemetry/scrub.h"
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

// A text of at most 47 bytes; of longer ones the rest is cut. Ids and times are as short, and a
// span that keeps them so allocates nothing for them.
class ShortText {
 public:
  ShortText() = default;
  explicit ShortText(std::string_view text) noexcept
      : size_(static_cast<unsigned char>(text.copy(text_, sizeof text_))) {}
  std::string_view view() const noexcept { return {text_, size_}; }
  bool empty() const noexcept { return size_ == 0; }
  void append(std::string_view text) noexcept {
    size_ = static_cast<unsigned char>(size_ + text.copy(text_ + size_, sizeof text_ - size_));
  }
  // Two lower-case digits a byte.
  void append_hex(const unsigned char* bytes, std::size_t count) noexcept;

 private:
  char text_[47];
  unsigned char size_ = 0;
};

// When something happened: as the clock said, or as an injected one did in its own words.
struct TraceTime {
  std::chrono::system_clock::time_point time{};
  ShortText text;  // empty: `time` counts
  bool set() const noexcept {
    return !text.empty() || time != std::chrono::system_clock::time_point{};
  }
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
  friend class Span;
  std::shared_ptr<const Scrubber> scrubber_;
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
  Span() {}  // not defaulted: zeroing its texts costs more than the rest of it
  bool recording() const { return !id_.empty(); }
  std::string_view id() const { return id_.view(); }
  std::string_view trace_id() const { return trace_ ? std::string_view(trace_->id()) : ""; }
  SpanData& data() { return *data_; }
  std::string_view type() const { return data_->type(); }  // "function"
  void set_error(SpanError error);  // ignored where it does not record
  bool has_error() const { return error_.has_value(); }
  json::Object exported() const;

 private:
  friend class TraceProvider;
  ShortText id_;
  std::shared_ptr<const Trace> trace_;  // null where it does not record
  ShortText parent_id_;                 // empty: none
  TraceTime started_at_;
  std::chrono::steady_clock::time_point begun_{};
  TraceTime ended_at_;  // as long after started_at_ as it took, also where the clock was set
  std::shared_ptr<SpanData> data_;
  std::optional<SpanError> error_;
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
  // What is buffered goes out.
  virtual void force_flush() {}
  // The host ends: the last call. `deadline`: how long it may take at most.
  virtual void shutdown(std::optional<std::chrono::steady_clock::time_point> /*deadline*/) {}
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
    Scrubbing scrubbing;  // of what is exported
    // Injected for tests and replay; empty: the system's. now(): ISO 8601 UTC as
    // datetime.isoformat() prints it.
    std::function<std::string()> now;
    std::function<std::string(std::size_t digits)> random_hex;
  };
  TraceProvider() : TraceProvider(Options{}) {}
  explicit TraceProvider(Options options);

  void set_processors(std::vector<std::shared_ptr<TracingProcessor>> processors);
  // Behind those that are there.
  void add_processor(std::shared_ptr<TracingProcessor> processor);
  // Flushes the processors, one after the other.
  void force_flush();
  // To be called when the host ends, as the client does at the exit of its interpreter, with a
  // time limit of five seconds. Each processor gets what is left of `timeout`; those that nothing
  // is left for are not called. Traces and spans may still be made.
  void shutdown(std::optional<std::chrono::milliseconds> timeout = std::nullopt);
  // Overrides the environment's switch.
  void set_disabled(bool disabled);
  const Switches& switches() const { return options_.switches; }
  Logger& logger() const { return *options_.logger; }
  // Of what is exported; null: as it is.
  const std::shared_ptr<const Scrubber>& scrubber() const { return options_.scrubbing.scrubber(); }

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
  // The same of a CustomSpanData with this name and data. Threads keep a few of these for their
  // next spans: once a thread has made some, nothing is allocated for texts of up to 1 KiB.
  std::shared_ptr<Span> create_custom_span(std::string_view name,
                                           std::initializer_list<SpanAttribute> data);
  // `mark_current`: until finish(…, true) on the same thread; must nest.
  void start(const std::shared_ptr<Span>& span, bool mark_current = false);
  void finish(const std::shared_ptr<Span>& span, bool reset_current = false);

 private:
  bool switched_off() const;
  std::string random_hex(std::size_t digits) const;
  using Processors = std::vector<std::shared_ptr<TracingProcessor>>;
  // Calls one processor; what it throws is logged behind `failure`.
  template <typename Call>
  void guarded(std::string_view failure, const Call& call);
  template <typename Call>
  void notify(std::string_view failure, const Call& call);

  Options options_;
  std::atomic<int> disabled_{-1};  // -1: as the environment says
  std::mutex mutex_;  // guards the lists: those of before are kept, for whoever is walking one
  std::vector<std::unique_ptr<const Processors>> lists_;
  std::atomic<const Processors*> processors_;
};

// datetime.now(timezone.utc).isoformat(): microseconds are left out when they are zero.
std::string iso_now();

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_TRACING_H_
