// Every matcher where it matches, and what it says where it does not.
#include "codex/telemetry/testing_matchers.h"

#include <gmock/gmock.h>
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include "codex/telemetry/event_names.h"
#include "codex/telemetry/exec_observer.h"

namespace codex::telemetry {
namespace {

using namespace matchers;
using ::testing::_;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// What EXPECT_THAT would print after "Expected:" and "Actual:".
template <typename T, typename M>
std::string verdict(const T& value, const M& matcher) {
  const auto match = ::testing::SafeMatcherCast<const T&>(matcher);
  ::testing::StringMatchResultListener listener;
  const bool matches = match.MatchAndExplain(value, &listener);
  std::ostringstream text;
  match.DescribeTo(&text);
  return (matches ? "yes: " : "no: ") + text.str() + " | " + listener.str();
}

// The events of a small real session, in thread "t1".
std::vector<Event> session() {
  Hub hub;
  MemorySink sink(hub);
  ExecObserver::Options options;
  options.correlation.session = "s1";
  options.correlation.call = "c1";
  options.correlation.trace = {std::string(32, 'a'), std::string(16, 'b'), true};
  ExecObserver observer(hub, std::move(options));
  observer.started({"exec", "-"}, "hi");
  observer.standard_output(R"({"type":"thread.started","thread_id":"t1"}
{"type":"turn.started"}
{"type":"item.completed","item":{"id":"item_0","type":"agent_message","text":"done"}}
{"type":"turn.completed","usage":{"input_tokens":20,"cached_input_tokens":0,"output_tokens":3}}
)");
  observer.ended(0);
  return sink.events();
}

Event only(std::string_view name) {
  for (Event& event : session()) {
    if (event.name == name) return std::move(event);
  }
  ADD_FAILURE() << name << " was not emitted";
  return {};
}

TEST(Matchers, OfAnEventsIds) {
  const Event item = only(event::kItemCompleted);
  EXPECT_THAT(item, EventNamed("codex.item.completed"));
  EXPECT_THAT(item, EventNamed(HasSubstr("item")));
  EXPECT_THAT(item, AllOf(InSession("s1"), InThread("t1"), InTurn(Not(IsEmpty())), InItem("item_0"),
                          InCall("c1"), InTrace(std::string(32, 'a')),
                          UnderSpan(std::string(16, 'b'))));
  EXPECT_THAT(only(event::kTurnStart), InItem(IsEmpty()));
}

TEST(Matchers, OfAnEventsIdsSayWhatStandsThere) {
  const Event item = only(event::kItemCompleted);
  EXPECT_EQ(verdict(item, EventNamed("codex.turn.start")),
            R"(no: is an event whose name is equal to "codex.turn.start")"
            R"( | codex.item.completed's name is "codex.item.completed")");
  EXPECT_EQ(verdict(item, InThread("t2")),
            R"(no: is an event whose thread is equal to "t2")"
            R"( | codex.item.completed's thread is "t1")");
  EXPECT_EQ(verdict(only(event::kSessionStart), InThread("t1")),
            R"(no: is an event whose thread is equal to "t1" | codex.session.start has no thread)");
  EXPECT_EQ(verdict(item, Not(InItem("item_0"))),
            R"(no: is an event whose item isn't equal to "item_0")"
            R"( | codex.item.completed's item is "item_0")");
  EXPECT_NONFATAL_FAILURE(EXPECT_THAT(item, InCall("c2")),
                          "Expected: is an event whose call is equal to \"c2\"\n  Actual: ");
}

TEST(Matchers, OfMetadataAndMeasurements) {
  const Event item = only(event::kItemCompleted);
  EXPECT_THAT(item, HasMetadata("/item/type", "agent_message"));
  EXPECT_THAT(item, HasMetadata("/item/text", JsonText(HasSubstr("one"))));
  EXPECT_THAT(item, HasMetadata("item", _));
  EXPECT_THAT(item, HasMetadata("item", IsJson(R"({"id": "item_0", "type": "agent_message",
                                                   "text": "done"})")));
  EXPECT_THAT(item, Not(HasMetadata("nothing", _)));
  const Event turn = only(event::kTurnCompleted);
  EXPECT_THAT(turn, HasMeasurement("input_tokens", 20));
  EXPECT_THAT(turn, HasMeasurement("input_tokens", JsonInt(Gt(19))));
  EXPECT_THAT(turn, HasMetadata("/usage/output_tokens", 3U));
}

TEST(Matchers, OfMetadataSayWhatIsThereInstead) {
  const Event item = only(event::kItemCompleted);
  EXPECT_EQ(verdict(item, HasMetadata("/item/type", "reasoning")),
            R"(no: is an event whose metadata /item/type is equal to "reasoning")"
            R"( | codex.item.completed's metadata /item/type is "agent_message")");
  EXPECT_EQ(verdict(item, HasMetadata("/item/kind", _)),
            "no: is an event whose metadata /item/kind is anything"
            R"( | codex.item.completed has no metadata /item/kind, it has {"item":{"id":"item_0",)"
            R"("type":"agent_message","text":"done"}})");
  EXPECT_EQ(verdict(only(event::kTurnCompleted), HasMeasurement("input_tokens", JsonInt(Gt(20)))),
            "no: is an event whose measurement input_tokens is an integer that is > 20"
            " | codex.turn.completed's measurement input_tokens is 20");
  EXPECT_EQ(verdict(item, Not(HasMetadata("/item/id", "item_0"))),
            R"(no: is an event without metadata /item/id that is equal to "item_0")"
            R"( | codex.item.completed's metadata /item/id is "item_0")");
}

TEST(Matchers, OfTheRegistry) {
  EXPECT_THAT(session(), Each(FitsRegistry()));
  Event start = only(event::kSessionStart);
  start.metadata.erase("transport");
  const std::string said = verdict(start, FitsRegistry());
  EXPECT_THAT(said, ::testing::StartsWith("no: fits the registry | "));
  EXPECT_THAT(said, HasSubstr("transport"));
}

TEST(Matchers, OfJsonValues) {
  const json::Value text = "a\nb";
  EXPECT_EQ(verdict(text, JsonText("a")), R"(no: is a string that is equal to "a" | )");
  EXPECT_EQ(verdict(json::Value(1), JsonText(_)), "no: is a string that is anything | ");
  EXPECT_EQ(verdict(json::Value(1.0), JsonInt(1)), "no: is an integer that is equal to 1 | ");
  EXPECT_EQ(verdict(json::Value(1.0), IsJson("1")), "no: is the JSON 1 | ");
  EXPECT_EQ(verdict(text, IsJson("oops")),
            "no: is the JSON oops | which cannot be: that text is no JSON");
  EXPECT_NONFATAL_FAILURE(EXPECT_THAT(text, IsJson(R"("a")")), R"(Actual: "a\nb")");
}

TEST(Matchers, OfLogLines) {
  Logger logger("test");
  LogCapture log(logger);
  logger.log(Level::kError, "%s failed", {"Codex tool"});
  EXPECT_THAT(log.records(), Each(LogLine(Level::kError, "Codex tool failed")));
  EXPECT_EQ(verdict(log.records()[0], LogLine(Level::kDebug, HasSubstr("failed"))),
            R"(no: is a DEBUG record whose message has substring "failed" | )");
  EXPECT_NONFATAL_FAILURE(EXPECT_THAT(log.records()[0], LogLine(Level::kError, "x")),
                          "is a ERROR record whose message is equal to \"x\"");
}

TEST(Matchers, OfSequences) {
  EXPECT_THAT(session(), EventsInOrder("codex.thread.start", "codex.turn.start",
                                       AllOf(EventNamed("codex.item.completed"), InThread("t1")),
                                       std::string("codex.turn.completed"), "codex.session.stop"));
  EXPECT_THAT(session(), EventsInOrder());
  EXPECT_THAT(session(), Not(EventsInOrder("codex.turn.start", "codex.thread.start")));
  EXPECT_THAT(session(), Not(EventsInOrder("codex.turn.start", "codex.turn.start")));
}

TEST(Matchers, OfSequencesSayHowFarTheyGot) {
  std::vector<Event> events = session();
  for (Event& event : events) {
    event.correlation = {};
    event.metadata.clear();
    event.measurements.clear();
  }
  EXPECT_EQ(verdict(events, EventsInOrder("codex.thread.start", "codex.turn.completed",
                                          "codex.turn.start")),
            "no: has these in this order:"
            " one that is an event whose name is equal to \"codex.thread.start\","
            " then one that is an event whose name is equal to \"codex.turn.completed\","
            " then one that is an event whose name is equal to \"codex.turn.start\""
            " | no. 3 of 3, which is an event whose name is equal to \"codex.turn.start\","
            " does not follow no. 2:\n"
            "   codex.session.start\n"
            "1. codex.thread.start\n"
            "   codex.turn.start\n"
            "   codex.item.completed\n"
            "2. codex.turn.completed\n"
            "   codex.session.stop");
  EXPECT_THAT(verdict(std::vector<Event>(), EventsInOrder("codex.turn.start")),
              ::testing::EndsWith("does not follow: there are no events"));
}

std::vector<CapturedSpan> spans() {
  const auto span = [](std::string id, std::string parent, const char* type) {
    json::Object data{{"type", type}, {"name", id}};
    return CapturedSpan{id, "t", std::move(parent), true, {{"span_data", std::move(data)}}};
  };
  return {span("Assistant", "", "agent"), span("codex", "Assistant", "function")};
}

TEST(Matchers, OfSpanTrees) {
  EXPECT_THAT(spans(), SpanTree({"agent Assistant", "  function codex"}));
  EXPECT_THAT(std::vector<CapturedSpan>(), SpanTree({}));
  EXPECT_THAT(spans(), Not(SpanTree({"agent Assistant"})));
}

TEST(Matchers, OfSpanTreesMarkTheLinesThatDiffer) {
  EXPECT_EQ(verdict(spans(), SpanTree({"agent Assistant", "  function shell", "  turn"})),
            "no: is the span tree\n  agent Assistant\n    function shell\n    turn"
            " | its tree is (> where it differs):\n"
            "  agent Assistant\n"
            ">   function codex   expected:   function shell\n"
            "> (nothing)   expected:   turn");
  EXPECT_EQ(verdict(spans(), SpanTree({"agent Assistant"})),
            "no: is the span tree\n  agent Assistant"
            " | its tree is (> where it differs):\n"
            "  agent Assistant\n"
            ">   function codex   expected: (nothing)");
  EXPECT_NONFATAL_FAILURE(EXPECT_THAT(spans(), SpanTree({})),
                          "> agent Assistant   expected: (nothing)");
}

}  // namespace
}  // namespace codex::telemetry
