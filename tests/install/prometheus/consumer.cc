#include <codex/telemetry/prometheus.h>
#include <iostream>
int main() {
  codex::telemetry::Metrics metrics;
  metrics.counter("codex.sessions").add();
  const auto endpoint = codex::telemetry::serve_prometheus(metrics, {.address = "127.0.0.1:0"});
  const std::string text = codex::telemetry::prometheus_text(metrics);
  if (endpoint) std::cout << text.substr(text.rfind('\n', text.size() - 2) + 1);
}
