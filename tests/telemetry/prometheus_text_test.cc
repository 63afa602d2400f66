// What Prometheus reads: names, units, escaping. Servers of their own read it in scripts/soak.
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codex/telemetry/event_names.h"
#include "codex/telemetry/prometheus.h"
#include "hostile_labels.h"
#include "prometheus_export/families.h"
#include "secret_samples.h"

namespace codex::telemetry {
namespace {

using testing::HasSubstr;
using testing::Not;

// A sample line: its name, its labels unescaped, its value. Fails the test where it is none.
struct Sample {
  std::string name;
  std::map<std::string, std::string> labels;
  double value = 0;
};
Sample sample(const std::string& line) {
  Sample read;
  std::size_t i = 0;
  while (i < line.size() && line[i] != '{' && line[i] != ' ')
    read.name += line[i++];
  static const std::regex name("[a-zA-Z_][a-zA-Z0-9_]*");
  EXPECT_TRUE(std::regex_match(read.name, name)) << line;
  if (line[i] == '{') {
    for (++i; i < line.size() && line[i] != '}';) {
      std::string label, value;
      while (line.at(i) != '=')
        label += line[i++];
      EXPECT_EQ(line.at(++i), '"') << line;
      for (++i; line.at(i) != '"'; ++i) {
        if (line[i] == '\\') {
          ++i;
          value += line.at(i) == 'n' ? '\n' : line[i];
        } else {
          value += line[i];
        }
      }
      ++i;
      if (line.at(i) == ',') ++i;
      EXPECT_TRUE(std::regex_match(label, name)) << line;
      EXPECT_TRUE(read.labels.emplace(label, value).second) << line;
    }
    ++i;
  }
  EXPECT_EQ(line.at(i), ' ') << line;
  read.value = std::stod(line.substr(i + 1));
  return read;
}

// Of an exposition; no series may come twice.
std::vector<Sample> samples(const std::string& text) {
  std::vector<Sample> all;
  std::set<std::pair<std::string, std::map<std::string, std::string>>> seen;
  std::stringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with("#")) continue;
    all.push_back(sample(line));
    EXPECT_TRUE(seen.emplace(all.back().name, all.back().labels).second) << line;
  }
  return all;
}

TEST(PrometheusText, NamesUnitsAndBuckets) {
  Metrics metrics;
  metrics.counter("codex.turns", {"completed"}).add(2);
  metrics.counter("codex.turns.active").add(1);
  metrics.histogram("codex.turn.duration", {"completed"}).record(1'000'000);
  metrics.histogram("codex.turn.duration", {"completed"}).record(70'000'000'000);
  metrics.histogram("codex.turn.duration", {"completed"}).record(8'000'000'000'000);
  const std::string text = prometheus_text(metrics);
  EXPECT_THAT(text, HasSubstr("# HELP codex_turns_total Turns that ended, by outcome.\n"
                              "# TYPE codex_turns_total counter\n"
                              "codex_turns_total{outcome=\"completed\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE codex_turns_active gauge\ncodex_turns_active 1\n"));
  for (const char* line : {"_count{outcome=\"completed\"} 3", "_sum{outcome=\"completed\"} 8070.001",
                           "_bucket{outcome=\"completed\",le=\"0.001\"} 1",
                           "_bucket{outcome=\"completed\",le=\"60\"} 1",
                           "_bucket{outcome=\"completed\",le=\"300\"} 2",
                           "_bucket{outcome=\"completed\",le=\"3600\"} 2",
                           "_bucket{outcome=\"completed\",le=\"+Inf\"} 3"}) {
    EXPECT_THAT(text, HasSubstr(std::string("\ncodex_turn_duration_seconds") + line + "\n"));
  }
  EXPECT_EQ(prometheus_text(Metrics()), "");
}

TEST(PrometheusText, OpenMetricsHasItsOwnForm) {
  Metrics metrics;
  metrics.counter("codex.turns", {"a\"\\\nb"}).add(2);
  metrics.histogram("codex.session.duration").record(1'000'000);
  const std::string text = open_metrics_text(metrics);
  EXPECT_THAT(text, HasSubstr("# TYPE codex_turns counter\n"
                              "# HELP codex_turns Turns that ended, by outcome.\n"
                              "codex_turns_total{outcome=\"a\\\"\\\\\\nb\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE codex_session_duration_seconds histogram\n"
                              "# UNIT codex_session_duration_seconds seconds\n"));
  EXPECT_THAT(text, HasSubstr("_bucket{le=\"1.0\"} 1\n"));
  EXPECT_TRUE(text.ends_with("# EOF\n"));
  EXPECT_EQ(open_metrics_text(Metrics()), "# EOF\n");
}

TEST(PrometheusText, EveryMetricHasANameOfItsOwnAndHelp) {
  std::vector<MetricSample> all;
  for (const MetricInfo& info : all_metrics()) {
    MetricPoint point;
    point.histogram.buckets.resize(info.bounds.size() + 1);
    for (const std::string_view label : info.labels)
      point.labels.emplace_back(label, "x");
    all.push_back({&info, {point}});
  }
  std::set<std::string> names;
  for (const auto& family : prometheus_families(all)) {
    EXPECT_FALSE(family.help.empty()) << family.name;
    for (const char* suffix : {"", "_total", "_bucket", "_sum", "_count", "_created"}) {
      if (std::string_view(suffix) == "_total" && family.name.ends_with("_total")) continue;
      EXPECT_TRUE(names.insert(family.name + suffix).second) << family.name << suffix;
    }
  }
  EXPECT_EQ(samples(text_exposition(prometheus_families(all))).size(),
            samples(open_metrics_exposition(prometheus_families(all))).size());
}

TEST(PrometheusText, AHelpOfManyLinesIsOneLine) {
  const MetricInfo info{"a.b", MetricKind::kCounter, "", "one\nforged_total 99\\n\xff", {}, {}};
  const std::vector<MetricSample> all{{&info, {MetricPoint{}}}};
  EXPECT_EQ(text_exposition(prometheus_families(all)),
            "# HELP a_b_total one\\nforged_total 99\\\\n\xef\xbf\xbd\n# TYPE a_b_total counter\n"
            "a_b_total 0\n");
  EXPECT_THAT(open_metrics_exposition(prometheus_families(all)),
              HasSubstr("# HELP a_b one\\nforged_total 99\\\\n\xef\xbf\xbd\n"));
}

TEST(PrometheusText, NamesThatPrometheusDoesNotKnowAreMadeSuch) {
  static constexpr std::string_view kLabels[] = {"otel.component.type", "1st"};
  const MetricInfo info{"9.a-b", MetricKind::kCounter, "By", "h", kLabels, {}};
  MetricPoint point;
  point.labels = {{kLabels[0], "x"}, {kLabels[1], "y"}};
  const std::vector<MetricSample> all{{&info, {point}}};
  EXPECT_THAT(text_exposition(prometheus_families(all)),
              HasSubstr("\n_9_a_b_bytes_total{otel_component_type=\"x\",_1st=\"y\"} 0\n"));
}

TEST(PrometheusText, HostileLabelsComeBackAsTheyWereAndForgeNothing) {
  Metrics metrics;
  for (const std::string& label : hostile_labels())
    metrics.counter("codex.tool.calls", {label, "completed"}).add();
  for (const std::string& text : {prometheus_text(metrics), open_metrics_text(metrics)}) {
    std::map<std::string, double> found;
    double sum = 0;
    for (const Sample& read : samples(text)) {
      ASSERT_EQ(read.name, "codex_tool_calls_total");
      ASSERT_EQ(read.labels.size(), 2U);
      found[read.labels.at("tool")] = read.value;
      sum += read.value;
    }
    EXPECT_EQ(sum, static_cast<double>(hostile_labels().size()));
    EXPECT_EQ(found["x\ncodex_forged:99|c"], 1);
    EXPECT_EQ(found["\"} 1\nforged_total{a=\""], 1);
    EXPECT_EQ(found["\\"], 1);
    EXPECT_EQ(found[""], 1);
    // What is no UTF-8 is replaced; what is the same then is one series.
    EXPECT_EQ(found["\xef\xbf\xbd"], 5);  // U+FFFD itself, ff, 80, and two that are cut short
    EXPECT_THAT(text, Not(HasSubstr("\xff")));
  }
}

TEST(PrometheusText, HistogramsThatLookTheSameAreAddedUp) {
  Metrics metrics;
  metrics.histogram("codex.tool.duration", {"\xff"}).record(1);
  metrics.histogram("codex.tool.duration", {"\xfe"}).record(2'000'000'000);
  const std::string text = prometheus_text(metrics);
  EXPECT_THAT(text, HasSubstr("_count{tool=\"\xef\xbf\xbd\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("_bucket{tool=\"\xef\xbf\xbd\",le=\"0.001\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("_bucket{tool=\"\xef\xbf\xbd\",le=\"5\"} 2\n"));
  samples(text);
}

TEST(PrometheusText, NoSecretGetsOut) {
  for (const bool scrubbed : {true, false}) {
    Hub hub(scrubbed ? Scrubbing() : Scrubbing::off());
    Metrics metrics({.max_series = 100'000});
    const MetricsRecorder recorder(hub, metrics);
    for (const SecretSample& sample : secret_samples()) {
      Event event;
      event.name = event::kToolStop;
      event.metadata = {{"tool", sample.text()}};
      hub.emit(event);
    }
    const std::string out = prometheus_text(metrics) + open_metrics_text(metrics);
    std::size_t shown = 0;
    for (const SecretSample& sample : secret_samples())
      shown += out.find(sample.secret.substr(0, 16)) != std::string::npos ? 1U : 0U;
    if (scrubbed) {
      EXPECT_EQ(shown, 0U);
    } else {
      EXPECT_GT(shown, 10U);  // else the test sees nothing
    }
  }
}

// ---- docs ----

std::string file(const std::string& name) {
  std::ifstream stream(CTD_SOURCE_DIR "/docs/" + name);
  EXPECT_TRUE(stream) << name;
  return {std::istreambuf_iterator<char>(stream), {}};
}

// The metrics and labels that expressions name and nobody has.
std::vector<std::string> unknown_names(const std::string& text) {
  std::set<std::string> names{"le", "job", "instance"};
  std::vector<MetricSample> all;
  for (const MetricInfo& info : all_metrics()) {
    MetricPoint point;
    for (const std::string_view label : info.labels)
      point.labels.emplace_back(label, "x");
    all.push_back({&info, {point}});
  }
  for (const auto& family : prometheus_families(all)) {
    const bool histogram = family.type == prometheus::MetricType::Histogram;
    for (const char* suffix : {"_bucket", "_sum", "_count"}) {
      if (histogram) names.insert(family.name + suffix);
    }
    if (!histogram) names.insert(family.name);
  }
  std::vector<std::string> unknown;
  const std::regex metric("\\b(?:codex|otel)_[a-z_]+\\b");
  for (std::sregex_iterator i(text.begin(), text.end(), metric), end; i != end; ++i) {
    if (!names.contains(i->str()) && i->str() != "otel_component_type") unknown.push_back(i->str());
  }
  return unknown;
}

TEST(Docs, TheTableOfMetricsIsWhole) {
  const std::string page = file("exporters.md");
  for (const MetricInfo& info : all_metrics()) {
    if (info.name.starts_with("otel.sdk.")) continue;
    const std::vector<MetricSample> one{{&info, {MetricPoint{}}}};
    std::string labels;
    for (const std::string_view label : info.labels)
      labels += (labels.empty() ? "`" : ", `") + std::string(label) + "`";
    const std::string row = "| `" + std::string(info.name) + "` | `" +
                            prometheus_families(one)[0].name + "` | " + labels + " | ";
    EXPECT_THAT(page, HasSubstr(row));
    EXPECT_THAT(page, HasSubstr(std::string(info.help)));
  }
}

TEST(Monitoring, TheDashboardAndTheRulesNameMetricsThatThereAre) {
  for (const char* name : {"monitoring/grafana-dashboard.json", "monitoring/prometheus-rules.yaml"}) {
    const std::string text = file(name);
    EXPECT_THAT(text, HasSubstr("codex_turns_total")) << name;
    EXPECT_THAT(unknown_names(text), testing::IsEmpty()) << name;
  }
  EXPECT_TRUE(json::parse(file("monitoring/grafana-dashboard.json")));
  EXPECT_THAT(unknown_names("rate(codex_turns[5m]) + codex_turn_duration_seconds_bucket + "
                            "codex_no_such_total + codex_turn_duration_seconds"),
              testing::ElementsAre("codex_turns", "codex_no_such_total",
                                   "codex_turn_duration_seconds"));
}

}  // namespace
}  // namespace codex::telemetry
