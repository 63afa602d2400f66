#include <memory>
#include <new>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include "codex/telemetry/event.h"
#include "codex/telemetry/event_names.h"
#include "codex/telemetry/registry.h"
#include "codex/telemetry/testing.h"

namespace codex::telemetry {
namespace {

using Names = std::vector<std::string>;

Event make(std::string_view name) {
  Event made;
  made.name = name;
  return made;
}

TEST(Hub, CallsHandlersInOrderOfAttachment) {
  Hub hub;
  std::string order;
  for (const char c : {'a', 'b', 'c', 'd'}) {
    hub.attach(c == 'b' ? "codex.turn" : "", [&order, c](const Event&) { order += c; });
  }
  hub.emit(make(event::kTurnStart));
  EXPECT_EQ(order, "abcd");
  hub.emit(make(event::kThreadStart));
  EXPECT_EQ(order, "abcdacd");
}

TEST(Hub, PrefixesMatchWholeSegments) {
  const auto matches = [](std::string_view prefix, std::string_view name) {
    Hub hub;
    bool called = false;
    hub.attach(prefix, [&called](const Event&) { called = true; });
    hub.emit(make(name));
    return called;
  };
  EXPECT_TRUE(matches("", "codex.turn.start"));
  EXPECT_TRUE(matches("codex", "codex.turn.start"));
  EXPECT_TRUE(matches("codex.turn", "codex.turn.start"));
  EXPECT_TRUE(matches("codex.turn.", "codex.turn.start"));
  EXPECT_TRUE(matches("codex.turn.start", "codex.turn.start"));
  EXPECT_FALSE(matches("codex.tur", "codex.turn.start"));
  EXPECT_FALSE(matches("codex.turn", "codex.turns"));
  EXPECT_FALSE(matches("codex.turn.start.x", "codex.turn.start"));
  EXPECT_FALSE(matches("turn", "codex.turn.start"));
}

TEST(Hub, IsActiveWhileThereAreHandlers) {
  Hub hub;
  EXPECT_FALSE(hub.active());
  const HandlerId one = hub.attach("", [](const Event&) {});
  const HandlerId two = hub.attach("codex.turn", [](const Event&) {});
  EXPECT_NE(one, 0U);
  EXPECT_NE(one, two);
  EXPECT_TRUE(hub.active());
  EXPECT_TRUE(hub.detach(one));
  EXPECT_TRUE(hub.active());
  EXPECT_FALSE(hub.detach(one));
  EXPECT_FALSE(hub.detach(0));
  EXPECT_FALSE(hub.detach(two + 1));
  EXPECT_TRUE(hub.detach(two));
  EXPECT_FALSE(hub.active());
  hub.emit(make(event::kTurnStart));  // to nobody
}

TEST(Hub, LetsGoOfADetachedHandler) {
  Hub hub;
  const auto held = std::make_shared<int>();
  const HandlerId id = hub.attach("", [held](const Event&) {});
  hub.emit(make(event::kTurnStart));
  EXPECT_EQ(held.use_count(), 2);
  hub.detach(id);
  EXPECT_EQ(held.use_count(), 1);
}

TEST(Hub, FillsInTimeAndCorrelation) {
  Hub hub;
  MemorySink sink(hub);
  const TraceContext trace = make_trace_context();
  const CorrelationScope scope({"s", "t", "u", "", "", trace});
  const auto before = std::chrono::system_clock::now();
  hub.emit(make(event::kTurnStart));
  Event own = make(event::kTurnStart);
  own.time = std::chrono::system_clock::time_point(std::chrono::seconds(5));
  own.correlation.thread = "mine";
  own.correlation.trace = make_trace_context();
  hub.emit(own);
  const auto events = sink.events();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_GE(events[0].time, before);
  EXPECT_EQ(events[0].correlation, (Correlation{"s", "t", "u", "", "", trace}));
  EXPECT_EQ(events[1].time, own.time);
  EXPECT_EQ(events[1].correlation, (Correlation{"s", "mine", "u", "", "", own.correlation.trace}));
}

TEST(Hub, EmitsByNameUnderTheCurrentCorrelation) {
  Hub hub;
  std::vector<Event> seen;
  hub.attach("", [&](const Event& event) { seen.push_back(event); });
  Correlation ids;
  ids.thread = "th";
  ids.turn = "2";
  const CorrelationScope scope(ids);
  hub.emit(event::kToolStart, {{"tool", "shell"}}, {{"count", 1}});
  hub.emit(event::kTurnStart);
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].name, event::kToolStart);
  EXPECT_EQ(seen[0].metadata, (json::Object{{"tool", "shell"}}));
  EXPECT_EQ(seen[0].measurements, (json::Object{{"count", 1}}));
  EXPECT_EQ(seen[1].name, event::kTurnStart);
  EXPECT_TRUE(seen[1].metadata.empty());
  for (const Event& one : seen) {
    EXPECT_EQ(one.correlation, ids);
    EXPECT_NE(one.time, std::chrono::system_clock::time_point{});
  }
}

TEST(Hub, FillsInNestedEventsToo) {
  Hub hub;
  std::vector<Event> seen;
  hub.attach("codex.thread", [&hub](const Event&) {
    const CorrelationScope inner({"", "", "the turn of the inner one", "", "", {}});
    hub.emit(make(event::kTurnStart));
  });
  hub.attach("", [&seen](const Event& event) { seen.push_back(event); });
  const Correlation around{"a session with a long name", "a thread with a long name", "", "", "",
                           make_trace_context()};
  const CorrelationScope scope(around);
  for (int round = 0; round < 3; ++round)
    hub.emit(make(event::kThreadStart));
  ASSERT_EQ(seen.size(), 6U);
  Correlation inner = around;
  inner.turn = "the turn of the inner one";
  for (std::size_t i = 0; i < seen.size(); ++i) {
    EXPECT_EQ(seen[i].correlation, i % 2 == 0 ? inner : around) << i;
  }
}

TEST(Hub, DetachesAThrowingHandlerAndTellsTheRestOnce) {
  Hub hub;
  std::string order;
  hub.attach(
      "", [&order](const Event& event) { order += event.name == event::kTurnStart ? "a" : "A"; });
  const HandlerId bad = hub.attach("codex.turn", [&order](const Event&) {
    order += "x";
    throw std::runtime_error(
        "no luck with pass"
        "word=hunter2-hunter2");
  });
  hub.attach(
      "", [&order](const Event& event) { order += event.name == event::kTurnStart ? "b" : "B"; });
  MemorySink sink(hub);
  const CorrelationScope scope({"s", "", "", "", "", {}});
  hub.emit(make(event::kTurnStart));
  EXPECT_EQ(order, "axbAB");
  EXPECT_EQ(sink.names(), (Names{"codex.turn.start", "codex.telemetry.handler_failed"}));
  const Event report = sink.of(event::kTelemetryHandlerFailed).at(0);
  EXPECT_EQ(*report.metadata.find("handler_id"), json::Value(bad));
  EXPECT_EQ(*report.metadata.find("prefix"), json::Value("codex.turn"));
  EXPECT_EQ(*report.metadata.find("event"), json::Value("codex.turn.start"));
  EXPECT_EQ(*report.metadata.find("what"),
            json::Value("no luck with password=[REDACTED:secret-assignment]"));
  EXPECT_EQ(report.correlation.session, "s");
  EXPECT_EQ(sink.problems(), Names{});
  EXPECT_FALSE(hub.detach(bad));
  hub.emit(make(event::kTurnStart));
  EXPECT_EQ(order, "axbABab");
}

TEST(Hub, OutlivesAnythingThatIsThrown) {
  Hub hub;
  hub.attach("", [](const Event&) { throw 5; });
  hub.attach("", [](const Event&) { throw std::bad_alloc(); });
  hub.attach("", Handler());
  hub.attach("", [](const Event&) { throw std::runtime_error("\xff\n" + std::string(5000, 'x')); });
  MemorySink sink(hub);
  hub.emit(make(event::kTurnStart));
  EXPECT_EQ(sink.of(event::kTelemetryHandlerFailed).size(), 4U);
  EXPECT_EQ(sink.problems(), Names{});
  for (const Event& report : sink.of(event::kTelemetryHandlerFailed)) {
    EXPECT_LE(report.metadata.find("what")->text().size(), 1000U);
  }
}

TEST(Hub, ReportsAHandlerThatFailsOnTheReport) {
  Hub hub;
  hub.attach(event::kTelemetryHandlerFailed,
             [](const Event&) { throw std::runtime_error("second"); });
  hub.attach("codex.turn", [](const Event&) { throw std::runtime_error("first"); });
  MemorySink sink(hub);
  hub.emit(make(event::kTurnStart));
  EXPECT_EQ(sink.names(), (Names{"codex.turn.start", "codex.telemetry.handler_failed",
                                 "codex.telemetry.handler_failed"}));
  EXPECT_EQ(sink.events()[1].metadata.find("what")->text(), "first");
  EXPECT_EQ(sink.events()[2].metadata.find("what")->text(), "second");
  hub.emit(make(event::kTurnStart));
  EXPECT_EQ(sink.size(), 4U);
}

TEST(Hub, ReportsAHandlerThatDetachesItselfAndThrows) {
  Hub hub;
  MemorySink sink(hub, event::kTelemetryHandlerFailed);
  HandlerId id = 0;
  id = hub.attach("", [&](const Event&) {
    EXPECT_TRUE(hub.detach(id));
    throw std::runtime_error("gone");
  });
  hub.emit(make(event::kTurnStart));
  EXPECT_EQ(sink.size(), 1U);
}

TEST(Hub, AHandlerMayEmit) {
  Hub hub;
  MemorySink before(hub);
  hub.attach("codex.thread", [&hub](const Event&) { hub.emit(make(event::kTurnStart)); });
  MemorySink after(hub);
  hub.emit(make(event::kThreadStart));
  EXPECT_EQ(before.names(), (Names{"codex.thread.start", "codex.turn.start"}));
  EXPECT_EQ(after.names(), (Names{"codex.turn.start", "codex.thread.start"}));
}

TEST(Hub, AHandlerMayAttachAndDetach) {
  Hub hub;
  int once = 0, late = 0, victim_calls = 0;
  HandlerId self = 0, victim = 0;
  self = hub.attach("", [&](const Event&) {
    ++once;
    EXPECT_TRUE(hub.detach(self));
    EXPECT_TRUE(hub.detach(victim));
    hub.attach("", [&late](const Event&) { ++late; });
  });
  victim = hub.attach("", [&victim_calls](const Event&) { ++victim_calls; });
  hub.emit(make(event::kTurnStart));
  EXPECT_EQ(once, 1);
  EXPECT_EQ(victim_calls, 0);  // detached before its turn came
  EXPECT_EQ(late, 0);          // attached after the event
  hub.emit(make(event::kTurnStart));
  EXPECT_EQ(once, 1);
  EXPECT_EQ(late, 1);
}

TEST(Hub, TheDestructorOfAHandlerMayUseTheHub) {
  Hub hub;
  struct Detacher {
    Hub& hub;
    HandlerId id;
    Detacher(Hub& used, HandlerId other) : hub(used), id(other) {}
    Detacher(const Detacher&) = delete;
    Detacher& operator=(const Detacher&) = delete;
    ~Detacher() { hub.detach(id); }
  };
  const HandlerId other = hub.attach("", [](const Event&) {});
  const HandlerId id =
      hub.attach("", [held = std::make_shared<Detacher>(hub, other)](const Event&) {});
  EXPECT_TRUE(hub.detach(id));
  EXPECT_FALSE(hub.active());
}

TEST(Hub, DefaultHubIsOne) {
  EXPECT_EQ(&default_hub(), &default_hub());
}

TEST(MemorySink, IsBounded) {
  Hub hub;
  MemorySink sink(hub, "", 2);
  for (int i = 0; i < 5; ++i)
    hub.emit(make(event::kTurnStart));
  EXPECT_EQ(sink.size(), 2U);
  EXPECT_EQ(sink.dropped(), 3U);
  sink.clear();
  EXPECT_EQ(sink.size(), 0U);
  EXPECT_EQ(sink.dropped(), 0U);
  hub.emit(make(event::kThreadStart));
  EXPECT_EQ(sink.names(), Names{"codex.thread.start"});
  EXPECT_EQ(sink.problems().size(), 1U);  // thread_id is missing
}

TEST(MemorySink, DetachesWhenItGoes) {
  Hub hub;
  { MemorySink sink(hub); }
  EXPECT_FALSE(hub.active());
}

}  // namespace
}  // namespace codex::telemetry
