// Secrets in spans, events, labels and the resource: none goes out. With scrubbing off, all would.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codex/telemetry/event_names.h"
#include "otlp_support.h"
#include "secret_samples.h"

namespace codex::telemetry {
namespace {

using json::Object;
using test::FailureServer;

// All that was sent of everything that holds `secret`.
std::vector<std::string> sent(const std::string& secret, bool scrubbed) {
  const auto scrubbing = [&] { return scrubbed ? Scrubbing() : Scrubbing::off(); };
  FailureServer server;
  Logger quiet("quiet");
  TraceProvider::Options provider_options;
  provider_options.logger = &quiet;
  provider_options.scrubbing = scrubbing();
  TraceProvider provider(provider_options);
  Hub hub(scrubbing());
  Metrics metrics;
  const MetricsRecorder recorder(hub, metrics);
  OtlpOptions options = quick_options(server.url());
  options.scrubbing = scrubbing();
  options.resource = {{"note", secret}};
  const auto exporter =
      attach_otlp({.traces = &provider, .events = &hub, .metrics = &metrics}, options);

  TraceProvider::TraceOptions named;
  named.name = "run " + secret;
  named.group_id = secret;
  named.metadata = Object{{"note", secret}};
  const auto trace = provider.create_trace(named);
  provider.start_trace(trace);
  const auto tool = std::make_shared<FunctionSpanData>();
  tool->name = "tool";
  tool->input = secret;
  tool->output = Object{{"nested", json::Array{secret}}};
  const auto span = provider.create_span(tool);
  provider.start(span);
  span->set_error({"failed: " + secret, Object{{"note", secret}}});
  provider.finish(span);
  provider.finish_trace(trace);

  Event event;
  event.name = event::kTurnFailed;
  event.metadata.set("error", Object{{"message", secret}});
  event.correlation.session = secret;
  hub.emit(event);
  event.name = event::kToolStart;
  event.metadata = {{"tool", secret}};
  hub.emit(event);
  EXPECT_TRUE(exporter->shutdown(in_time()));
  std::vector<std::string> bodies;
  for (const test::HttpRequest& request : server.requests())
    bodies.push_back(request.path + " " + request.body);
  return bodies;
}

std::size_t with(const std::vector<std::string>& bodies, const std::string& secret) {
  const std::string dumped = json::dump(secret, json::kCompactUnicode);
  const std::string inside = dumped.substr(1, dumped.size() - 2);
  return static_cast<std::size_t>(std::count_if(
      bodies.begin(), bodies.end(),
      [&](const std::string& body) { return body.find(inside) != std::string::npos; }));
}

TEST(OtlpCanary, NoSecretGoesOut) {
  for (const SecretSample& sample : secret_samples()) {
    const auto bodies = sent(sample.text(), true);
    EXPECT_EQ(bodies.size(), 3U);
    EXPECT_EQ(with(bodies, sample.secret), 0U) << sample.rule;
  }
}

TEST(OtlpCanary, WithoutScrubbingItWould) {
  const SecretSample& sample = secret_samples().at(0);
  EXPECT_EQ(with(sent(sample.text(), false), sample.secret), 3U) << sample.rule;
}

}  // namespace
}  // namespace codex::telemetry
