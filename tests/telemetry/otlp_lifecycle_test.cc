// Queues, flush, shutdown: nothing blocks, nothing is lost without being counted.
#include <atomic>
#include <cstdlib>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codex/telemetry/event_names.h"
#include "codex/telemetry/testing_matchers.h"
#include "otlp_support.h"

namespace codex::telemetry {
namespace {

using namespace std::chrono_literals;
using test::Answer;
using test::badly;
using test::FailureServer;
using test::HttpRequest;
using test::status;

const FailureServer::Script kBlackHole = [](const HttpRequest&, std::size_t) {
  return badly(Answer::Way::kSilence);
};

std::uint64_t accepted_spans(const FailureServer& server) {
  return records_of(server.requests(), "traces").size();
}

struct Producers {
  int threads;
  QueuePolicy policy;
  std::size_t queue;
};
class OtlpAccount : public testing::TestWithParam<Producers> {};

// emitted = exported + dropped, and exported is what the receiver has.
TEST_P(OtlpAccount, IsExactWithManyProducers) {
  constexpr int kEach = 3000;
  FailureServer server;
  OtlpOptions options = quick_options(server.url());
  options.policy = GetParam().policy;
  options.traces.max_queue = GetParam().queue;
  options.traces.max_batch = 64;
  options.traces.delay = 1ms;
  SpanSource source;
  const auto exporter = attach_otlp({.traces = &source.provider()}, options);
  std::atomic<bool> done{false};
  std::thread watcher([&] {
    while (!done) {
      const ExporterStats stats = exporter->stats().at(0);
      EXPECT_EQ(stats.emitted, stats.exported + stats.dropped() + stats.queued);
      EXPECT_LE(stats.queued, stats.capacity + 64);
      std::this_thread::yield();
    }
  });
  std::vector<std::thread> producers;
  for (int i = 0; i < GetParam().threads; ++i)
    producers.emplace_back([&] { source.spans(kEach); });
  for (std::thread& producer : producers)
    producer.join();
  EXPECT_TRUE(exporter->flush(in_time()));
  done = true;
  watcher.join();
  const ExporterStats stats = exporter->stats().at(0);
  expect_settled(stats);
  EXPECT_EQ(stats.emitted, static_cast<std::uint64_t>(GetParam().threads) * kEach);
  EXPECT_EQ(stats.exported, accepted_spans(server));
  EXPECT_EQ(stats.dropped(), stats.dropped(ExportDrop::kQueueFull));
}

INSTANTIATE_TEST_SUITE_P(Policies, OtlpAccount,
                         testing::Values(Producers{1, QueuePolicy::kDropNewest, 16},
                                         Producers{4, QueuePolicy::kDropNewest, 100},
                                         Producers{4, QueuePolicy::kDropOldest, 100},
                                         Producers{4, QueuePolicy::kDropOldest, 100'000}));

// Nothing goes out before the flush: what the queue keeps is known.
std::vector<std::string> kept(QueuePolicy policy) {
  FailureServer server;
  OtlpOptions options = quick_options(server.url());
  options.policy = policy;
  options.traces.max_queue = 3;
  options.traces.max_batch = 3;
  SpanSource source;
  // The first batch is on its way, and stays there until the last span was made.
  std::atomic<bool> go{false};
  FailureServer slow([&](const HttpRequest&, std::size_t) {
    while (!go)
      std::this_thread::sleep_for(1ms);
    return Answer();
  });
  options.traces.url = slow.url() + "/v1/traces";
  const auto exporter = attach_otlp({.traces = &source.provider()}, options);
  const TracingScope scope({source.trace(), nullptr});
  for (const char* const name : {"a", "b", "c"})
    source.span(name);
  slow.wait_for(1);
  for (const char* const name : {"d", "e", "f", "g", "h"})
    source.span(name);
  EXPECT_EQ(exporter->stats().at(0).dropped(ExportDrop::kQueueFull), 2U);
  EXPECT_EQ(exporter->stats().at(0).in_flight, 3U);
  EXPECT_EQ(exporter->stats().at(0).queued, 6U);
  go = true;
  EXPECT_TRUE(exporter->flush(in_time()));
  std::vector<std::string> names;
  for (const json::Value& span : records_of(slow.requests(), "traces"))
    names.emplace_back(test::at(span, "/name").text());
  return names;
}

TEST(OtlpQueue, DropsTheNewest) {
  EXPECT_THAT(kept(QueuePolicy::kDropNewest), testing::ElementsAre("a", "b", "c", "d", "e", "f"));
}
TEST(OtlpQueue, DropsTheOldest) {
  EXPECT_THAT(kept(QueuePolicy::kDropOldest), testing::ElementsAre("a", "b", "c", "f", "g", "h"));
}

TEST(OtlpQueue, AFullBatchGoesByItself) {
  FailureServer server;
  OtlpOptions options = quick_options(server.url());
  options.traces.delay = 1h;
  options.traces.max_batch = 10;
  SpanSource source;
  const auto exporter = attach_otlp({.traces = &source.provider()}, options);
  source.spans(10);
  server.wait_for(1);
  EXPECT_EQ(accepted_spans(server), 10U);
}

TEST(OtlpQueue, ASingleSpanGoesAfterTheDelay) {
  FailureServer server;
  OtlpOptions options = quick_options(server.url());
  options.traces.delay = 1ms;
  SpanSource source;
  const auto exporter = attach_otlp({.traces = &source.provider()}, options);
  for (std::size_t i = 1; i <= 3; ++i) {
    source.spans(1);
    server.wait_for(i);
  }
  EXPECT_EQ(accepted_spans(server), 3U);
}

TEST(OtlpEnd, ABlackHoleIsLeftAtTheDeadline) {
  FailureServer server(kBlackHole);
  OtlpOptions options = quick_options(server.url());
  options.traces.max_batch = 4;
  SpanSource source;
  const auto exporter = attach_otlp({.traces = &source.provider()}, options);
  source.spans(10);
  server.wait_for(1);
  EXPECT_FALSE(exporter->flush(in(30ms)));
  EXPECT_FALSE(exporter->shutdown(in(30ms)));
  const ExporterStats stats = exporter->stats().at(0);
  expect_settled(stats);
  EXPECT_EQ(stats.dropped(ExportDrop::kShutdown), 10U);
  source.spans(5);
  EXPECT_EQ(exporter->stats().at(0).dropped(ExportDrop::kShutdown), 15U);
  EXPECT_EQ(exporter->stats().at(0).emitted, 15U);
}

TEST(OtlpEnd, AWaitForTheNextTryIsLeftAtOnceWhereItIsBehindTheDeadline) {
  FailureServer server([](const HttpRequest&, std::size_t) {
    return status(503, {{"Retry-After", "20"}});
  });
  SpanSource source;
  const auto exporter = attach_otlp({.traces = &source.provider()}, quick_options(server.url()));
  source.spans(3);
  // The deadline is far, and before the next try: nothing is waited for.
  EXPECT_FALSE(exporter->shutdown(in(15s)));
  EXPECT_EQ(exporter->stats().at(0).dropped(ExportDrop::kShutdown), 3U);
}

TEST(OtlpEnd, AShutdownSendsWhatWaits) {
  FailureServer server;
  SpanSource source;
  Hub hub;
  Metrics metrics;
  metrics.counter("codex.threads").add(3);
  const auto exporter =
      attach_otlp({.traces = &source.provider(), .events = &hub, .metrics = &metrics},
                  quick_options(server.url()));
  source.spans(3);
  Event event;
  event.name = event::kTurnStart;
  hub.emit(event);
  EXPECT_TRUE(exporter->shutdown(in_time()));
  EXPECT_TRUE(exporter->shutdown(in_time()));
  EXPECT_EQ(accepted_spans(server), 3U);
  EXPECT_EQ(records_of(server.requests(), "logs").size(), 1U);
  EXPECT_EQ(records_of(server.requests(), "metrics").size(), 1U);
  for (const ExporterStats& stats : exporter->stats()) {
    expect_settled(stats);
    EXPECT_EQ(stats.dropped(), 0U);
  }
}

TEST(OtlpEnd, ShutdownsAtOnceFromManyThreads) {
  for (int round = 0; round < 10; ++round) {
    FailureServer server(
        round % 2 == 0 ? kBlackHole : FailureServer::Script([](auto&&...) { return Answer(); }));
    SpanSource source;
    const auto exporter = attach_otlp({.traces = &source.provider()}, quick_options(server.url()));
    std::thread producer([&] { source.spans(300); });
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&, i] { exporter->shutdown(in(std::chrono::milliseconds(10 * i))); });
    for (std::thread& thread : threads)
      thread.join();
    producer.join();
    const ExporterStats stats = exporter->stats().at(0);
    expect_settled(stats);
    EXPECT_EQ(stats.emitted, 300U);
  }
}

TEST(OtlpEnd, TheProvidersShutdownIsOurs) {
  FailureServer server;
  SpanSource source;
  const auto exporter = attach_otlp({.traces = &source.provider()}, quick_options(server.url()));
  source.spans(2);
  source.provider().force_flush();
  EXPECT_EQ(accepted_spans(server), 2U);
  source.spans(1);
  source.provider().shutdown(60s);
  EXPECT_EQ(accepted_spans(server), 3U);
  source.spans(1);
  EXPECT_EQ(exporter->stats().at(0).dropped(ExportDrop::kShutdown), 1U);
}

TEST(OtlpEnd, ALogHandlerMayShutItDown) {
  FailureServer server([](const HttpRequest&, std::size_t) { return status(400); });
  SpanSource source;
  OtlpExporter* to_end = nullptr;
  const std::uint64_t handler = exporter_logger().attach([&](const LogRecord&) {
    to_end->shutdown(in_time());  // on the worker: it must not wait for itself
  });
  {
    const auto exporter = attach_otlp({.traces = &source.provider()}, quick_options(server.url()));
    to_end = exporter.get();
    source.spans(1);
    exporter->flush(in_time());
    exporter->shutdown(in_time());
    expect_settled(exporter->stats().at(0));
  }
  exporter_logger().detach(handler);
}

TEST(OtlpEnd, NothingIsEnabledNothingHappens) {
  SpanSource source;
  Hub hub;
  Metrics metrics;
  const auto exporter =
      attach_otlp({.traces = &source.provider(), .events = &hub, .metrics = &metrics},
                  otlp_options_from_environment(environment_of({})));
  source.spans(3);
  EXPECT_FALSE(hub.active());
  EXPECT_TRUE(exporter->flush(in_time()));
  EXPECT_TRUE(exporter->shutdown(in_time()));
  EXPECT_TRUE(exporter->stats().empty());
}

// Emits, and ends with an exporter that only static destructors end.
[[noreturn]] void end_with_a_static(const FailureServer& server) {
  OtlpOptions options = quick_options(server.url());
  options.shutdown_limit = 50ms;
  static Hub hub;
  static const auto exporter = attach_otlp({.events = &hub}, options);
  Event event;
  event.name = event::kTurnStart;
  hub.emit(event);
  std::exit(0);
}

// The same with an exporter that nobody ends.
[[noreturn]] void end_without_an_end(const FailureServer& server) {
  static Hub hub;
  const auto* const exporter = attach_otlp({.events = &hub}, quick_options(server.url())).release();
  Event event;
  event.name = event::kTurnStart;
  hub.emit(event);
  std::exit(exporter->stats().empty() ? 1 : 0);
}

TEST(OtlpEndDeathTest, AStaticDestructorMayShutItDown) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  // They end with the process too, behind what is made after them.
  static FailureServer black_hole(kBlackHole);
  static FailureServer good;
  EXPECT_EXIT(end_without_an_end(black_hole), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(end_with_a_static(black_hole), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(end_with_a_static(good), testing::ExitedWithCode(0), "");
}

TEST(OtlpMeter, CountsItselfUnderOpenTelemetrysNames) {
  Answer partly;
  partly.body = R"({"partialSuccess":{"rejectedSpans":"1"}})";
  FailureServer server([&](const HttpRequest&, std::size_t) { return partly; });
  Metrics metrics;
  OtlpOptions options = quick_options(server.url());
  options.own_metrics = &metrics;
  SpanSource source;
  const auto exporter = attach_otlp({.traces = &source.provider()}, options);
  source.spans(5);
  EXPECT_TRUE(exporter->shutdown(in_time()));
  source.spans(1);
  exporter->shutdown(in_time());
  const auto samples = metrics.snapshot();
  const std::string exported =
      R"(otel.sdk.exporter.span.exported{otel.component.type="otlp_http_json_exporter",error.type=")";
  using matchers::Counted;
  EXPECT_THAT(samples, Counted(exported + "\"}", 4));
  EXPECT_THAT(samples, Counted(exported + "partial_success\"}", 1));
  EXPECT_THAT(samples, Counted(exported + "shutdown\"}", 1));
  EXPECT_THAT(
      samples,
      Counted(
          R"(otel.sdk.processor.span.queue.capacity{otel.component.type="otlp_http_json_exporter"})",
          2048));
}

}  // namespace
}  // namespace codex::telemetry
