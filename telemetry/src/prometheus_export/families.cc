#include "prometheus_export/families.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <utility>

#include <prometheus/text_serializer.h>

#include "python_utf8.h"

namespace codex::telemetry {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

// Of a name: letters, digits and "_", and no digit first. Labels have the same rule.
std::string name_text(std::string_view text) {
  std::string name;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (digit && name.empty()) name += '_';
    name += digit || letter ? c : '_';
  }
  return name;
}

// What a value is divided by, and what the name gets for it.
struct Unit {
  double divisor = 1;
  std::string_view suffix;
};
Unit unit_of(const MetricInfo& info) {
  if (info.unit == "ns") return {1e9, "_seconds"};
  if (info.unit == "By") return {1, "_bytes"};
  return {};  // "{turn}" says what is counted, which the name does too
}

std::string family_name(const MetricInfo& info) {
  std::string name = name_text(info.name);
  name += unit_of(info).suffix;
  if (info.kind == MetricKind::kCounter) name += "_total";
  return name;
}

using Labels = std::vector<std::pair<std::string, std::string>>;

Labels labels_of(const MetricPoint& point) {
  Labels labels;
  for (const auto& [name, value] : point.labels)
    labels.emplace_back(name_text(name), utf8_decode_replacing(value));
  return labels;
}

void add_to(MetricPoint& sum, const MetricPoint& point) {
  sum.value += point.value;
  sum.histogram.count += point.histogram.count;
  sum.histogram.sum += point.histogram.sum;
  sum.histogram.buckets.resize(
      std::max(sum.histogram.buckets.size(), point.histogram.buckets.size()));
  for (std::size_t i = 0; i < point.histogram.buckets.size(); ++i)
    sum.histogram.buckets[i] += point.histogram.buckets[i];
}

ClientMetric::Histogram histogram_of(const MetricInfo& info, const HistogramValue& value) {
  const double divisor = unit_of(info).divisor;
  ClientMetric::Histogram made;
  made.sample_count = value.count;
  made.sample_sum = static_cast<double>(value.sum) / divisor;
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < value.buckets.size(); ++i) {
    below += value.buckets[i];
    ClientMetric::Bucket bucket;
    bucket.cumulative_count = below;
    bucket.upper_bound = i < info.bounds.size() ? static_cast<double>(info.bounds[i]) / divisor
                                                : std::numeric_limits<double>::infinity();
    made.bucket.push_back(bucket);
  }
  return made;
}

MetricType type_of(MetricKind kind) {
  switch (kind) {
    case MetricKind::kCounter:
      return MetricType::Counter;
    case MetricKind::kUpDownCounter:
      return MetricType::Gauge;
    case MetricKind::kHistogram:
      return MetricType::Histogram;
  }
  return MetricType::Untyped;
}

ClientMetric metric_of(const MetricInfo& info, const Labels& labels, const MetricPoint& point) {
  ClientMetric metric;
  for (const auto& [name, value] : labels)
    metric.label.push_back({name, value});
  if (info.kind == MetricKind::kHistogram) {
    metric.histogram = histogram_of(info, point.histogram);
  } else if (info.kind == MetricKind::kCounter) {
    metric.counter.value = static_cast<double>(point.value) / unit_of(info).divisor;
  } else {
    metric.gauge.value = static_cast<double>(point.value) / unit_of(info).divisor;
  }
  return metric;
}

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Inf" : "+Inf";
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return {text, end};
}

// OpenMetrics has one rule for label values and help: \ and line feed are escaped, and ".
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

// As OpenMetrics wants a bound: "1.0", never "1".
std::string bound_text(double bound) {
  const std::string text = number(bound);
  return text.find_first_not_of("0123456789") == std::string::npos ? text + ".0" : text;
}

std::string label_text(const ClientMetric& metric, std::string_view bound = {}) {
  std::string text;
  const auto add = [&text](std::string_view name, std::string_view value) {
    text += text.empty() ? "{" : ",";
    text.append(name).append("=\"").append(escaped(value)).append("\"");
  };
  for (const auto& label : metric.label)
    add(label.name, label.value);
  if (!bound.empty()) add("le", bound);
  return text.empty() ? text : text + "}";
}

}  // namespace

std::vector<MetricFamily> prometheus_families(std::span<const MetricSample> samples) {
  std::vector<MetricFamily> families;
  for (const MetricSample& sample : samples) {
    std::map<Labels, MetricPoint> points;
    for (const MetricPoint& point : sample.points)
      add_to(points[labels_of(point)], point);
    MetricFamily family;
    family.name = family_name(*sample.info);
    family.help = utf8_decode_replacing(sample.info->help);
    family.type = type_of(sample.info->kind);
    for (const auto& [labels, point] : points)
      family.metric.push_back(metric_of(*sample.info, labels, point));
    families.push_back(std::move(family));
  }
  return families;
}

std::string escaped_help(std::string_view help) {
  std::string out;
  for (const char c : help) {
    if (c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

std::string text_exposition(std::vector<MetricFamily> families) {
  for (MetricFamily& family : families)
    family.help = escaped_help(family.help);
  return prometheus::TextSerializer().Serialize(families);
}

std::string open_metrics_exposition(const std::vector<MetricFamily>& families) {
  std::string text;
  const auto sample = [&text](const std::string& name, const std::string& labels, double value) {
    text.append(name).append(labels).append(" ").append(number(value)).append("\n");
  };
  for (const MetricFamily& family : families) {
    // A counter's family is named without the suffix of its samples.
    std::string name = family.name;
    if (family.type == MetricType::Counter && name.ends_with("_total")) name.resize(name.size() - 6);
    const std::string_view type = family.type == MetricType::Counter ? "counter"
                                  : family.type == MetricType::Gauge ? "gauge"
                                                                     : "histogram";
    text.append("# TYPE ").append(name).append(" ").append(type).append("\n");
    for (const std::string_view unit : {"seconds", "bytes"}) {
      if (name.ends_with("_" + std::string(unit)))
        text.append("# UNIT ").append(name).append(" ").append(unit).append("\n");
    }
    text.append("# HELP ").append(name).append(" ").append(escaped(family.help)).append("\n");
    for (const ClientMetric& metric : family.metric) {
      if (family.type == MetricType::Counter) {
        sample(family.name, label_text(metric), metric.counter.value);
      } else if (family.type == MetricType::Gauge) {
        sample(name, label_text(metric), metric.gauge.value);
      } else {
        for (const ClientMetric::Bucket& bucket : metric.histogram.bucket) {
          sample(name + "_bucket", label_text(metric, bound_text(bucket.upper_bound)),
                 static_cast<double>(bucket.cumulative_count));
        }
        sample(name + "_count", label_text(metric),
               static_cast<double>(metric.histogram.sample_count));
        sample(name + "_sum", label_text(metric), metric.histogram.sample_sum);
      }
    }
  }
  return text + "# EOF\n";
}

}  // namespace codex::telemetry
