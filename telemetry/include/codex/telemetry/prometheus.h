// Metrics for Prometheus: an endpoint that a server scrapes, and the same as text. Needs the
// component `prometheus` of the package (target codex::telemetry_prometheus), and so prometheus-cpp.
//
//   std::string error;
//   auto endpoint = serve_prometheus(metrics, {.address = "127.0.0.1:9464"}, &error);
//   if (!endpoint) std::cerr << error << '\n';
//   std::cout << endpoint->url() << '\n';   // "http://127.0.0.1:9464/metrics"
//
//   std::cout << prometheus_text(metrics);  // of a program that ends before anybody can scrape it
//
// Names are the metrics' own, with what Prometheus adds: codex.turns is codex_turns_total,
// codex.turn.duration codex_turn_duration_seconds. docs/exporters.md lists them.
#ifndef CODEX_TELEMETRY_PROMETHEUS_H_
#define CODEX_TELEMETRY_PROMETHEUS_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "codex/telemetry/exporter.h"
#include "codex/telemetry/metrics.h"

namespace codex::telemetry {

// Everything that `metrics` counted, whole, in the formats that Prometheus reads: its own (text
// version 0.0.4), and OpenMetrics 1.0. Throw only bad_alloc.
std::string prometheus_text(const Metrics& metrics);
std::string open_metrics_text(const Metrics& metrics);

struct PrometheusOptions {
  // "HOST:PORT", ":PORT" or "PORT" (127.0.0.1), "HOST" (port 9464); port 0: any. IPv4: the server
  // in Debian's prometheus-cpp knows no other. "0.0.0.0:9464" lets other machines in.
  std::string address = {};
  std::string path = "/metrics";
  int threads = 2;  // that answer; more clients than that wait
  std::chrono::milliseconds shutdown_limit{1'000};  // of the destructor
};

// stats(): data points are series that were scraped. There is no queue, and so nothing to flush.
// After fork() the child's copy is dead; the parent answers on.
class PrometheusEndpoint : public Exporter {
 public:
  virtual std::uint16_t port() const = 0;  // that it listens on
  virtual std::string url() const = 0;
};

// Null where the address can't be read or bound; then `error` says why. `metrics` must outlive it;
// it counts itself there (ExporterMeter). Nothing throws.
std::unique_ptr<PrometheusEndpoint> serve_prometheus(Metrics& metrics, PrometheusOptions options,
                                                     std::string* error = nullptr) noexcept;

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_PROMETHEUS_H_
