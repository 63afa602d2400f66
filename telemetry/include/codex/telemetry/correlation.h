// Which session, thread, turn, item and call the current code works for, and its trace context.
//
// The current correlation is thread-local. A scope sets what it knows and inherits the rest; it
// must be left on the thread that entered it, in reverse order. To go on elsewhere (another
// thread, a callback, a coroutine), take `current()` there and open a scope with it here.
#ifndef CODEX_TELEMETRY_CORRELATION_H_
#define CODEX_TELEMETRY_CORRELATION_H_

#include <optional>
#include <string>
#include <string_view>

namespace codex::telemetry {

// W3C trace context: what crosses processes as `traceparent`.
struct TraceContext {
  std::string trace_id;  // 32 lower-case hex digits, or empty: none
  std::string span_id;   // 16 lower-case hex digits
  bool sampled = true;
  bool valid() const { return trace_id.size() == 32 && span_id.size() == 16; }
  bool operator==(const TraceContext&) const = default;
};
// Of a later version, which may say more than version 00 does: opentelemetry-api takes as much.
inline constexpr std::size_t kMaxTraceParentBytes = 512;
// Reads a `traceparent` header; nothing when it is malformed, longer, all zero, or of version ff.
std::optional<TraceContext> parse_traceparent(std::string_view header);
// "00-TRACE-SPAN-01"; empty for an invalid context.
std::string traceparent(const TraceContext& context);
// A fresh random context; `parent`'s trace id is kept when it is valid.
TraceContext make_trace_context(const TraceContext* parent = nullptr);

// Empty strings: not known.
struct Correlation {
  std::string session;
  std::string thread;
  std::string turn;
  std::string item;
  std::string call;
  TraceContext trace;
  bool operator==(const Correlation&) const = default;
};

// The calling thread's correlation. Never fails; all empty where no scope is open. The reference
// is valid until the next scope opens or closes on this thread: copy it to keep it.
const Correlation& current_correlation();

// What is empty in `correlation` is inherited from the scope around it.
class CorrelationScope {
 public:
  explicit CorrelationScope(const Correlation& correlation);
  ~CorrelationScope();
  CorrelationScope(const CorrelationScope&) = delete;
  CorrelationScope& operator=(const CorrelationScope&) = delete;

 private:
  Correlation previous_;
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_CORRELATION_H_
