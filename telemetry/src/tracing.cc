#include "codex/telemetry/tracing.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <span>
#include <utility>

#include "both_clocks.h"
#include "custom_spans.h"
#include "random_ids.h"
#include "recycling.h"

namespace codex::telemetry {
namespace {

TracingContext& current() {
  thread_local TracingContext value;
  return value;
}

// All bytes as two hex digits, one behind the other.
constexpr std::array<char, 512> kHex = [] {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<char, 512> made{};
  for (std::size_t byte = 0; byte < 256; ++byte) {
    made[2 * byte] = kDigits[byte >> 4U];
    made[2 * byte + 1] = kDigits[byte & 15U];
  }
  return made;
}();

void put_digits(char* to, unsigned value, int digits) {
  while (digits-- > 0) {
    to[digits] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

// datetime.now(timezone.utc).isoformat()
ShortText iso_text(std::chrono::system_clock::time_point time) {
  using namespace std::chrono;
  struct Second {
    sys_seconds at = sys_seconds::min();
    char text[20] = {};  // "2026-01-02T03:04:05."
  };
  static constinit thread_local Second last;
  const auto whole = floor<seconds>(time);
  if (whole != last.at) {
    const auto day = floor<days>(whole);
    const year_month_day date(day);
    const hh_mm_ss clock(whole - day);
    std::string_view("0000-00-00T00:00:00.").copy(last.text, sizeof last.text);
    put_digits(last.text, static_cast<unsigned>(static_cast<int>(date.year())), 4);
    put_digits(last.text + 5, static_cast<unsigned>(date.month()), 2);
    put_digits(last.text + 8, static_cast<unsigned>(date.day()), 2);
    put_digits(last.text + 11, static_cast<unsigned>(clock.hours().count()), 2);
    put_digits(last.text + 14, static_cast<unsigned>(clock.minutes().count()), 2);
    put_digits(last.text + 17, static_cast<unsigned>(clock.seconds().count()), 2);
    last.at = whole;
  }
  const auto micros = static_cast<unsigned>(floor<microseconds>(time - whole).count());
  ShortText text(std::string_view(last.text, micros == 0 ? 19 : 20));
  if (micros != 0) {  // Python leaves them out then
    char digits[6];
    put_digits(digits, micros, 6);
    text.append({digits, sizeof digits});
  }
  text.append("+00:00");
  return text;
}

json::Value text_or_null(const ShortText& text) {
  return text.empty() ? json::Value() : json::Value(text.view());
}

json::Value text_or_null(const TraceTime& time) {
  if (!time.set()) return {};
  return text_or_null(time.text.empty() ? iso_text(time.time) : time.text);
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

json::Object clean(const std::shared_ptr<const Scrubber>& scrubber, json::Object exported) {
  if (scrubber == nullptr || !scrubber->texts_may_hold_secrets(exported)) return exported;
  json::Value value(std::move(exported));
  scrubber->scrub(value);
  return std::move(*value.object());
}

// provider.py, _is_noop_trace: it goes by the id, also of a trace that records.
bool is_noop(const Trace& trace) { return !trace.recording() || trace.id() == "no-op"; }

}  // namespace

void ShortText::append_hex(const unsigned char* bytes, std::size_t count) noexcept {
  for (std::size_t i = 0; i < count && size_ + 2U <= sizeof text_; ++i) {
    std::memcpy(text_ + size_, &kHex[2U * bytes[i]], 2);
    size_ = static_cast<unsigned char>(size_ + 2);
  }
}

std::string iso_now() {
  return std::string(iso_text(std::chrono::system_clock::now()).view());
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
  return clean(scrubber_, {{"object", "trace"},
                           {"id", id_},
                           {"workflow_name", name_},
                           {"group_id", group_id_},
                           {"metadata", metadata_}});
}

void Span::set_error(SpanError error) {
  if (recording()) error_ = std::move(error);
}

json::Object Span::exported() const {
  json::Value error;
  if (error_) error = json::Object{{"message", error_->message}, {"data", error_->data}};
  json::Object out{{"object", "trace.span"},
                   {"id", id()},
                   {"trace_id", trace_id()},
                   {"parent_id", text_or_null(parent_id_)},
                   {"started_at", text_or_null(started_at_)},
                   {"ended_at", text_or_null(ended_at_)},
                   {"span_data", data_->exported()},
                   {"error", std::move(error)}};
  json::Object metadata;
  const json::Value* const routing = trace_ ? trace_->metadata_.get(kRoutingKey) : nullptr;
  if (routing != nullptr) {
    metadata.append(std::string(kRoutingKey), *routing);
  }
  if (const json::Object* own = data_->metadata()) {
    for (const auto& [key, value] : *own) {
      if (metadata.find(key) == nullptr) metadata.append(key, value);
    }
  }
  if (!metadata.empty()) out.append("metadata", std::move(metadata));
  return trace_ ? clean(trace_->scrubber_, std::move(out)) : out;
}

TracingContext current_tracing() { return current(); }

TracingScope::TracingScope(TracingContext context)
    : previous_(std::exchange(current(), std::move(context))) {}
TracingScope::~TracingScope() { current() = std::move(previous_); }

TraceProvider::TraceProvider(Options options) : options_(std::move(options)) {
  if (options_.logger == nullptr) options_.logger = &agents_logger();
  set_processors({});
}

std::string TraceProvider::random_hex(std::size_t digits) const {
  return options_.random_hex ? options_.random_hex(digits) : random_hex_id(digits / 2);
}

void TraceProvider::set_processors(std::vector<std::shared_ptr<TracingProcessor>> processors) {
  const std::lock_guard lock(mutex_);
  lists_.push_back(std::make_unique<const Processors>(std::move(processors)));
  processors_.store(lists_.back().get(), std::memory_order_release);
}

void TraceProvider::add_processor(std::shared_ptr<TracingProcessor> processor) {
  const std::lock_guard lock(mutex_);
  Processors processors = *processors_.load(std::memory_order_relaxed);
  processors.push_back(std::move(processor));
  lists_.push_back(std::make_unique<const Processors>(std::move(processors)));
  processors_.store(lists_.back().get(), std::memory_order_release);
}

void TraceProvider::set_disabled(bool disabled) { disabled_ = disabled ? 1 : 0; }

bool TraceProvider::switched_off() const {
  const int set = disabled_.load(std::memory_order_relaxed);
  return set < 0 ? options_.switches.tracing_disabled : set != 0;
}

// logger.py, log_model_and_tool_action_error
template <typename Call>
void TraceProvider::guarded(std::string_view failure, const Call& call) {
  try {
    call();
  } catch (const std::exception& error) {
    if (options_.switches.redact_any()) {
      options_.logger->log(Level::kError, "%s", {failure});
    } else {
      const json::Object thrown{{"class", "std::exception"}, {"text", error.what()}};
      options_.logger->log(Level::kError, "%s: %s", {failure, thrown}, "std::exception");
    }
  } catch (...) {
    options_.logger->log(Level::kError, "%s", {failure});
  }
}

template <typename Call>
void TraceProvider::notify(std::string_view failure, const Call& call) {
  for (const auto& processor : *processors_.load(std::memory_order_acquire)) {
    guarded(failure, [&] { call(*processor); });
  }
}

// provider.py, SynchronousMultiTracingProcessor.force_flush
void TraceProvider::force_flush() {
  notify("Error flushing trace processor", [](TracingProcessor& p) { p.force_flush(); });
}

// provider.py, DefaultTraceProvider.shutdown and SynchronousMultiTracingProcessor.shutdown
void TraceProvider::shutdown(std::optional<std::chrono::milliseconds> timeout) {
  using Clock = std::chrono::steady_clock;
  std::optional<Clock::time_point> deadline;
  if (timeout) deadline = Clock::now() + *timeout;
  Logger& logger = *options_.logger;
  logger.debug("Shutting down trace provider");
  for (const auto& processor : *processors_.load(std::memory_order_acquire)) {
    if (options_.switches.redact_any()) {
      logger.debug("Shutting down trace processor");
    } else if (logger.enabled(Level::kDebug)) {
      const json::Value shown = described("TracingProcessor", processor.get());
      logger.debug("Shutting down trace processor " + std::string(shown.get("text")->text()));
    }
    if (deadline && Clock::now() >= *deadline) {
      logger.log(Level::kWarning,
                 "[non-fatal] Tracing: shutdown timeout reached before processor cleanup.");
      return;
    }
    guarded("Error shutting down trace processor", [&] { processor->shutdown(deadline); });
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
  trace->scrubber_ = scrubber();
  trace->id_ = options.id.empty() ? "trace_" + random_hex(32) : options.id;
  trace->name_ = options.name;
  if (trace->scrubber_) trace->scrubber_->scrub(trace->name_);
  trace->group_id_ = options.group_id;
  trace->metadata_ = options.metadata;
  options_.logger->debug("Creating trace");
  return trace;
}

void TraceProvider::start_trace(const std::shared_ptr<Trace>& trace, bool mark_current) {
  if (trace->recording()) {
    if (std::exchange(trace->started_, true)) return;
    notify("Error in trace processor during on_trace_start", [&](TracingProcessor& p) { p.on_trace_start(*trace); });
  }
  if (!mark_current) return;
  options_.logger->debug("Setting current trace");
  trace->before_.mark(current().trace, trace);
}

void TraceProvider::finish_trace(const std::shared_ptr<Trace>& trace, bool reset_current) {
  if (trace->recording()) {
    if (!trace->started_) return;
    notify("Error in trace processor during on_trace_end", [&](TracingProcessor& p) { p.on_trace_end(*trace); });
  }
  if (!reset_current || !trace->before_.marked()) return;
  options_.logger->debug("Resetting current trace");
  trace->before_.reset(current().trace);
}

std::shared_ptr<Span> TraceProvider::create_span(std::shared_ptr<SpanData> data, bool disabled) {
  auto span = std::allocate_shared<Span>(Recycling<Span>());
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
  span->id_.append("span_");
  if (options_.random_hex) {
    span->id_.append(options_.random_hex(24));
  } else {
    std::array<unsigned char, 12> bytes;
    random_bytes(bytes);
    span->id_.append_hex(bytes.data(), bytes.size());
  }
  span->trace_ = context.trace;
  if (context.span) span->parent_id_ = ShortText(context.span->id());
  return span;
}

std::shared_ptr<Span> TraceProvider::create_custom_span(
    std::string_view name, std::initializer_list<SpanAttribute> data) {
  return create_span(recycled_custom_span(name, data));
}

void TraceProvider::start(const std::shared_ptr<Span>& span, bool mark_current) {
  if (span->recording()) {
    if (span->started_at_.set()) {
      options_.logger->log(Level::kWarning, "Span already started");
      return;
    }
    if (options_.now) {
      span->started_at_.text = ShortText(options_.now());
    } else {
      const BothClocks now = read_both_clocks();
      span->started_at_.time = now.wall;
      span->begun_ = now.steady;
    }
    notify("Error in trace processor during on_span_start", [&](TracingProcessor& p) { p.on_span_start(*span); });
  }
  if (mark_current) span->before_.mark(current().span, span);
}

void TraceProvider::finish(const std::shared_ptr<Span>& span, bool reset_current) {
  if (span->recording()) {
    if (span->ended_at_.set()) {
      options_.logger->log(Level::kWarning, "Span already finished");
      return;
    }
    if (options_.now) {
      span->ended_at_.text = ShortText(options_.now());
    } else {
      span->ended_at_.time = span->started_at_.time + (std::chrono::steady_clock::now() - span->begun_);
    }
    notify("Error in trace processor during on_span_end", [&](TracingProcessor& p) { p.on_span_end(*span); });
  }
  if (reset_current) span->before_.reset(current().span);
}

}  // namespace codex::telemetry
