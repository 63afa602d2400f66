// Metrics as Prometheus names and writes them.
#ifndef CODEX_TELEMETRY_SRC_PROMETHEUS_EXPORT_FAMILIES_H_
#define CODEX_TELEMETRY_SRC_PROMETHEUS_EXPORT_FAMILIES_H_

#include <span>
#include <string>
#include <vector>

#include <prometheus/metric_family.h>

#include "codex/telemetry/metrics.h"

namespace codex::telemetry {

// Seconds and bytes for units, "_total" on counters, valid UTF-8 everywhere; help as it stands.
// Series that are the same after that are added up: a server takes none of a scrape that has one
// twice. Families in order of the samples.
std::vector<prometheus::MetricFamily> prometheus_families(std::span<const MetricSample> samples);

// Text format 0.0.4, and OpenMetrics 1.0, whatever the families hold.
std::string text_exposition(std::vector<prometheus::MetricFamily> families);
std::string open_metrics_exposition(const std::vector<prometheus::MetricFamily>& families);

// prometheus-cpp writes the help as it is, and one line feed in it loses the whole scrape.
std::string escaped_help(std::string_view help);

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_PROMETHEUS_EXPORT_FAMILIES_H_
