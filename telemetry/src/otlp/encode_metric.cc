#include <algorithm>
#include <span>

#include "encode.h"
#include "json_out.h"

namespace codex::telemetry::otlp {
namespace {

// What every data point begins with. A label without a value is none.
void put_point(std::string& out, const MetricPoint& point, std::string_view times) {
  static const OtlpLimits kUnlimited{kNoLimit, kNoLimit, kNoLimit};  // metrics have none
  out += '{';
  Attributes attributes(out, kUnlimited);
  for (const auto& [name, value] : point.labels) {
    if (!value.empty()) attributes.add(name, std::string_view(value));
  }
  attributes.close();
  out += times;
}

void put_histogram(std::string& out, const HistogramValue& value,
                   std::span<const std::uint64_t> bounds) {
  out += R"(,"count":)";
  put_unsigned(out, value.count);
  out += R"(,"sum":)";
  put_real(out, static_cast<double>(value.sum));
  out += R"(,"bucketCounts":[)";
  for (std::size_t i = 0; i < value.buckets.size(); ++i) {
    if (i != 0) out += ',';
    put_unsigned(out, value.buckets[i]);
  }
  out += R"(],"explicitBounds":[)";
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    if (i != 0) out += ',';
    put_real(out, static_cast<double>(bounds[i]));
  }
  out += ']';
}

}  // namespace

std::vector<EncodedMetric> encode_metrics(const std::vector<MetricSample>& samples,
                                          std::chrono::system_clock::time_point since,
                                          std::chrono::system_clock::time_point now) {
  // A clock that was set back must not make a point end before it starts.
  std::string times = R"(,"startTimeUnixNano":)";
  put_time(times, std::min(since, now));
  times += R"(,"timeUnixNano":)";
  put_time(times, now);

  std::vector<EncodedMetric> metrics;
  for (const MetricSample& sample : samples) {
    const MetricInfo& info = *sample.info;
    EncodedMetric made;
    std::string& out = made.json;
    out += R"({"name":)";
    put_text(out, info.name);
    out += R"(,"description":)";
    put_text(out, info.help);
    out += R"(,"unit":)";
    put_text(out, info.unit);
    const bool histogram = info.kind == MetricKind::kHistogram;
    out += histogram ? R"(,"histogram":{"aggregationTemporality":2,"dataPoints":[)"
                     : R"(,"sum":{"aggregationTemporality":2,"dataPoints":[)";
    for (const MetricPoint& point : sample.points) {
      if (made.points++ != 0) out += ',';
      put_point(out, point, times);
      if (histogram) {
        put_histogram(out, point.histogram, info.bounds);
      } else {
        out += R"(,"asInt":)";
        put_integer(out, point.value);
      }
      out += '}';
    }
    out += ']';
    if (info.kind == MetricKind::kCounter) out += R"(,"isMonotonic":true)";
    out += "}}";
    metrics.push_back(std::move(made));
  }
  return metrics;
}

}  // namespace codex::telemetry::otlp
