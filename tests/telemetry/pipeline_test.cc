#include "codex/telemetry/pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "codex/telemetry/event_names.h"
#include "codex/telemetry/testing.h"
#include "secret_samples.h"

namespace codex::telemetry {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kDelta = "codex.item.delta";
const std::string kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";

Event make(std::string_view name, json::Object metadata = {}, std::string item = "item_1") {
  Event made;
  made.name = name;
  made.metadata = std::move(metadata);
  made.correlation = {"session", "thread", "1", std::move(item), "", {}};
  return made;
}

Event delta(std::string text, std::string item = "item_1") {
  return make(kDelta, {{"delta", std::move(text)}}, std::move(item));
}

std::string joined(const std::vector<Event>& events) {
  std::string text;
  for (const Event& event : events) {
    if (const json::Value* piece = event.metadata.find("delta")) text += piece->text();
  }
  return text;
}

void expect_balance(const PipelineCounts& counts) {
  EXPECT_EQ(counts.emitted, counts.delivered + counts.dropped() + counts.waiting);
}

// A clock that stands still until it is told.
struct Clock {
  std::chrono::steady_clock::time_point now{std::chrono::hours(1)};
  std::function<std::chrono::steady_clock::time_point()> function() {
    return [this] { return now; };
  }
};

struct PipelineTest : testing::Test {
  Hub hub;
  MemorySink sink{hub};
  Clock clock;
  PipelineOptions options() {
    PipelineOptions made;
    made.enabled = true;
    made.clock = clock.function();
    return made;
  }
};

TEST_F(PipelineTest, DeliversAndCounts) {
  Pipeline pipeline(hub, options());
  pipeline.emit(make(event::kTurnStart));
  pipeline.emit(make(event::kTurnCompleted));
  EXPECT_THAT(sink.names(), ElementsAre(event::kTurnStart, event::kTurnCompleted));
  EXPECT_EQ(pipeline.counts().emitted, 2U);
  EXPECT_EQ(pipeline.counts().delivered, 2U);
  expect_balance(pipeline.counts());
}

TEST_F(PipelineTest, IsOffWhenItIsSwitchedOff) {
  Pipeline pipeline(hub, options());
  pipeline.emit(delta("held back"));
  pipeline.set_enabled(false);
  EXPECT_FALSE(pipeline.enabled());
  pipeline.emit(make(event::kTurnFailed));
  EXPECT_THAT(sink.names(), IsEmpty());
  EXPECT_EQ(pipeline.counts().dropped(DropReason::kDisabled), 2U);
  pipeline.set_enabled(true);
  pipeline.emit(make(event::kTurnStart));
  EXPECT_EQ(sink.size(), 1U);
  expect_balance(pipeline.counts());
}

TEST(PipelineSwitch, IsReadAsPythonReadsItsOwn) {
  const auto disabled = [](std::optional<std::string> value) {
    return telemetry_disabled([&](std::string_view name) {
      return name == "CODEX_TELEMETRY_DISABLED" ? value : std::nullopt;
    });
  };
  for (const char* on : {"1", "true", "TRUE", "True"}) EXPECT_TRUE(disabled(on)) << on;
  for (const char* off : {"", "0", "false", "yes", "on", " 1", "true ", "2"}) {
    EXPECT_FALSE(disabled(off)) << off;
  }
  EXPECT_FALSE(disabled(std::nullopt));
}

TEST_F(PipelineTest, WithoutHandlersNothingIsDone) {
  Hub empty;
  Pipeline pipeline(empty, options());
  pipeline.emit(make(event::kTurnStart));
  EXPECT_EQ(pipeline.counts().dropped(DropReason::kNoHandler), 1U);
  expect_balance(pipeline.counts());
}

TEST_F(PipelineTest, ListensToAnotherHub) {
  Hub source;
  {
    Pipeline pipeline(hub, options());
    pipeline.listen(source);
    source.emit(make(event::kTurnStart));
    source.emit(delta("tail"));
    EXPECT_THAT(sink.names(), ElementsAre(event::kTurnStart));
  }
  EXPECT_THAT(sink.names(), ElementsAre(event::kTurnStart, kDelta));
  EXPECT_FALSE(source.active());
}

TEST_F(PipelineTest, SamplingNeverDropsErrorsNorEndsOfWhatBegan) {
  PipelineOptions made = options();
  made.sample_ratio = 0;
  Pipeline pipeline(hub, made);
  const auto emit = [&](std::string_view name, std::string item, bool traced) {
    Event event = make(name, {}, std::move(item));
    if (traced) event.correlation.trace = {kTrace, "00f067aa0ba902b7", true};
    pipeline.emit(std::move(event));
  };
  emit(event::kItemStarted, "sampled out", true);
  emit(event::kItemCompleted, "sampled out", true);
  EXPECT_THAT(sink.names(), IsEmpty());
  emit(event::kItemStarted, "kept", false);
  emit(event::kItemCompleted, "kept", true);  // its trace is known by now
  EXPECT_THAT(sink.names(), ElementsAre(event::kItemStarted, event::kItemCompleted));
  sink.clear();
  for (const std::string_view error :
       {event::kThreadException, event::kTurnFailed, event::kToolException,
        event::kSessionMalformed, event::kSessionInvalid, event::kThreadStop,
        event::kSessionStop}) {
    emit(error, "", true);
    EXPECT_THAT(sink.names(), ElementsAre(error));
    sink.clear();
  }
  EXPECT_EQ(pipeline.counts().dropped(DropReason::kSampledOut), 2U);
  expect_balance(pipeline.counts());
}

TEST_F(PipelineTest, DeltasOverTheLimitGoOutWithLaterOnes) {
  PipelineOptions made = options();
  made.delta_burst = 2;
  made.deltas_per_second = 1;
  Pipeline pipeline(hub, made);
  std::string text;
  for (int i = 0; i < 50; ++i) {
    const std::string piece = "piece number " + std::to_string(i) + " of the text\n";
    text += piece;
    pipeline.emit(delta(piece));
  }
  EXPECT_EQ(sink.size(), 2U);
  clock.now += std::chrono::seconds(1);
  pipeline.emit(delta("more"));
  EXPECT_EQ(sink.size(), 3U);
  pipeline.emit(make(event::kItemCompleted));
  EXPECT_EQ(sink.names().back(), event::kItemCompleted);
  EXPECT_EQ(joined(sink.of(kDelta)), text + "more");
  const PipelineCounts counts = pipeline.counts();
  EXPECT_EQ(counts.waiting, 0U);
  EXPECT_EQ(counts.delivered, sink.size());
  EXPECT_EQ(counts.dropped(DropReason::kThrottled), 52U - counts.delivered);
  expect_balance(counts);
}

TEST_F(PipelineTest, OfSnapshotsTheLatestStays) {
  PipelineOptions made = options();
  made.delta_burst = 1;
  made.deltas_per_second = 0;
  Pipeline pipeline(hub, made);
  for (int i = 0; i < 5; ++i) {
    const json::Object item{{"id", "item_1"}, {"step", i}};
    pipeline.emit(make(event::kItemUpdated, {{"item", item}}));
  }
  pipeline.emit(make(event::kItemCompleted));
  const auto updated = sink.of(event::kItemUpdated);
  ASSERT_EQ(updated.size(), 2U);
  EXPECT_EQ(*updated[0].metadata.find("item")->get("step"), json::Value(0));
  EXPECT_EQ(*updated[1].metadata.find("item")->get("step"), json::Value(4));
}

TEST_F(PipelineTest, ItemsAreThrottledEachByItself) {
  PipelineOptions made = options();
  made.delta_burst = 1;
  made.deltas_per_second = 0;
  Pipeline pipeline(hub, made);
  for (int i = 0; i < 3; ++i) {
    for (const char* item : {"a", "b"}) pipeline.emit(delta(item + std::string("\t line\n"), item));
  }
  EXPECT_EQ(sink.size(), 2U);
  pipeline.emit(make(event::kItemCompleted, {}, "a"));
  EXPECT_EQ(sink.size(), 4U);
  EXPECT_EQ(pipeline.counts().waiting, 1U);
  pipeline.emit(make(event::kTurnCompleted, {}, ""));  // of the thread that b is of
  EXPECT_EQ(pipeline.counts().waiting, 0U);
  EXPECT_EQ(sink.names().back(), event::kTurnCompleted);
  EXPECT_EQ(sink.size(), 6U);
}

TEST_F(PipelineTest, OfTooManyItemsTheOldestIsFinished) {
  PipelineOptions made = options();
  made.max_items = 3;
  Pipeline pipeline(hub, made);
  for (int item = 0; item < 10; ++item) pipeline.emit(delta("tail", std::to_string(item)));
  EXPECT_EQ(pipeline.counts().waiting, 3U);
  EXPECT_EQ(sink.size(), 7U);
  expect_balance(pipeline.counts());
}

TEST_F(PipelineTest, ASecretThatDeltasCutIsFound) {
  for (const SecretSample& sample : secret_samples()) {
    Hub own;
    MemorySink seen(own);
    Pipeline pipeline(own, options());
    const std::string text = "look: " + sample.text() + "\nthat was it";
    for (const char c : text) pipeline.emit(delta(std::string(1, c)));
    pipeline.emit(make(event::kItemCompleted));
    std::string expected = text;
    Scrubber().scrub(expected);
    EXPECT_EQ(joined(seen.of(kDelta)), expected);
    EXPECT_EQ(joined(seen.of(kDelta)).find(sample.secret), std::string::npos) << sample.rule;
    EXPECT_EQ(pipeline.scrubbed().count(sample.rule), 1U) << sample.rule;
    expect_balance(pipeline.counts());
  }
}

TEST_F(PipelineTest, ShutdownDeliversWhatWaits) {
  Pipeline pipeline(hub, options());
  pipeline.emit(delta("the tail"));
  EXPECT_THAT(sink.names(), IsEmpty());
  pipeline.shutdown();
  EXPECT_EQ(joined(sink.events()), "the tail");
  pipeline.emit(make(event::kTurnFailed));
  pipeline.shutdown();
  EXPECT_EQ(sink.size(), 1U);
  EXPECT_EQ(pipeline.counts().dropped(DropReason::kShutDown), 1U);
  expect_balance(pipeline.counts());
}

TEST_F(PipelineTest, HandlersMayEmitAndShutDown) {
  Pipeline pipeline(hub, options());
  hub.attach(event::kTurnStart, [&](const Event&) { pipeline.emit(delta("from inside")); });
  hub.attach(event::kTurnCompleted, [&](const Event&) { pipeline.shutdown(); });
  pipeline.emit(make(event::kTurnStart));
  pipeline.emit(make(event::kTurnCompleted));
  EXPECT_THAT(sink.names(), ElementsAre(event::kTurnStart, kDelta, event::kTurnCompleted));
  expect_balance(pipeline.counts());
}

TEST_F(PipelineTest, WhatWaitsKeepsTheCorrelationThatItCameWith) {
  Pipeline pipeline(hub, options());
  {
    const CorrelationScope scope({"s", "t", "u", "i", "c", {kTrace, "00f067aa0ba902b7", true}});
    Event event;
    event.name = kDelta;
    event.metadata = {{"delta", "tail"}};
    pipeline.emit(std::move(event));
  }
  pipeline.shutdown();
  ASSERT_EQ(sink.size(), 1U);
  EXPECT_EQ(sink.events()[0].correlation,
            (Correlation{"s", "t", "u", "i", "c", {kTrace, "00f067aa0ba902b7", true}}));
}

// Nothing comes any more, and still all is shown within the window.
TEST_F(PipelineTest, WhatWaitsGoesOutWhenTheHostFlushes) {
  PipelineOptions made = options();
  made.delta_burst = 1;
  made.deltas_per_second = 2;
  Pipeline pipeline(hub, made);
  EXPECT_EQ(pipeline.next_flush(), std::nullopt);
  pipeline.emit(delta("one\n is told at once\n"));
  for (int i = 0; i < 5; ++i) pipeline.emit(delta("and the others\n"));
  const std::size_t told = sink.size();
  const auto next = pipeline.next_flush();
  ASSERT_TRUE(next.has_value());
  EXPECT_LE(*next - clock.now, std::chrono::milliseconds(500));
  pipeline.flush();
  EXPECT_EQ(sink.size(), told);  // not yet
  clock.now = *next;
  pipeline.flush();
  EXPECT_EQ(sink.size(), told + 1);
  EXPECT_EQ(joined(sink.of(kDelta)).size(), 21U + 5 * 15U);
  EXPECT_EQ(pipeline.next_flush(), std::nullopt);
  expect_balance(pipeline.counts());
}

// Deltas of one item are told late; those of another take them along.
TEST_F(PipelineTest, WhatIsDueGoesOutWithTheDeltaOfAnyItem) {
  PipelineOptions made = options();
  made.delta_burst = 1;
  made.deltas_per_second = 1;
  made.scrubber = std::make_shared<const Scrubber>();
  Pipeline pipeline(hub, made);
  const auto updated = [](std::string item, int step) {
    return make(event::kItemUpdated, {{"item", json::Object{{"step", step}}}}, std::move(item));
  };
  pipeline.emit(updated("a", 1));
  pipeline.emit(updated("a", 2));
  EXPECT_EQ(sink.size(), 1U);
  clock.now += std::chrono::seconds(1);
  pipeline.emit(updated("b", 1));
  EXPECT_EQ(sink.size(), 3U);
  expect_balance(pipeline.counts());
}

// Somebody else may be telling of that one at this moment: its text would not come in order.
TEST_F(PipelineTest, WhatIsDueOfAnotherThreadIsLeftToIt) {
  PipelineOptions made = options();
  made.delta_burst = 1;
  made.deltas_per_second = 1;
  Pipeline pipeline(hub, made);
  const auto updated = [](std::string thread, std::string item) {
    Event update = make(event::kItemUpdated, {{"item", json::Object{}}}, std::move(item));
    update.correlation.thread = std::move(thread);
    return update;
  };
  pipeline.emit(updated("1", "a"));
  pipeline.emit(updated("1", "a"));
  clock.now += std::chrono::seconds(1);
  pipeline.emit(updated("2", "x"));
  EXPECT_EQ(sink.size(), 2U);
  pipeline.emit(updated("1", "b"));
  EXPECT_EQ(sink.size(), 4U);
  expect_balance(pipeline.counts());
}

// Of a text that may end in a part of a secret, flush() shows the rest.
TEST_F(PipelineTest, AFlushShowsNoPartOfASecret) {
  Pipeline pipeline(hub, options());
  pipeline.emit(delta("see"));
  pipeline.flush();
  EXPECT_EQ(joined(sink.of(kDelta)), "see");
  pipeline.emit(delta(" password=hunter"));
  pipeline.flush();
  EXPECT_EQ(joined(sink.of(kDelta)), "see");
  pipeline.emit(delta("2000secret\n"));
  pipeline.shutdown();
  EXPECT_EQ(joined(sink.of(kDelta)), "see password=[REDACTED:secret-assignment]\n");
  expect_balance(pipeline.counts());
}

}  // namespace
}  // namespace codex::telemetry
