// Custom spans whose data is used again by the next ones.
#include <chrono>
#include <initializer_list>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "codex/telemetry/tracing.h"

namespace codex::telemetry {
namespace {

struct CustomSpans : testing::Test {
  CustomSpans() { provider.start_trace(trace); }
  ~CustomSpans() override { provider.finish_trace(trace); }

  json::Value data(std::string_view name, std::initializer_list<SpanAttribute> given) {
    const auto span = provider.create_custom_span(name, given);
    return span->data().exported();
  }

  TraceProvider provider;
  std::shared_ptr<Trace> trace = provider.create_trace({});
};

TEST_F(CustomSpans, ExportWhatOnesOfTheirOwnDo) {
  const json::Object own{{"tool", "command_execution"}, {"exit_code", 3}, {"ratio", 0.5},
                         {"open", true}, {"none", nullptr}};
  const CustomSpanData expected("step", own);
  EXPECT_EQ(data("step", {{"tool", "command_execution"},
                          {"exit_code", std::int64_t{3}},
                          {"ratio", 0.5},
                          {"open", true},
                          {"none", nullptr}}),
            json::Value(expected.exported()));
}

TEST_F(CustomSpans, NothingOfTheOneBeforeIsLeft) {
  const std::string longer(200, 'x');
  data("first", {{"a", longer}, {"b", "two"}, {"c", longer}});
  EXPECT_EQ(data("second", {{"a", "1"}, {"b", std::int64_t{2}}, {"c", ""}}),
            json::Value(CustomSpanData("second", {{"a", "1"}, {"b", 2}, {"c", ""}}).exported()));
  EXPECT_EQ(data("third", {{"b", "1"}}),
            json::Value(CustomSpanData("third", {{"b", "1"}}).exported()));
  EXPECT_EQ(data("", {}), json::Value(CustomSpanData("", {}).exported()));
}

TEST_F(CustomSpans, TheLastOfTwoValuesCounts) {
  EXPECT_EQ(data("s", {{"a", "1"}, {"b", "2"}, {"a", "3"}}),
            json::Value(CustomSpanData("s", {{"a", "3"}, {"b", "2"}}).exported()));
}

TEST_F(CustomSpans, TheirDataMayBeChangedAndIsTheirOwn) {
  const auto one = provider.create_custom_span("s", {{"a", "1"}});
  const auto two = provider.create_custom_span("s", {{"a", "2"}});
  static_cast<CustomSpanData&>(one->data()).data.set("a", json::Array{1, 2});
  EXPECT_EQ(json::Value(one->data().exported()),
            json::Value(CustomSpanData("s", {{"a", json::Array{1, 2}}}).exported()));
  EXPECT_EQ(json::Value(two->data().exported()),
            json::Value(CustomSpanData("s", {{"a", "2"}}).exported()));
}

TEST_F(CustomSpans, MayEndOnAnotherThread) {
  std::vector<std::shared_ptr<Span>> made;
  for (int i = 0; i < 100; ++i)
    made.push_back(provider.create_custom_span("s", {{"i", std::int64_t{i}}}));
  std::thread([&] { made.clear(); }).join();
  EXPECT_EQ(data("s", {{"i", "x"}}), json::Value(CustomSpanData("s", {{"i", "x"}}).exported()));
}

TEST_F(CustomSpans, TimesAreThoseOfTheWallClock) {
  const auto seconds = [](const json::Object& exported, std::string_view key) {
    const std::string text(json::Value(exported).get(key)->text());
    return text.substr(0, 19);  // up to the second
  };
  for (int i = 0; i < 1000; ++i) {
    const std::string before = iso_now().substr(0, 19);
    const auto span = provider.create_custom_span("s", {});
    provider.start(span);
    provider.finish(span);
    const std::string after = iso_now().substr(0, 19);
    const json::Object exported = span->exported();
    EXPECT_LE(before, seconds(exported, "started_at"));
    EXPECT_LE(seconds(exported, "started_at"), seconds(exported, "ended_at"));
    EXPECT_LE(seconds(exported, "ended_at"), after);
  }
}

}  // namespace
}  // namespace codex::telemetry
