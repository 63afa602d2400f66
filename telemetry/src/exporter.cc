#include "codex/telemetry/exporter.h"

#include <numeric>
#include <string>

namespace codex::telemetry {

std::string_view export_drop_name(ExportDrop reason) {
  switch (reason) {
    case ExportDrop::kQueueFull: return "queue_full";
    case ExportDrop::kRetriesExhausted: return "retries_exhausted";
    case ExportDrop::kRejected: return "rejected";
    case ExportDrop::kPartialSuccess: return "partial_success";
    case ExportDrop::kShutdown: return "shutdown";
    case ExportDrop::kSampledOut: return "sampled_out";
    case ExportDrop::kFailed: return "failed";
  }
  return "unknown";
}

std::uint64_t ExporterStats::dropped() const {
  return std::accumulate(dropped_by.begin(), dropped_by.end(), std::uint64_t{0});
}

Logger& exporter_logger() {
  static Logger* const logger = new Logger("codex.telemetry.exporter");
  return *logger;
}

void ExporterMeter::update(const std::vector<ExporterStats>& stats) {
  for (const ExporterStats& now : stats) {
    ExporterStats& last = last_[{now.exporter, now.signal}];
    const auto add = [&](std::string name, std::string_view reason, std::uint64_t value,
                         std::uint64_t before) {
      if (value == before) return;
      const auto change = static_cast<std::int64_t>(value - before);
      metrics_.counter(name, {now.exporter, reason}).add(change);
    };
    const std::string signal(now.signal);
    const std::string exporter = "otel.sdk.exporter." + signal;
    const std::string queue = "otel.sdk.processor." + signal + ".queue.";
    add(exporter + ".exported", "", now.exported, last.exported);
    for (std::size_t i = 0; i < kExportDrops; ++i) {
      add(exporter + ".exported", export_drop_name(static_cast<ExportDrop>(i)), now.dropped_by[i],
          last.dropped_by[i]);
    }
    add(exporter + ".inflight", "", now.in_flight, last.in_flight);
    add(queue + "size", "", now.queued - now.in_flight, last.queued - last.in_flight);
    add(queue + "capacity", "", now.capacity, last.capacity);
    last = now;
  }
}

}  // namespace codex::telemetry
