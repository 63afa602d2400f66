// One trace across processes: W3C trace context in from the environment, out to a codex that is
// started or asked.
//
//   const auto from = trace_context_from_environment();            // TRACEPARENT, TRACESTATE
//   const TraceContext mine = make_trace_context(from ? &from->context : nullptr);
//   spawn(codex, argv, environment_with(mine, current_environment()));   // codex exec
//   send(with_trace(request, mine));                                     // codex app-server
//
// What codex exports then carries our trace id and hangs under our span; it exports nothing where
// the context is not sampled. Everything here is a pure function but for reading the environment.
// https://www.w3.org/TR/trace-context/ (level 1)
#ifndef CODEX_TELEMETRY_PROPAGATION_H_
#define CODEX_TELEMETRY_PROPAGATION_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/correlation.h"
#include "codex/telemetry/json.h"
#include "codex/telemetry/switches.h"
#include "codex/telemetry/tracing.h"

namespace codex::telemetry {

// What another process handed over. Give `state` on with every context of the same trace.
struct RemoteTrace {
  TraceContext context;
  std::string state;  // `tracestate` as it came, or empty
};

// TRACEPARENT and TRACESTATE; blanks and tabs around them do not count. Nothing where TRACEPARENT
// is missing or bad. A bad TRACESTATE is left out, the context holds.
std::optional<RemoteTrace> trace_context_from_environment(
    const Environment& environment = process_environment());

inline constexpr std::size_t kMaxTraceStateBytes = 512;
inline constexpr std::size_t kMaxTraceStateMembers = 32;
// `tracestate` as it may be given on: byte for byte where it fits. Of one that is too long, whole
// members go: those of more than 128 bytes first, then any, each time the last of them. Empty for
// one that is malformed, has a key twice or more than 32 members.
std::string bounded_tracestate(std::string_view header);

// "NAME=VALUE" of each variable of this process, in its order. Not while another thread changes it.
std::vector<std::string> current_environment();
// `environment` for a process that is started under `context`: TRACEPARENT and TRACESTATE are
// replaced, at the end. Unchanged where the context is invalid: what stands there stays the parent.
std::vector<std::string> environment_with(const TraceContext& context,
                                          std::vector<std::string> environment,
                                          std::string_view tracestate = {});
// A JSON-RPC request to codex app-server with "trace":{"traceparent":…,"tracestate":…} beside its
// id and method. Unchanged: what is no request (without id or method), or an invalid context.
json::Object with_trace(json::Object request, const TraceContext& context,
                        std::string_view tracestate = {});

// ---- the ids of tracing.h, and W3C's ----
// "trace_" + 32 hex digits: those are the trace id. "span_" + 24 hex digits: the first 16 are the
// span id. So a span of ours can be the parent of spans that codex exports.

// The context whose span is `span`, sampled. Nothing for one that does not record, or that has an
// id of another shape (a host may name its traces as it likes) or all zero.
std::optional<TraceContext> trace_context_of(const Span& span);
// That of the calling thread's current span (current_tracing()).
std::optional<TraceContext> current_trace_context();
// The other way, for TraceOptions::id: a trace that goes on with the one `context` belongs to.
// Empty, and so a new id there, for an invalid context.
std::string trace_id_for(const TraceContext& context);

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_PROPAGATION_H_
