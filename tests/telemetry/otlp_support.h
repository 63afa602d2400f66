// What the tests of the OpenTelemetry exporter share.
#ifndef CODEX_TESTS_TELEMETRY_OTLP_SUPPORT_H_
#define CODEX_TESTS_TELEMETRY_OTLP_SUPPORT_H_

#include <chrono>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "codex/telemetry/otlp.h"
#include "tests/support/failure_server.h"
#include "tests/support/json_at.h"

namespace codex::telemetry {

using std::chrono::steady_clock;

inline Environment environment_of(std::map<std::string, std::string, std::less<>> variables) {
  return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

inline steady_clock::time_point in(std::chrono::milliseconds time) {
  return steady_clock::now() + time;
}
// Long enough on any machine: what is awaited with it comes, or the test has failed.
inline steady_clock::time_point in_time() {
  return in(std::chrono::seconds(60));
}

// To `url`, without delays: what fails is tried again at once.
inline OtlpOptions quick_options(std::string_view url) {
  OtlpOptions options = otlp_options(url, environment_of({}));
  options.retry.first = std::chrono::milliseconds(1);
  options.retry.longest = std::chrono::milliseconds(2);
  return options;
}

// The records of all requests to a path: "/v1/traces", at "/resourceSpans/0/scopeSpans/0/spans".
inline json::Array records_of(const std::vector<test::HttpRequest>& requests,
                              const std::string& signal) {
  static const std::map<std::string, std::string> kPlaces = {
      {"traces", "/resourceSpans/0/scopeSpans/0/spans"},
      {"logs", "/resourceLogs/0/scopeLogs/0/logRecords"},
      {"metrics", "/resourceMetrics/0/scopeMetrics/0/metrics"}};
  json::Array all;
  for (const test::HttpRequest& request : requests) {
    if (request.path != "/v1/" + signal) continue;
    const json::Value body = test::parsed(request.body);
    for (const json::Value& record : *test::at(body, kPlaces.at(signal)).array())
      all.push_back(record);
  }
  return all;
}

// The attributes of a record: key → AnyValue. A key that is there twice fails the test.
inline std::map<std::string, json::Value> attributes_of(const json::Value& record) {
  std::map<std::string, json::Value> all;
  for (const json::Value& attribute : *test::at(record, "/attributes").array()) {
    const auto [place, added] =
        all.emplace(test::at(attribute, "/key").text(), test::at(attribute, "/value"));
    EXPECT_TRUE(added) << place->first << " is there twice";
  }
  return all;
}
// {"stringValue": text}
inline json::Value string_value(std::string_view text) {
  return json::Object{{"stringValue", text}};
}
inline json::Value int_value(std::string_view digits) {
  return json::Object{{"intValue", digits}};
}

// The account agrees, and of what was emitted nothing waits.
inline void expect_settled(const ExporterStats& stats) {
  EXPECT_EQ(stats.emitted, stats.exported + stats.dropped());
  EXPECT_EQ(stats.queued, 0U);
  EXPECT_EQ(stats.in_flight, 0U);
}

// A provider whose spans go out, one trace.
class SpanSource {
 public:
  SpanSource() { start(); }
  TraceProvider& provider() { return provider_; }
  void span(const std::string& name, json::Object data = {}) {
    const auto made =
        provider_.create_span(std::make_shared<CustomSpanData>(name, std::move(data)));
    provider_.start(made);
    provider_.finish(made);
  }
  void span(std::shared_ptr<SpanData> data) {
    const auto made = provider_.create_span(std::move(data));
    provider_.start(made);
    provider_.finish(made);
  }
  void spans(int count) {
    // The current trace is the thread's own.
    const TracingScope scope({trace_, nullptr});
    for (int i = 0; i < count; ++i)
      span("span");
  }
  const std::shared_ptr<Trace>& trace() const { return trace_; }

 private:
  static TraceProvider::Options quiet() {
    static Logger logger("quiet");
    TraceProvider::Options options;
    options.logger = &logger;
    return options;
  }
  void start() { trace_ = provider_.create_trace({}); }
  TraceProvider provider_{quiet()};
  std::shared_ptr<Trace> trace_;
};

}  // namespace codex::telemetry

#endif  // CODEX_TESTS_TELEMETRY_OTLP_SUPPORT_H_
