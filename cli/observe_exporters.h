// Where `observe` sends telemetry to: an OpenTelemetry collector, a StatsD server, whoever asks for
// Prometheus' numbers.
#ifndef CLI_OBSERVE_EXPORTERS_H_
#define CLI_OBSERVE_EXPORTERS_H_

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "codex/telemetry/correlation.h"
#include "codex/telemetry/event.h"

namespace codex::cli {

struct ExporterAddresses {
  std::string otlp;        // "http://HOST:4318"; empty: as the OTEL_* variables say
  std::string prometheus;  // "HOST:PORT" to listen on; empty: nothing is served
  std::string statsd;      // "HOST:PORT"; empty: nothing is sent
};

class ObserveExporters {
 public:
  // What they complain about, and how much was lost.
  using Note = std::function<void(const std::string& text)>;

  // Starts threads: in the process that observes. What cannot be begun is noted and left out. With
  // a valid `context`, a collector gets one span by that context, named `span`, under the caller's.
  ObserveExporters(telemetry::Hub& hub, const ExporterAddresses& addresses,
                   const telemetry::TraceContext& context, const std::string& span, Note note);
  ~ObserveExporters();

  // Sends what waits, for as long as there is time. `failed`: codex did not end with status 0.
  void finish(bool failed, std::chrono::milliseconds time);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace codex::cli

#endif  // CLI_OBSERVE_EXPORTERS_H_
