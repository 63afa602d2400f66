// The OTEL_* variables: what they mean, and that a malformed one is told once and does no harm.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codex/telemetry/testing_capture.h"
#include "otlp_support.h"
#include "telemetry/src/otlp/environment.h"

namespace codex::telemetry {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using Variables = std::map<std::string, std::string, std::less<>>;

// What is complained about from now on, as if it were the first time.
struct Heard : LogCapture {
  Heard() : LogCapture(exporter_logger()) { otlp::forget_complaints(); }
};

OtlpOptions read(Variables variables) {
  return otlp_options_from_environment(environment_of(std::move(variables)));
}
const std::string kEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

TEST(OtlpEnvironment, NothingSetNothingEnabled) {
  EXPECT_FALSE(read({}).any_enabled());
  EXPECT_FALSE(read({{kEndpoint, " "}, {"OTEL_SERVICE_NAME", "me"}}).any_enabled());
  const OtlpOptions options = read({});
  EXPECT_EQ(options.traces.delay, 5s);
  EXPECT_EQ(options.logs.delay, 1s);
  EXPECT_EQ(options.metrics.delay, 60s);
  EXPECT_EQ(options.traces.timeout, 10s);
  EXPECT_EQ(options.span_limits.count, 128U);
  EXPECT_EQ(options.span_limits.length, kNoLimit);
  EXPECT_EQ(options.sample_ratio, 1);
}

TEST(OtlpEnvironment, OneEndpointForAll) {
  const OtlpOptions options = read({{kEndpoint, "http://collector:4318/base/"}});
  EXPECT_TRUE(options.traces.enabled && options.logs.enabled && options.metrics.enabled);
  EXPECT_EQ(options.traces.url, "http://collector:4318/base/v1/traces");
  EXPECT_EQ(options.logs.url, "http://collector:4318/base/v1/logs");
  EXPECT_EQ(options.metrics.url, "http://collector:4318/base/v1/metrics");
}

TEST(OtlpEnvironment, AnEndpointOfASignalIsTakenAsItIs) {
  const OtlpOptions options =
      read({{"OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "https://logs.example/x"}});
  EXPECT_FALSE(options.traces.enabled || options.metrics.enabled);
  EXPECT_EQ(options.logs.url, "https://logs.example/x");
  EXPECT_TRUE(options.logs.enabled);
}

TEST(OtlpEnvironment, TheExportersAreNamed) {
  const OtlpOptions none = read(
      {{kEndpoint, "http://c"}, {"OTEL_TRACES_EXPORTER", "none"}, {"OTEL_LOGS_EXPORTER", "otlp"}});
  EXPECT_FALSE(none.traces.enabled);
  EXPECT_TRUE(none.logs.enabled && none.metrics.enabled);
  const OtlpOptions local = read({{"OTEL_TRACES_EXPORTER", "otlp"}});
  EXPECT_EQ(local.traces.url, "http://localhost:4318/v1/traces");
  EXPECT_TRUE(local.traces.enabled);
  EXPECT_FALSE(local.logs.enabled);
  const Heard log;
  EXPECT_FALSE(
      read({{kEndpoint, "http://c"}, {"OTEL_METRICS_EXPORTER", "prometheus"}}).metrics.enabled);
  EXPECT_THAT(log.messages(),
              ElementsAre("WARNING OTEL_METRICS_EXPORTER: names an exporter that is "
                          "not here: only otlp and none are"));
}

TEST(OtlpEnvironment, Disabled) {
  EXPECT_FALSE(read({{kEndpoint, "http://c"}, {"OTEL_SDK_DISABLED", "TRUE"}}).any_enabled());
  EXPECT_TRUE(read({{kEndpoint, "http://c"}, {"OTEL_SDK_DISABLED", "1"}}).any_enabled());
  EXPECT_FALSE(read({{kEndpoint, "http://c"}, {"CODEX_TELEMETRY_DISABLED", "1"}}).any_enabled());
  EXPECT_FALSE(
      otlp_options("http://c", environment_of({{"OTEL_SDK_DISABLED", "true"}})).any_enabled());
}

TEST(OtlpEnvironment, OtherProtocolsAreOffWithAWord) {
  const Heard log;
  EXPECT_FALSE(
      read({{kEndpoint, "http://c"}, {"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}}).any_enabled());
  EXPECT_EQ(log.size(), 3U);
  EXPECT_EQ(log.messages().at(0),
            "WARNING OTEL_EXPORTER_OTLP_PROTOCOL: only http/json is spoken here; nothing is "
            "exported (traces)");
  const OtlpOptions one = read({{kEndpoint, "http://c"},
                                {"OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"},
                                {"OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", "http/protobuf"}});
  EXPECT_TRUE(one.traces.enabled && one.metrics.enabled);
  EXPECT_FALSE(one.logs.enabled);
  // Who names the URL in code has chosen.
  EXPECT_TRUE(otlp_options("http://c", environment_of({{"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}}))
                  .any_enabled());
}

TEST(OtlpEnvironment, EverySettingOfASignal) {
  const OtlpOptions options = read({
      {kEndpoint, "http://c"},
      {"OTEL_EXPORTER_OTLP_HEADERS", " api-key = a%20b%2Cc , x=1,"},
      {"OTEL_EXPORTER_OTLP_LOGS_HEADERS", "only=this"},
      {"OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"},
      {"OTEL_EXPORTER_OTLP_LOGS_COMPRESSION", "none"},
      {"OTEL_EXPORTER_OTLP_CERTIFICATE", "/ca.pem"},
      {"OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "/me.pem"},
      {"OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY", "/key.pem"},
      {"OTEL_EXPORTER_OTLP_TIMEOUT", "2000"},
      {"OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "3000"},
      {"OTEL_BSP_SCHEDULE_DELAY", "11"},
      {"OTEL_BSP_EXPORT_TIMEOUT", "12"},
      {"OTEL_BSP_MAX_QUEUE_SIZE", "13"},
      {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "14"},
      {"OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", "15"},
      {"OTEL_METRIC_EXPORT_INTERVAL", "16"},
      {"OTEL_METRIC_EXPORT_TIMEOUT", "17"},
  });
  EXPECT_THAT(options.traces.headers, ElementsAre(Pair("api-key", "a b,c"), Pair("x", "1")));
  EXPECT_THAT(options.logs.headers, ElementsAre(Pair("only", "this")));
  EXPECT_TRUE(options.traces.gzip);
  EXPECT_FALSE(options.logs.gzip);
  EXPECT_EQ(options.metrics.certificate, "/ca.pem");
  EXPECT_EQ(options.metrics.client_certificate, "/me.pem");
  EXPECT_EQ(options.traces.client_key, "/key.pem");
  EXPECT_EQ(options.metrics.client_key, "");
  EXPECT_EQ(options.traces.timeout, 2s);
  EXPECT_EQ(options.metrics.timeout, 3s);
  EXPECT_EQ(options.traces.delay, 11ms);
  EXPECT_EQ(options.traces.batch_timeout, 12ms);
  EXPECT_EQ(options.traces.max_queue, 13U);
  EXPECT_EQ(options.traces.max_batch, 13U);  // no more than the queue holds
  EXPECT_EQ(options.logs.max_batch, 15U);
  EXPECT_EQ(options.metrics.delay, 16ms);
  EXPECT_EQ(options.metrics.batch_timeout, 17ms);
}

TEST(OtlpEnvironment, Limits) {
  const OtlpOptions options = read({{"OTEL_ATTRIBUTE_COUNT_LIMIT", "10"},
                                    {"OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "20"},
                                    {"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "0"},
                                    {"OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT", "40"}});
  EXPECT_EQ(options.span_limits.count, 0U);
  EXPECT_EQ(options.span_limits.length, 20U);
  EXPECT_EQ(options.log_limits.count, 10U);
  EXPECT_EQ(options.log_limits.length, 40U);
}

TEST(OtlpEnvironment, TheResource) {
  EXPECT_THAT(
      read({{"OTEL_RESOURCE_ATTRIBUTES", "service.name=a,team=x%3Dy"}, {"OTEL_SERVICE_NAME", "b"}})
          .resource,
      ElementsAre(Pair("service.name", "b"), Pair("team", "x=y")));
  const Heard log;
  EXPECT_THAT(read({{"OTEL_RESOURCE_ATTRIBUTES", "team"}}).resource, IsEmpty());
  EXPECT_EQ(log.size(), 1U);
}

TEST(OtlpEnvironment, Samplers) {
  const auto ratio = [](const char* sampler, const char* argument) {
    return read({{"OTEL_TRACES_SAMPLER", sampler}, {"OTEL_TRACES_SAMPLER_ARG", argument}})
        .sample_ratio;
  };
  EXPECT_EQ(ratio("always_on", ""), 1);
  EXPECT_EQ(ratio("always_off", ""), 0);
  EXPECT_EQ(ratio("traceidratio", "0.25"), 0.25);
  EXPECT_EQ(ratio("traceidratio", ""), 1);
  EXPECT_EQ(ratio("parentbased_traceidratio", "0.5"), 0.5);
  EXPECT_EQ(ratio("parentbased_always_off", ""), 0);
  EXPECT_TRUE(read({{"OTEL_TRACES_SAMPLER", "parentbased_always_off"}}).sample_as_parent);
  EXPECT_FALSE(read({{"OTEL_TRACES_SAMPLER", "always_on"}}).sample_as_parent);
  EXPECT_TRUE(read({}).sample_as_parent);
}

TEST(OtlpEnvironment, AUrlThatIsNone) {
  const Heard log;
  for (const char* const bad : {"", "localhost:4318", "ftp://c", "http://", "https://"})
    EXPECT_FALSE(otlp_options(bad, environment_of({})).any_enabled()) << bad;
  EXPECT_EQ(log.size(), 1U);
}

struct Malformed {
  const char* name;
  const char* value;
};
void PrintTo(const Malformed& one, std::ostream* out) {
  *out << one.name << "=" << one.value;
}
class OtlpMalformed : public testing::TestWithParam<Malformed> {};

TEST_P(OtlpMalformed, IsToldOnceAndChangesNothing) {
  const auto [name, value] = GetParam();
  const Variables variables = {{kEndpoint, "http://c"},
                               {"OTEL_TRACES_SAMPLER", "traceidratio"},
                               {"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://m"}};
  Variables bad = variables;
  bad.insert_or_assign(name, value);
  const Heard log;
  const OtlpOptions usual = read(variables);
  const OtlpOptions options = read(bad);
  read(bad);
  ASSERT_EQ(log.size(), 1U);
  EXPECT_THAT(log.messages().at(0), testing::StartsWith(std::string("WARNING ") + name + ": "));
  EXPECT_THAT(log.messages().at(0), testing::Not(testing::HasSubstr(value)));
  EXPECT_EQ(options.traces.timeout, usual.traces.timeout);
  EXPECT_EQ(options.traces.delay, usual.traces.delay);
  EXPECT_EQ(options.traces.max_queue, usual.traces.max_queue);
  EXPECT_EQ(options.span_limits.count, usual.span_limits.count);
  EXPECT_EQ(options.sample_ratio, 1);
  EXPECT_FALSE(options.traces.gzip);
  EXPECT_THAT(options.traces.headers, IsEmpty());
  EXPECT_THAT(options.logs.headers, IsEmpty());
  EXPECT_TRUE(options.logs.enabled);
}

INSTANTIATE_TEST_SUITE_P(
    Values, OtlpMalformed,
    testing::Values(Malformed{"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "10s"},
                    Malformed{"OTEL_EXPORTER_OTLP_TIMEOUT", "-7"},
                    Malformed{"OTEL_BSP_SCHEDULE_DELAY", "99999999999999999999"},
                    Malformed{"OTEL_BSP_MAX_QUEUE_SIZE", "zero"},
                    Malformed{"OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "-128"},
                    Malformed{"OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "zstd"},
                    Malformed{"OTEL_EXPORTER_OTLP_TRACES_HEADERS", "authorization"},
                    Malformed{"OTEL_EXPORTER_OTLP_LOGS_HEADERS", "a=b%0d%0aEvil: yes"},
                    Malformed{"OTEL_EXPORTER_OTLP_METRICS_HEADERS", "a=c%"},
                    Malformed{"OTEL_EXPORTER_OTLP_HEADERS", "a b=c"},
                    Malformed{"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "collector:4318"},
                    Malformed{"OTEL_TRACES_SAMPLER_ARG", "nan"},
                    Malformed{"OTEL_TRACES_SAMPLER", "jaeger_remote"}));

TEST(OtlpEnvironment, PercentEncoding) {
  EXPECT_EQ(otlp::percent_decoded("a%41%7e%C3%A9"), "aA~\u00e9");
  for (const char* const bad : {"%", "%4", "%zz", "%-1", "%+1"})
    EXPECT_EQ(otlp::percent_decoded(bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace codex::telemetry
