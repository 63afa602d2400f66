// Counts what `codex exec --json` prints, for Prometheus, for a StatsD server or as text.
//
//   export_metrics < my.exec.jsonl                              Prometheus' text to standard output
//   export_metrics --open-metrics < my.exec.jsonl               the same as OpenMetrics
//   codex exec --json "say hi" | export_metrics --prometheus 127.0.0.1:9464 --statsd 127.0.0.1:8125
//
// With --prometheus it serves until it is interrupted, and prints where.
#include <array>
#include <chrono>
#include <csignal>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>

#include <unistd.h>

#include <codex/telemetry/exec_observer.h>
#include <codex/telemetry/metrics.h>
#include <codex/telemetry/prometheus.h>
#include <codex/telemetry/statsd.h>

namespace telemetry = codex::telemetry;

namespace {

struct Options {
  std::string prometheus;
  std::string statsd;
  bool plain = false;
  bool open_metrics = false;
};

bool read(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--plain") {
      options.plain = true;
    } else if (word == "--open-metrics") {
      options.open_metrics = true;
    } else if (word == "--prometheus" && i + 1 < argc) {
      options.prometheus = argv[++i];
    } else if (word == "--statsd" && i + 1 < argc) {
      options.statsd = argv[++i];
    } else {
      return false;
    }
  }
  return true;
}

void observe(telemetry::Hub& hub) {
  telemetry::ExecObserver observer(hub);
  std::array<char, 65536> bytes;
  ssize_t count = 0;
  while ((count = ::read(STDIN_FILENO, bytes.data(), bytes.size())) > 0)
    observer.standard_output({bytes.data(), static_cast<std::size_t>(count)});
  observer.ended(std::nullopt);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!read(argc, argv, options)) {
    std::cerr << "usage: export_metrics [--prometheus ADDR] [--statsd ADDR [--plain]]"
                 " [--open-metrics] < LOG\n";
    return 2;
  }
  // Waited for below; blocked before there is another thread.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  if (!options.prometheus.empty()) sigprocmask(SIG_BLOCK, &ends, nullptr);

  telemetry::Hub hub;
  telemetry::Metrics metrics;
  const telemetry::MetricsRecorder recorder(hub, metrics);
  std::string error;

  std::unique_ptr<telemetry::PrometheusEndpoint> endpoint;
  if (!options.prometheus.empty()) {
    endpoint = telemetry::serve_prometheus(metrics, {.address = options.prometheus}, &error);
    if (!endpoint) {
      std::cerr << "--prometheus: " << error << '\n';
      return 2;
    }
    std::cout << endpoint->url() << std::endl;
  }
  std::unique_ptr<telemetry::StatsdExporter> statsd;
  if (!options.statsd.empty()) {
    telemetry::StatsdOptions wanted;
    wanted.address = options.statsd;
    if (options.plain) wanted.dialect = telemetry::StatsdDialect::kPlain;
    statsd = telemetry::export_statsd(metrics, wanted, &error);
    if (!statsd) {
      std::cerr << "--statsd: " << error << '\n';
      return 2;
    }
  }

  observe(hub);

  int status = 0;
  if (statsd && !statsd->shutdown(std::chrono::steady_clock::now() + std::chrono::seconds(2))) {
    std::cerr << "--statsd: not everything could be sent\n";
    status = 1;
  }
  if (endpoint) {
    int signal = 0;
    sigwait(&ends, &signal);
  } else if (!statsd || options.open_metrics) {
    std::cout << (options.open_metrics ? telemetry::open_metrics_text(metrics)
                                       : telemetry::prometheus_text(metrics));
  }
  return status;
}
