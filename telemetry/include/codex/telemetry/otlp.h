// Spans, events and metrics to OpenTelemetry: OTLP over HTTP, as JSON.
//
//   auto otlp = attach_otlp({.traces = &provider, .events = &hub, .metrics = &metrics});  // OTEL_*
//   auto otlp = attach_otlp({.events = &hub}, otlp_options("http://127.0.0.1:4318"));
//
// Needs the component `otlp` of the package (target codex::telemetry_otlp), and so libcurl and
// zlib. docs/exporters.md: how spans, events and metrics are mapped, and which variables count.
//
// Each signal has a bounded queue and a thread of its own, which starts with the first record (of
// metrics: at once). Everything was scrubbed before it is queued. After fork() the child starts
// afresh: empty queues, all counts 0, threads of its own as soon as it emits or flushes; what waits
// is the parent's.
#ifndef CODEX_TELEMETRY_OTLP_H_
#define CODEX_TELEMETRY_OTLP_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codex/telemetry/event.h"
#include "codex/telemetry/exporter.h"
#include "codex/telemetry/metrics.h"
#include "codex/telemetry/scrub.h"
#include "codex/telemetry/switches.h"
#include "codex/telemetry/tracing.h"

namespace codex::telemetry {

using OtlpPairs = std::vector<std::pair<std::string, std::string>>;

// Where one signal goes, and how.
struct OtlpSignal {
  bool enabled = false;
  std::string url;    // the whole of it: "http://127.0.0.1:4318/v1/traces"
  OtlpPairs headers;  // sent, never shown
  bool gzip = false;
  std::string certificate;  // PEM files: who is trusted, and who we are
  std::string client_certificate;
  std::string client_key;
  std::chrono::milliseconds timeout{10'000};        // of one attempt
  std::chrono::milliseconds batch_timeout{30'000};  // of a batch, with all its attempts
  std::size_t max_queue = 2048;                     // records that wait
  std::size_t max_batch = 512;                      // records in one request
  // A batch goes when it is full, and so long after the last one. Of metrics: how often.
  std::chrono::milliseconds delay{5'000};

  static OtlpSignal every(std::chrono::milliseconds delay) {
    OtlpSignal signal;
    signal.delay = delay;
    return signal;
  }
};

inline constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

// What a span or log record may hold. What goes beyond `count` is left out and counted in it
// (droppedAttributesCount); longer texts end at that code point; what lies deeper is left empty.
struct OtlpLimits {
  std::size_t count = 128;
  std::size_t length = kNoLimit;  // code points of a text
  // Of arrays and objects in one another. Receivers that read protobuf refuse messages that are
  // more than 100 deep, the whole request with them; an object is three messages.
  std::size_t depth = 30;
};

struct OtlpRetry {
  int attempts = 5;                                  // the first included
  std::chrono::milliseconds first{1'000};            // before the second attempt
  std::chrono::milliseconds longest{30'000};         // doubled each time up to this, less jitter
  std::chrono::milliseconds longest_asked{300'000};  // a Retry-After beyond this is not waited for
};

struct OtlpOptions {
  OtlpSignal traces;
  OtlpSignal logs = OtlpSignal::every(std::chrono::seconds(1));
  OtlpSignal metrics = OtlpSignal::every(std::chrono::seconds(60));
  OtlpPairs resource;  // attributes, beside those that say which process and which SDK this is
  OtlpLimits span_limits;
  OtlpLimits log_limits;
  // Of traces, by their id (keeps_trace()); spans with an error always go, unless it is 0.
  double sample_ratio = 1;
  // As the process that started us decided (the flag in TRACEPARENT), for its trace.
  bool sample_as_parent = true;
  QueuePolicy policy = QueuePolicy::kDropNewest;
  OtlpRetry retry;
  std::size_t max_response = 64 * 1024;             // bytes of an answer that are read
  std::chrono::milliseconds shutdown_limit{5'000};  // where the host names no deadline
  Scrubbing scrubbing;                              // of the resource
  // Where the exporter counts itself (ExporterMeter); null: nowhere but in stats(). Must outlive
  // it.
  Metrics* own_metrics = nullptr;
  Environment environment = process_environment();  // for TRACEPARENT
  bool any_enabled() const { return traces.enabled || logs.enabled || metrics.enabled; }
};

// As the OTEL_* variables say. Without any that names an endpoint or the exporter "otlp", nothing
// is enabled. What can't be read is told to exporter_logger(), once, and its default holds.
OtlpOptions otlp_options_from_environment(const Environment& environment = process_environment());
// All three signals to the collector at `url` ("http://HOST:4318"; /v1/traces and so on are added),
// everything else as the variables say, but for the protocol. OTEL_SDK_DISABLED=true still disables
// it. Nothing is enabled where `url` is none.
OtlpOptions otlp_options(std::string_view url,
                         const Environment& environment = process_environment());

// What is exported; null: not. All must outlive the exporter, but for the tracing provider, which
// keeps what it needs.
struct OtlpSources {
  TraceProvider* traces = nullptr;
  Hub* events = nullptr;
  Metrics* metrics = nullptr;
};

class OtlpExporter : public Exporter {
 public:
  // For a host that sets the processors itself. Never null.
  virtual std::shared_ptr<TracingProcessor> processor() const = 0;
};

// Never null; where nothing is enabled it does nothing, and starts no thread. Attach before the
// first trace. Throws only bad_alloc.
std::unique_ptr<OtlpExporter> attach_otlp(const OtlpSources& sources,
                                          OtlpOptions options = otlp_options_from_environment());

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_OTLP_H_
