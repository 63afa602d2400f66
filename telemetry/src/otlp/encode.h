// Spans, events and metrics as the messages of OTLP: one record each, as JSON.
//
// Semantic conventions: OpenTelemetry 1.41.0, gen-ai (docs/exporters.md has the tables).
#ifndef CODEX_TELEMETRY_SRC_OTLP_ENCODE_H_
#define CODEX_TELEMETRY_SRC_OTLP_ENCODE_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/event.h"
#include "codex/telemetry/json.h"
#include "codex/telemetry/metrics.h"
#include "codex/telemetry/otlp.h"
#include "codex/telemetry/propagation.h"

namespace codex::telemetry::otlp {

inline constexpr std::string_view kSchemaUrl = "https://opentelemetry.io/schemas/1.41.0";

// The digits of the library's ids, as propagation.h has them. An id of another shape (a host may
// name its traces as it likes) becomes a hash of it, so that what belongs together still does.
std::string w3c_trace_id(std::string_view id);
std::string w3c_span_id(std::string_view id);

// What a span is told of the trace that it is in.
struct TraceFacts {
  json::Object exported;              // Trace::exported(); empty: not known
  std::optional<RemoteTrace> remote;  // of the process that started us, where it is the same trace
};

// opentelemetry.proto.trace.v1.Span of Span::exported().
std::string encode_span(const json::Object& exported, const TraceFacts& trace,
                        const OtlpLimits& limits);
// opentelemetry.proto.logs.v1.LogRecord.
std::string encode_event(const Event& event, std::chrono::system_clock::time_point observed,
                         const OtlpLimits& limits);

struct EncodedMetric {
  std::string json;
  std::size_t points = 0;
};
// opentelemetry.proto.metrics.v1.Metric, one for each sample.
std::vector<EncodedMetric> encode_metrics(const std::vector<MetricSample>& samples,
                                          std::chrono::system_clock::time_point since,
                                          std::chrono::system_clock::time_point now);

// opentelemetry.proto.resource.v1.Resource. `attributes` come first and win; what identifies the
// process and this library is added: service.name, service.instance.id, process.pid,
// telemetry.sdk.*.
std::string encode_resource(const OtlpPairs& attributes, const Scrubber* scrubber);

}  // namespace codex::telemetry::otlp

#endif  // CODEX_TELEMETRY_SRC_OTLP_ENCODE_H_
