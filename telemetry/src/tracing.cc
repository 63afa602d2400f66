#include "codex/telemetry/tracing.h"

#include <sys/random.h>

#include <chrono>
#include <cstdio>
#include <ctime>
#include <utility>

namespace codex::telemetry {
namespace {

TracingContext& current() {
  thread_local TracingContext value;
  return value;
}

std::string random_hex_digits(std::size_t digits) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out(digits, '0');
  std::vector<unsigned char> bytes((digits + 1) / 2);
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = getrandom(bytes.data() + have, bytes.size() - have, 0);
    if (got > 0) have += static_cast<std::size_t>(got);
  }
  for (std::size_t i = 0; i < digits; ++i) {
    const unsigned byte = bytes[i / 2];
    out[i] = kDigits[i % 2 == 0 ? byte >> 4U : byte & 15U];
  }
  return out;
}

// An object of which Python prints class and address.
json::Value described(const std::string& name, const void* object) {
  char address[32];
  std::snprintf(address, sizeof address, "%p", object);
  return json::Object{{"class", name}, {"text", "<" + name + " object at " + address + ">"}};
}
json::Value described(const SpanData& data) {
  return described("agents.tracing.span_data." + std::string(data.class_name()), &data);
}

constexpr std::string_view kRoutingKey = "agent_harness_id";

// provider.py, _is_noop_trace: it goes by the id, also of a trace that records.
bool is_noop(const Trace& trace) { return !trace.recording() || trace.id() == "no-op"; }

}  // namespace

std::string iso_now() {
  using std::chrono::duration_cast;
  using std::chrono::microseconds;
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  const auto micros = duration_cast<microseconds>(since).count();
  const std::time_t seconds = static_cast<std::time_t>(micros / 1000000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[64];
  std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  if (micros % 1000000 != 0) {
    const int fraction = static_cast<int>(micros % 1000000);
    size += static_cast<std::size_t>(
        std::snprintf(text + size, sizeof text - size, ".%06d", fraction));
  }
  return std::string(text, size) + "+00:00";
}

template <typename T>
void TracingToken<T>::mark(std::shared_ptr<T>& current, const std::shared_ptr<T>& next) {
  if (std::exchange(marked_, true)) {
    first_.reset();
    again_ = current;
  } else {
    first_ = current;
  }
  current = next;
}

template <typename T>
void TracingToken<T>::reset(std::shared_ptr<T>& current) {
  if (!std::exchange(marked_, false)) return;
  std::shared_ptr<T> before = first_ ? std::move(first_) : again_.lock();
  first_.reset();
  again_.reset();
  current = std::move(before);
}

json::Object Trace::exported() const {
  return {{"object", "trace"},
          {"id", id_},
          {"workflow_name", name_},
          {"group_id", group_id_},
          {"metadata", metadata_}};
}

void Span::set_error(SpanError error) {
  if (recording()) error_ = std::move(error);
}

json::Object Span::exported() const {
  json::Value error;
  if (error_) error = json::Object{{"message", error_->message}, {"data", error_->data}};
  json::Object out{{"object", "trace.span"},    {"id", id_},
                   {"trace_id", trace_id_},     {"parent_id", parent_id_},
                   {"started_at", started_at_}, {"ended_at", ended_at_},
                   {"span_data", data_->exported()}, {"error", std::move(error)}};
  json::Object metadata;
  if (const json::Value* routing = trace_metadata_.get(kRoutingKey)) {
    metadata.append(std::string(kRoutingKey), *routing);
  }
  if (const json::Object* own = data_->metadata()) {
    for (const auto& [key, value] : *own) {
      if (metadata.find(key) == nullptr) metadata.append(key, value);
    }
  }
  if (!metadata.empty()) out.append("metadata", std::move(metadata));
  return out;
}

TracingContext current_tracing() { return current(); }

TracingScope::TracingScope(TracingContext context)
    : previous_(std::exchange(current(), std::move(context))) {}
TracingScope::~TracingScope() { current() = std::move(previous_); }

TraceProvider::TraceProvider(Options options)
    : options_(std::move(options)),
      processors_(std::make_shared<std::vector<std::shared_ptr<TracingProcessor>>>()) {
  if (options_.logger == nullptr) options_.logger = &agents_logger();
  if (!options_.now) options_.now = iso_now;
  if (!options_.random_hex) options_.random_hex = random_hex_digits;
}

void TraceProvider::set_processors(std::vector<std::shared_ptr<TracingProcessor>> processors) {
  const std::lock_guard lock(mutex_);
  processors_ =
      std::make_shared<std::vector<std::shared_ptr<TracingProcessor>>>(std::move(processors));
}

void TraceProvider::set_disabled(bool disabled) { disabled_ = disabled ? 1 : 0; }

bool TraceProvider::switched_off() const {
  const int set = disabled_.load(std::memory_order_relaxed);
  return set < 0 ? options_.switches.tracing_disabled : set != 0;
}

template <typename Call>
void TraceProvider::notify(std::string_view callback, const Call& call) {
  std::shared_ptr<const std::vector<std::shared_ptr<TracingProcessor>>> processors;
  {
    const std::lock_guard lock(mutex_);
    processors = processors_;
  }
  for (const auto& processor : *processors) {
    try {
      call(*processor);
    } catch (const std::exception& error) {
      const std::string text = "Error in trace processor during " + std::string(callback);
      if (options_.switches.redact_any()) {
        options_.logger->log(Level::kError, "%s", {text});
      } else {
        const json::Object thrown{{"class", "std::exception"}, {"text", error.what()}};
        options_.logger->log(Level::kError, "%s: %s", {text, thrown}, "std::exception");
      }
    } catch (...) {
      options_.logger->log(Level::kError, "%s",
                           {"Error in trace processor during " + std::string(callback)});
    }
  }
}

std::shared_ptr<Trace> TraceProvider::create_trace(const TraceOptions& options) {
  if (current().trace && !options.masks) {
    options_.logger->log(
        Level::kWarning,
        "Trace already exists. Creating a new trace, but this is probably a mistake.");
  }
  auto trace = std::make_shared<Trace>();
  if (switched_off() || options.disabled) {
    options_.logger->debug("Tracing is disabled. Not creating trace");
    return trace;
  }
  trace->id_ = options.id.empty() ? "trace_" + options_.random_hex(32) : options.id;
  trace->name_ = options.name;
  trace->group_id_ = options.group_id;
  trace->metadata_ = options.metadata;
  options_.logger->debug("Creating trace");
  return trace;
}

void TraceProvider::start_trace(const std::shared_ptr<Trace>& trace, bool mark_current) {
  if (trace->recording()) {
    if (std::exchange(trace->started_, true)) return;
    notify("on_trace_start", [&](TracingProcessor& p) { p.on_trace_start(*trace); });
  }
  if (!mark_current) return;
  options_.logger->debug("Setting current trace");
  trace->before_.mark(current().trace, trace);
}

void TraceProvider::finish_trace(const std::shared_ptr<Trace>& trace, bool reset_current) {
  if (trace->recording()) {
    if (!trace->started_) return;
    notify("on_trace_end", [&](TracingProcessor& p) { p.on_trace_end(*trace); });
  }
  if (!reset_current || !trace->before_.marked()) return;
  options_.logger->debug("Resetting current trace");
  trace->before_.reset(current().trace);
}

std::shared_ptr<Span> TraceProvider::create_span(std::shared_ptr<SpanData> data, bool disabled) {
  auto span = std::make_shared<Span>();
  span->data_ = std::move(data);
  const bool redact = options_.switches.redact_any();
  Logger& logger = *options_.logger;
  const bool logged = logger.enabled(Level::kDebug);  // else no arguments are made
  if (switched_off() || disabled) {
    if (redact) {
      logger.debug("Tracing is disabled. Not creating span");
    } else if (logged) {
      logger.debug("Tracing is disabled. Not creating span %s", {described(*span->data_)});
    }
    return span;
  }
  const TracingContext& context = current();
  if (!context.trace) {
    logger.debug("No active trace. Make sure to start a trace with `trace()` first Returning "
                 "NoOpSpan.");
    return span;
  }
  if (is_noop(*context.trace) || (context.span && !context.span->recording())) {
    // Unredacted, Python names both objects; what they print of themselves is their address.
    if (redact) {
      logger.debug("Current trace parent is no-op, returning NoOpSpan");
    } else if (logged) {
      json::Value span_text;
      if (context.span) {
        span_text = described(context.span->recording() ? "agents.tracing.spans.SpanImpl"
                                                        : "agents.tracing.spans.NoOpSpan",
                              context.span.get());
      }
      json::Value trace_text = described(context.trace->recording()
                                             ? "agents.tracing.traces.TraceImpl"
                                             : "agents.tracing.traces.NoOpTrace",
                                         context.trace.get());
      logger.debug("Parent %s or %s is no-op, returning NoOpSpan",
                   {std::move(span_text), std::move(trace_text)});
    }
    return span;
  }
  if (logged && redact) {
    logger.debug("Creating span with id %s", {json::Value()});
  } else if (logged) {
    logger.debug("Creating span %s with id %s", {described(*span->data_), json::Value()});
  }
  span->id_ = "span_" + options_.random_hex(24);
  span->trace_id_ = context.trace->id();
  if (context.span) span->parent_id_ = context.span->id();
  span->trace_metadata_ = context.trace->metadata_;
  return span;
}

void TraceProvider::start(const std::shared_ptr<Span>& span, bool mark_current) {
  if (span->recording()) {
    if (!span->started_at_.is_null()) {
      options_.logger->log(Level::kWarning, "Span already started");
      return;
    }
    span->started_at_ = options_.now();
    notify("on_span_start", [&](TracingProcessor& p) { p.on_span_start(*span); });
  }
  if (mark_current) span->before_.mark(current().span, span);
}

void TraceProvider::finish(const std::shared_ptr<Span>& span, bool reset_current) {
  if (span->recording()) {
    if (!span->ended_at_.is_null()) {
      options_.logger->log(Level::kWarning, "Span already finished");
      return;
    }
    span->ended_at_ = options_.now();
    notify("on_span_end", [&](TracingProcessor& p) { p.on_span_end(*span); });
  }
  if (reset_current) span->before_.reset(current().span);
}

}  // namespace codex::telemetry
