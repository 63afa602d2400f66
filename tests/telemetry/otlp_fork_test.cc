// A host that forks: the child starts afresh, the parent goes on, nothing goes out twice.
#include <atomic>
#include <functional>
#include <set>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

#include "otlp_support.h"

#include <sys/wait.h>

namespace codex::telemetry {
namespace {

using namespace std::chrono_literals;
using test::FailureServer;
using test::HttpRequest;

std::uint64_t accepted_spans(const FailureServer& server) {
  return records_of(server.requests(), "traces").size();
}

// What a child says of itself over a pipe, and how it ended.
std::pair<int, std::string> in_child(const std::function<std::string()>& work) {
  int ends[2];
  if (::pipe(ends) != 0) return {-1, "no pipe"};
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string said = work();
    const bool whole =
        ::write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size());
    ::_exit(whole ? 0 : 1);
  }
  ::close(ends[1]);
  std::string said;
  char bytes[4096];
  for (ssize_t count; (count = ::read(ends[0], bytes, sizeof bytes)) > 0;)
    said.append(bytes, static_cast<std::size_t>(count));
  ::close(ends[0]);
  int status = -1;
  ::waitpid(child, &status, 0);
  return {status, said};
}

std::string text_of(const ExporterStats& stats) {
  return std::to_string(stats.emitted) + " emitted, " + std::to_string(stats.exported) +
         " exported, " + std::to_string(stats.queued) + " queued";
}

TEST(OtlpFork, TheChildStartsAfreshAndTheParentGoesOn) {
  FailureServer server;
  OtlpOptions options = quick_options(server.url());
  options.traces.delay = 1h;
  SpanSource source;
  const auto exporter = attach_otlp({.traces = &source.provider()}, options);
  source.spans(2);
  EXPECT_TRUE(exporter->flush(in_time()));  // a worker is there, with a connection
  source.spans(3);                          // these wait
  const auto [status, said] = in_child([&] {
    std::string all = text_of(exporter->stats().at(0)) + "; ";
    source.spans(4);
    const bool flushed = exporter->flush(in_time());
    all += std::string(flushed ? "flushed; " : "not flushed; ") + text_of(exporter->stats().at(0)) +
           "; ";
    source.spans(1);
    all += exporter->shutdown(in_time()) ? "ended; " : "not ended; ";
    return all + text_of(exporter->stats().at(0));
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(said,
            "0 emitted, 0 exported, 0 queued; flushed; 4 emitted, 4 exported, 0 queued; ended; "
            "5 emitted, 5 exported, 0 queued");
  EXPECT_EQ(accepted_spans(server), 7U);  // none of the parent's twice
  EXPECT_TRUE(exporter->flush(in_time()));
  EXPECT_EQ(text_of(exporter->stats().at(0)), "5 emitted, 5 exported, 0 queued");
  EXPECT_EQ(accepted_spans(server), 10U);
  // Two processes, two instances.
  std::set<std::string> instances;
  for (const HttpRequest& request : server.requests()) {
    const json::Value body = test::parsed(request.body);
    const auto resource = attributes_of(test::at(body, "/resourceSpans/0/resource"));
    instances.insert(
        std::string(test::at(resource.at("service.instance.id"), "/stringValue").text()));
  }
  EXPECT_EQ(instances.size(), 2U);
}

TEST(OtlpFork, AtAnyMoment) {
  FailureServer server;
  OtlpOptions options = quick_options(server.url());
  options.traces.delay = 1ms;
  options.metrics.delay = 1ms;
  SpanSource source;
  Metrics metrics;
  metrics.counter("codex.threads").add();
  options.own_metrics = &metrics;
  const auto exporter = attach_otlp({.traces = &source.provider(), .metrics = &metrics}, options);
  std::atomic<bool> done{false};
  std::thread producer([&] {
    while (!done) {
      source.spans(1);
      std::this_thread::sleep_for(100us);
    }
  });
  for (int i = 0; i < 20; ++i) {
    const auto [status, said] = in_child([&] {
      source.spans(2);
      const bool flushed = exporter->flush(in_time());
      const ExporterStats stats = exporter->stats().at(0);
      return std::string(flushed && stats.exported == 2 && stats.emitted == 2 ? "well" : "ill");
    });
    EXPECT_EQ(status, 0);
    EXPECT_EQ(said, "well");
  }
  done = true;
  producer.join();
  EXPECT_TRUE(exporter->shutdown(in_time()));
  expect_settled(exporter->stats().at(0));
}

}  // namespace
}  // namespace codex::telemetry
