// Counters, histograms, and how events feed them.
#include "codex/telemetry/metrics.h"

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codex/telemetry/event_names.h"
#include "codex/telemetry/exec_observer.h"
#include "codex/telemetry/exporter.h"
#include "codex/telemetry/pipeline.h"
#include "codex/telemetry/registry.h"
#include "codex/telemetry/testing_capture.h"
#include "codex/telemetry/testing_matchers.h"

namespace codex::telemetry {
namespace {

using json::Object;
using matchers::Counted;
using testing::AllOf;
using testing::Ge;
using testing::Not;
using namespace std::chrono_literals;

TEST(Metrics, TheRegistryNamesNoneThatIsNotThere) {
  for (const EventInfo& event : all_events()) {
    for (const std::string_view name : event.metrics) {
      EXPECT_NE(find_metric(name), nullptr) << event.name << " feeds " << name;
    }
  }
}

TEST(Metrics, CountsFromManyThreads) {
  Metrics metrics;
  Counter& counter = metrics.counter("codex.turns", {"completed"});
  Histogram& histogram = metrics.histogram("codex.turn.duration", {"completed"});
  std::vector<std::thread> threads;
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 10'000; ++n) {
        counter.add();
        histogram.record(2'000'000);
      }
      metrics.counter("codex.turns", {"failed"}).add(2);
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(counter.value(), 120'000);
  EXPECT_EQ(&metrics.counter("codex.turns", {"completed"}), &counter);
  const auto samples = metrics.snapshot();
  EXPECT_THAT(samples, Counted("codex.turns{outcome=\"completed\"}", 120'000));
  EXPECT_THAT(samples, Counted("codex.turns{outcome=\"failed\"}", 24));
  const HistogramValue value = histogram.value();
  EXPECT_EQ(value.count, 120'000U);
  EXPECT_EQ(value.sum, 240'000'000'000U);
  EXPECT_EQ(value.buckets[1], 120'000U);  // more than a millisecond, at most five
}

TEST(Metrics, ABoundBelongsToItsBucket) {
  Metrics metrics;
  Histogram& histogram = metrics.histogram("codex.session.duration");
  const auto bounds = find_metric("codex.session.duration")->bounds;
  for (const std::uint64_t bound : bounds)
    histogram.record(bound);
  histogram.record(bounds.back() + 1);
  EXPECT_THAT(histogram.value().buckets, testing::Each(1U));
}

TEST(Metrics, WhatIsNoneCountsNowhere) {
  Metrics metrics;
  metrics.counter("codex.turn.duration").add();
  metrics.histogram("codex.turns").record(1);
  metrics.counter("no such").add();
  EXPECT_TRUE(metrics.snapshot().empty());
}

TEST(Metrics, SeriesAreBounded) {
  Metrics metrics;
  for (std::size_t i = 0; i < MetricsOptions::kMaxSeries + 10; ++i) {
    metrics.counter("codex.tool.calls", {"tool " + std::to_string(i), "completed"}).add();
  }
  EXPECT_EQ(metrics.snapshot()[0].points.size(), MetricsOptions::kMaxSeries + 1);
  EXPECT_THAT(metrics.snapshot(), Counted(R"(codex.tool.calls{tool="other",outcome="other"})", 10));
  EXPECT_THAT(metrics.snapshot(), Counted(R"(codex.metrics.overflowed{metric="codex.tool.calls"})", 10));
  Metrics others;
  others.counter("codex.events", {std::string(63, 'x') + "\xc3\xa4"}).add();
  EXPECT_EQ(others.snapshot()[0].points[0].labels[0].second, std::string(63, 'x'));
}

TEST(Metrics, TheLimitCanBeChosenAndIsToldOnce) {
  LogCapture log(exporter_logger());
  MetricsOptions options;
  options.max_series = 3;
  options.max_series_of = {{"codex.turns", 1}, {"codex.tool.duration", 0}};
  Metrics metrics(options);
  for (int i = 0; i < 5; ++i) {
    metrics.counter("codex.events", {std::to_string(i)}).add();
    metrics.counter("codex.turns", {std::to_string(i)}).add();
    metrics.histogram("codex.tool.duration", {std::to_string(i)}).record(1);
    metrics.counter("codex.sessions").add();  // has no labels, and so one series
    metrics.counter("codex.turns", {"0"}).add();
  }
  const auto samples = metrics.snapshot();
  EXPECT_THAT(samples, Counted("codex.events{event=\"2\"}", 1));
  EXPECT_THAT(samples, Counted("codex.events{event=\"other\"}", 2));
  EXPECT_THAT(samples, Counted("codex.turns{outcome=\"0\"}", 6));
  EXPECT_THAT(samples, Counted("codex.turns{outcome=\"other\"}", 4));
  EXPECT_THAT(samples, Counted("codex.tool.duration{tool=\"other\"}", 5));
  EXPECT_THAT(samples, Counted("codex.sessions", 5));
  EXPECT_THAT(samples, Counted("codex.metrics.overflowed{metric=\"codex.events\"}", 2));
  EXPECT_THAT(samples, Counted("codex.metrics.overflowed{metric=\"codex.turns\"}", 4));
  EXPECT_THAT(samples, Counted("codex.metrics.overflowed{metric=\"codex.tool.duration\"}", 5));
  // In the order of what came first: the histogram, then turns, then events.
  EXPECT_THAT(log.messages(),
              testing::ElementsAre(
                  "WARNING The metric codex.tool.duration has 0 series, which is its limit: those "
                  "that come now count as 'other'",
                  "WARNING The metric codex.turns has 1 series, which is its limit: those that "
                  "come now count as 'other'",
                  "WARNING The metric codex.events has 3 series, which is its limit: those that "
                  "come now count as 'other'"));
}

TEST(MetricsRecorder, CountsASession) {
  Hub hub;
  MetricCapture metrics(hub);
  ExecObserver observer(hub);
  const auto turn = [&](int tokens) {
    observer.standard_output(R"({"type":"turn.started"}
{"type":"item.started","item":{"id":"item_0","type":"command_execution"}}
)");
    EXPECT_EQ(metrics.value("codex.turns.active"), 1);
    observer.standard_output(
        R"({"type":"item.completed","item":{"id":"item_0","type":"command_execution"}}
{"type":"turn.completed","usage":{"input_tokens":)" +
        std::to_string(tokens) + R"(,"output_tokens":7}}
)");
  };
  observer.started({"codex"}, "hello");
  observer.standard_output("{\"type\":\"thread.started\",\"thread_id\":\"t1\"}\n");
  EXPECT_EQ(metrics.value("codex.sessions.active"), 1);
  turn(100);
  turn(130);  // of the thread so far
  observer.standard_output("{\"type\":\"turn.started\"}\n{\"type\":\"turn.failed\"}\nno json\n");
  observer.standard_output("{\"type\":\"turn.started\"}\n");  // and cut
  observer.ended(0);

  const auto samples = metrics.samples();
  EXPECT_THAT(samples, Counted("codex.sessions", 1));
  EXPECT_THAT(samples, Counted("codex.threads", 1));
  EXPECT_THAT(samples, Counted("codex.turns{outcome=\"completed\"}", 2));
  EXPECT_THAT(samples, Counted("codex.turns{outcome=\"failed\"}", 1));
  EXPECT_THAT(samples, Counted("codex.turn.duration{outcome=\"completed\"}", 2));
  EXPECT_THAT(samples, Counted("codex.tokens{kind=\"input\"}", 130));
  EXPECT_THAT(samples, Counted("codex.tokens{kind=\"output\"}", 7));
  EXPECT_THAT(samples, Counted(R"(codex.items{type="command_execution",state="completed"})", 2));
  EXPECT_THAT(samples, Counted("codex.errors{event=\"codex.session.malformed\"}", 1));
  EXPECT_THAT(samples, Counted("codex.errors{event=\"codex.turn.failed\"}", 1));
  EXPECT_THAT(samples, Counted("codex.events{event=\"codex.turn.start\"}", 4));
  EXPECT_THAT(samples, AllOf(Counted("codex.session.duration", 1), Counted("no such", 0),
                             Not(Counted("codex.sessions", Ge(2)))));
  for (const char* active : {"codex.sessions.active", "codex.turns.active"}) {
    EXPECT_EQ(metrics.value(active), 0) << active;
  }
  EXPECT_EQ(metrics.value("codex.items"), 4);
}

TEST(MetricsRecorder, TakesTheEventsOwnDuration) {
  Hub hub;
  MetricCapture metrics(hub);
  const auto emit = [&](std::string_view name, Object measurements, int seconds) {
    Event event;
    event.name = name;
    event.measurements = std::move(measurements);
    event.metadata = {{"method", "item/fileChange/requestApproval"}, {"request_id", 7}};
    event.time = std::chrono::system_clock::time_point(std::chrono::seconds(1000 + seconds));
    event.correlation = {"s", "t", "1", "", "", {}};
    hub.emit(event);
  };
  emit(event::kTurnStart, {}, 0);
  emit(event::kTurnCompleted, {{"duration", 1234}}, 5);
  emit(event::kApprovalRequested, {}, 1);
  EXPECT_EQ(metrics.value("codex.approvals.waiting"), 1);
  emit(event::kApprovalDenied, {}, 4);
  EXPECT_EQ(metrics.histogram("codex.turn.duration").sum, 1234U);
  EXPECT_EQ(metrics.histogram("codex.approval.duration").sum, 3'000'000'000U);
  EXPECT_EQ(metrics.value("codex.approvals", {"item/fileChange/requestApproval", "denied"}), 1);
  EXPECT_EQ(metrics.value("codex.approvals.waiting"), 0);
}

TEST(MetricsRecorder, CountsWhatAPipelineDrops) {
  Hub hub;
  MetricCapture metrics(hub);
  PipelineOptions options;
  options.enabled = true;
  options.metrics = &metrics.metrics();
  Pipeline pipeline(hub, options);
  pipeline.shutdown();
  Event event;
  event.name = event::kTurnStart;
  pipeline.emit(event);
  EXPECT_THAT(metrics.samples(), Counted("codex.events.dropped{reason=\"shut_down\"}", 1));
  EXPECT_EQ(metrics.value("codex.events.dropped"), 1);
}

TEST(MetricsMatchers, SayWhatIsThere) {
  Hub hub;
  MetricCapture metrics(hub);
  Event event;
  event.name = event::kTurnFailed;
  hub.emit(event);
  testing::StringMatchResultListener listener;
  EXPECT_FALSE(testing::ExplainMatchResult(Counted("codex.turns{outcome=\"completed\"}", 1),
                                           metrics.samples(), &listener));
  EXPECT_THAT(listener.str(), testing::HasSubstr("\ncodex.turns{outcome=\"failed\"} 1"));
}

}  // namespace
}  // namespace codex::telemetry
