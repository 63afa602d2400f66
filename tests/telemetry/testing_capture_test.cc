#include "codex/telemetry/testing_capture.h"

#include <sstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codex/telemetry/event_names.h"

namespace codex::telemetry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

template <typename T>
std::string printed(const T& value) {
  std::ostringstream stream;
  stream << value;
  return stream.str();
}

// A provider whose spans end up in `spans`, and whose log lines nowhere.
struct Traced {
  explicit Traced(std::size_t capacity = SpanCapture::kDefaultCapacity)
      : spans(std::make_shared<SpanCapture>(capacity)), provider(options()) {
    provider.set_processors({spans});
  }
  TraceProvider::Options options() {
    TraceProvider::Options options;
    options.logger = &logger;
    return options;
  }
  std::shared_ptr<Span> custom(const std::string& name) {
    return provider.create_span(std::make_shared<CustomSpanData>(name, json::Object()));
  }
  Logger logger{"test"};
  std::shared_ptr<SpanCapture> spans;
  TraceProvider provider;
};

TEST(LogCapture, KeepsRecordsInOrderWhileItLives) {
  Logger logger("test");
  logger.debug("before");
  {
    LogCapture log(logger);
    logger.log(Level::kWarning, "%s is %d", {"x", 1}, "KeyError");
    logger.debug("plain");
    EXPECT_THAT(log.messages(), ElementsAre("WARNING x is 1", "DEBUG plain"));
    EXPECT_EQ(log.records()[0].message_template, "%s is %d");
    EXPECT_EQ(printed(log.records()[0]), R"(WARNING "x is 1" with KeyError)");
    log.clear();
    EXPECT_EQ(log.size(), 0U);
  }
  EXPECT_FALSE(logger.enabled(Level::kCritical));
}

TEST(LogCapture, IsBoundedAndCountsWhatItDrops) {
  Logger logger("test");
  LogCapture log(logger, 2);
  for (int i = 0; i < 5; ++i) logger.debug("line");
  EXPECT_EQ(log.size(), 2U);
  EXPECT_EQ(log.dropped(), 3U);
  log.clear();
  logger.debug("again");
  EXPECT_EQ(log.size(), 1U);
  EXPECT_EQ(log.dropped(), 0U);
}

TEST(SpanCapture, ShowsASpanAsItWasExportedLast) {
  Traced traced;
  TraceProvider::TraceOptions named;
  named.name = "Run";
  const auto trace = traced.provider.create_trace(named);
  traced.provider.start_trace(trace);
  const auto outer = traced.custom("outer");
  traced.provider.start(outer, true);
  const auto inner = traced.custom("inner");
  traced.provider.start(inner);
  inner->set_error({"bad", {}});
  traced.provider.finish(inner);
  EXPECT_THAT(span_tree(traced.spans->spans()),
              ElementsAre("custom outer [open]", "  custom inner [error]"));
  traced.provider.finish(outer, true);
  EXPECT_FALSE(traced.spans->traces()[0].ended);
  traced.provider.finish_trace(trace);

  const auto spans = traced.spans->spans();
  ASSERT_EQ(spans.size(), 2U);
  EXPECT_EQ(spans[0].id, outer->id());
  EXPECT_EQ(spans[0].exported, outer->exported());
  EXPECT_EQ(spans[1].parent_id, outer->id());
  EXPECT_TRUE(spans[1].ended);
  EXPECT_EQ(printed(spans[1]), "custom inner [error] " + std::string(inner->id()) + " under " + std::string(outer->id()));
  const auto traces = traced.spans->traces();
  ASSERT_EQ(traces.size(), 1U);
  EXPECT_EQ(traces[0].id, trace->id());
  EXPECT_TRUE(traces[0].ended);
  EXPECT_EQ(*traces[0].exported.find("workflow_name"), json::Value("Run"));
  traced.spans->clear();
  EXPECT_THAT(traced.spans->spans(), IsEmpty());
  EXPECT_THAT(traced.spans->traces(), IsEmpty());
}

TEST(SpanCapture, IsBoundedAndCountsWhatItDrops) {
  Traced traced(1);
  const auto trace = traced.provider.create_trace({});
  traced.provider.start_trace(trace);
  const auto first = traced.custom("first");
  const auto second = traced.custom("second");
  for (const auto& span : {first, second}) traced.provider.start(span);
  for (const auto& span : {second, first}) traced.provider.finish(span);
  traced.provider.finish_trace(trace);
  EXPECT_THAT(span_tree(traced.spans->spans()), ElementsAre("custom first"));
  EXPECT_EQ(traced.spans->dropped(), 1U);
}

TEST(SpanCapture, TakesSpansOfManyThreads) {
  Traced traced;
  const auto trace = traced.provider.create_trace({});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const TracingScope scope({trace, nullptr});
      for (int round = 0; round < 100; ++round) {
        const auto span = traced.custom("s");
        traced.provider.start(span, true);
        traced.provider.finish(span, true);
        (void)traced.spans->spans();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(traced.spans->size(), 400U);
  for (const CapturedSpan& span : traced.spans->spans()) EXPECT_TRUE(span.ended);
}

TEST(SpanTree, KeepsTheOrderOfSiblingsAndShowsLostParents) {
  const auto span = [](std::string id, std::string parent) {
    json::Object data{{"type", "function"}, {"name", id}};
    return CapturedSpan{id, "t", std::move(parent), true, {{"span_data", std::move(data)}}};
  };
  EXPECT_THAT(span_tree({span("a", ""), span("c", "b"), span("b", "a"), span("x", "gone"),
                         span("d", "b"), span("e", "a")}),
              ElementsAre("function a", "  function b", "    function c", "    function d",
                          "  function e", "function x [parent missing]"));
  EXPECT_THAT(span_tree({}), IsEmpty());
  EXPECT_THAT(span_tree({CapturedSpan{}}), ElementsAre("? [open]"));
}

TEST(SpanTree, NamesTasksAndTurnsAsWhatTheyAre) {
  Traced traced;
  const auto trace = traced.provider.create_trace({});
  traced.provider.start_trace(trace);
  auto task = std::make_shared<TaskSpanData>();
  task->name = "Agent workflow";
  auto turn = std::make_shared<TurnSpanData>();
  turn->turn = 2;
  turn->agent_name = "Assistant";
  for (const std::shared_ptr<SpanData>& data :
       {std::shared_ptr<SpanData>(task), std::shared_ptr<SpanData>(turn),
        std::shared_ptr<SpanData>(std::make_shared<ResponseSpanData>())}) {
    const auto span = traced.provider.create_span(data);
    traced.provider.start(span);
    traced.provider.finish(span);
  }
  traced.provider.finish_trace(trace);
  EXPECT_THAT(span_tree(traced.spans->spans()),
              ElementsAre("task Agent workflow", "turn 2", "response"));
}

TEST(MemberAt, IsAKeyOrAPointer) {
  const json::Array list{"x", json::Object{{"", 2}}};
  const json::Object object{{"a/b", 1}, {"item", json::Object{{"list", list}}}, {"", 3}};
  EXPECT_EQ(*member_at(object, "a/b"), json::Value(1));
  EXPECT_EQ(*member_at(object, ""), json::Value(3));
  EXPECT_EQ(*member_at(object, "/"), json::Value(3));
  EXPECT_EQ(*member_at(object, "/item/list/0"), json::Value("x"));
  EXPECT_EQ(*member_at(object, "/item/list/1/"), json::Value(2));
  for (const char* nowhere :
       {"b", "/b", "/item/list/2", "/item/list/-1", "/item/list/1x", "/item//",
        "/item/list/99999999999999999999", "/item/list/0/x", "/a/b"}) {
    EXPECT_EQ(member_at(object, nowhere), nullptr) << nowhere;
  }
}

TEST(Printed, AnEventIsOneLine) {
  Event event;
  event.name = event::kTurnStart;
  event.metadata = {{"text", "a\nb\x1b"}};
  event.measurements = {{"count", 1}};
  event.correlation.thread = "t1";
  event.correlation.trace = {std::string(32, 'a'), std::string(16, 'b'), true};
  EXPECT_EQ(printed(event),
            R"(codex.turn.start thread="t1" trace="aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")"
            R"( span="bbbbbbbbbbbbbbbb" {"text":"a\nb\u001b"} measured {"count":1})");
}

}  // namespace
}  // namespace codex::telemetry
