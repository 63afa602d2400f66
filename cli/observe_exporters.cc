#include "cli/observe_exporters.h"

#include <optional>
#include <utility>
#include <vector>

#include "codex/telemetry/exporter.h"
#include "codex/telemetry/metrics.h"
#include "codex/telemetry/propagation.h"
#include "codex/telemetry/span_data.h"
#include "codex/telemetry/statsd.h"
#include "codex/telemetry/tracing.h"

#if CTD_WITH_OTLP
#include "codex/telemetry/otlp.h"
#endif
#if CTD_WITH_PROMETHEUS
#include "codex/telemetry/prometheus.h"
#endif

namespace codex::cli {
namespace {

// Its one span is the one that `context` names, so that what codex exports hangs under it.
telemetry::TraceProvider::Options ids_of(const telemetry::TraceContext& context) {
  telemetry::TraceProvider::Options options;
  options.random_hex = [span = context.span_id](std::size_t digits) {
    std::string id = span;
    id.resize(digits, '0');
    return id;
  };
  return options;
}

}  // namespace

struct ObserveExporters::State {
  State(telemetry::Hub& hub, const telemetry::TraceContext& context)
      : provider(ids_of(context)), recorder(hub, metrics) {}

  void begin(const telemetry::TraceContext& context, const std::string& name) {
    telemetry::TraceProvider::TraceOptions options;
    options.name = "codex-telemetry-diff observe";
    options.id = telemetry::trace_id_for(context);
    trace = provider.create_trace(options);
    provider.start_trace(trace);
    span = provider.create_span(
        std::make_shared<telemetry::CustomSpanData>(name, json::Object()));
    provider.start(span);
  }

  Note note;
  telemetry::TraceProvider provider;
  telemetry::Metrics metrics;
  telemetry::MetricsRecorder recorder;
  std::vector<std::unique_ptr<telemetry::Exporter>> exporters;
  std::shared_ptr<telemetry::Trace> trace;
  std::shared_ptr<telemetry::Span> span;
};

ObserveExporters::ObserveExporters(telemetry::Hub& hub, const ExporterAddresses& addresses,
                                   const telemetry::TraceContext& context, const std::string& span,
                                   Note note) {
#if CTD_WITH_OTLP
  telemetry::OtlpOptions otlp = addresses.otlp.empty() ? telemetry::otlp_options_from_environment()
                                                       : telemetry::otlp_options(addresses.otlp);
  const bool exports = otlp.any_enabled();
#else
  const bool exports = false;
  if (!addresses.otlp.empty()) note("--otlp: this program was built without the exporter");
#endif
  if (!exports && addresses.prometheus.empty() && addresses.statsd.empty()) return;
  state_ = std::make_unique<State>(hub, context);
  state_->note = std::move(note);
  telemetry::exporter_logger().attach([told = state_->note](const telemetry::LogRecord& record) {
    told(std::string(record.message()));
  });
#if CTD_WITH_OTLP
  if (exports) {
    otlp.own_metrics = &state_->metrics;
    state_->exporters.push_back(telemetry::attach_otlp(
        {.traces = &state_->provider, .events = &hub, .metrics = &state_->metrics}, std::move(otlp)));
    if (context.valid()) state_->begin(context, span);
  }
#else
  static_cast<void>(span);
#endif
  const auto add = [this](const char* option, auto exporter, const std::string& error) {
    if (exporter) {
      state_->exporters.push_back(std::move(exporter));
    } else {
      state_->note(std::string(option) + ": " + error);
    }
  };
  std::string error;
  if (!addresses.statsd.empty()) {
    telemetry::StatsdOptions options;
    options.address = addresses.statsd;
    add("--statsd", telemetry::export_statsd(state_->metrics, std::move(options), &error), error);
  }
  if (!addresses.prometheus.empty()) {
#if CTD_WITH_PROMETHEUS
    telemetry::PrometheusOptions options;
    options.address = addresses.prometheus;
    add("--prometheus", telemetry::serve_prometheus(state_->metrics, std::move(options), &error),
        error);
#else
    state_->note("--prometheus: this program was built without the endpoint");
#endif
  }
}

ObserveExporters::~ObserveExporters() = default;

void ObserveExporters::finish(bool failed, std::chrono::milliseconds time) {
  if (!state_) return;
  if (state_->span) {
    if (failed) state_->span->set_error({"codex failed", json::Value()});
    state_->provider.finish(state_->span);
    state_->provider.finish_trace(state_->trace);
  }
  const auto deadline = std::chrono::steady_clock::now() + time;
  for (const auto& exporter : state_->exporters) {
    exporter->shutdown(deadline);
    for (const telemetry::ExporterStats& stats : exporter->stats()) {
      if (stats.dropped() == 0) continue;
      std::string text = std::string(stats.exporter) + ": of " + std::to_string(stats.emitted) +
                         " records (" + std::string(stats.signal) + ") " +
                         std::to_string(stats.dropped()) + " were lost:";
      for (std::size_t i = 0; i < telemetry::kExportDrops; ++i) {
        const auto reason = static_cast<telemetry::ExportDrop>(i);
        if (stats.dropped(reason) == 0) continue;
        text += " " + std::to_string(stats.dropped(reason)) + " " +
                std::string(telemetry::export_drop_name(reason));
      }
      state_->note(text);
    }
  }
  state_->exporters.clear();
}

}  // namespace codex::cli
