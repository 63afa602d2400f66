// usage.h, and the usage that the client profile adds, against agents/usage.py and codex_tool.py of
// openai-agents: agents_vectors/usage.py.
#include "codex/telemetry/usage.h"

#include <gtest/gtest.h>

#include <limits>

#include "codex/telemetry/agent.h"
#include "codex/telemetry/codex_tool_profile.h"
#include "codex/telemetry/exec_observer.h"
#include "tests/telemetry/agents_vectors.h"

namespace codex::telemetry {
namespace {

using json::Value;

Count count(const Value& object, std::string_view key) {
  const json::Integer* integer = member(object, key).integer();
  return integer == nullptr ? Count(-1) : Count(*integer);
}

TokenCounts counts(const Value& given) {
  return {count(given, "input"),        count(given, "output"),
          count(given, "total"),        count(given, "cached_input"),
          count(given, "cache_write_input"), count(given, "reasoning_output")};
}

Usage usage_of(const Value& given) {
  Usage usage;
  static_cast<TokenCounts&>(usage) = counts(given);
  usage.requests = count(given, "requests");
  for (const Value& entry : *member(given, "entries").array()) {
    usage.entries.push_back(counts(entry));
  }
  return usage;
}

void expect_shown(const Usage& usage, const Usage& since, const Value& expected) {
  const auto dump = [](const json::Object& object) { return json::dump(Value(object)); };
  EXPECT_EQ(dump(usage.serialized()), json::dump(member(expected, "serialized")));
  EXPECT_EQ(dump(usage.turn_span_data()), json::dump(member(expected, "turn")));
  EXPECT_EQ(dump(usage.task_span_data()), json::dump(member(expected, "task")));
  EXPECT_EQ(dump(usage.since(since).task_span_data()), json::dump(member(expected, "since")));
}

TEST(UsageVectors, AddsUpAsPythonDoes) {
  const auto check = [](const Value& vector) {
    const json::Array& added = *member(vector, "added").array();
    Usage total;
    Usage first;
    for (std::size_t i = 0; i < added.size(); ++i) {
      total.add(usage_of(added[i]));
      if (i == 0) first = total;
      expect_shown(total, first, (*member(vector, "out").array())[i]);
    }
  };
  for_each_agents_vector("usage", 150, check, "sum");
}

TEST(UsageVectors, AddsWhatTheWireSaysAsPythonDoes) {
  const auto check = [](const Value& vector) {
    TraceProvider provider;
    CodexToolProfile profile(provider, {}, {});
    Hub hub;
    ExecObserver::Options options;
    options.listener = [&](const Event& event, std::string_view line) {
      profile.observe(event, line);
    };
    ExecObserver observer(hub, options);
    const json::Object turn{{"type", "turn.completed"}, {"usage", member(vector, "usage")}};
    observer.standard_output(json::dump(Value(turn)) + "\n");
    observer.ended(0);
    ASSERT_FALSE(profile.failed()) << profile.error().text;
    Usage usage;
    const std::optional<ClientError> error = profile.added_usage(usage);
    if (const Value* expected = vector.get("error")) {
      ASSERT_TRUE(error);
      EXPECT_EQ(error->type, (*expected->array())[0].text());
      EXPECT_EQ(error->text, (*expected->array())[1].text());
    } else {
      ASSERT_FALSE(error) << error->type << ": " << error->text;
      expect_shown(usage, {}, member(vector, "out"));
    }
  };
  for_each_agents_vector("usage", 700, check, "wire");
}

class TaskEnds final : public TracingProcessor {
 public:
  void on_trace_start(const Trace&) override {}
  void on_trace_end(const Trace&) override {}
  void on_span_start(const Span&) override {}
  void on_span_end(const Span& span) override {
    if (span.type() == "task") shown.push_back(json::dump(*span.exported().find("span_data")));
  }
  std::vector<std::string> shown;
};

// attach_usage_to_span does nothing then: seen where the first model call fails.
TEST(Usage, WithoutAnyCountIsPutOnNoSpan) {
  const TracingScope own({});
  TraceProvider provider;
  const auto ends = std::make_shared<TaskEnds>();
  provider.set_processors({ends});
  for (const std::int64_t requests : {0, 1}) {
    AgentRun run(provider, {}, nullptr);
    run.agent_started({"A", {}});
    run.turn_started();
    run.usage().requests = requests;
    run.failed({"RuntimeError", "no"});
  }
  EXPECT_EQ(ends->shown[0], R"({"type": "custom", "name": "task", )"
                            R"("data": {"sdk_span_type": "task", "name": "Agent workflow"}})");
  EXPECT_NE(ends->shown[1].find(R"("requests": 1)"), std::string::npos) << ends->shown[1];
}

TEST(Usage, CountsBeyond64BitsExactly) {
  const auto digits = [](const Count& count) { return json::dump(count.value()); };
  Usage most;
  most.input = std::numeric_limits<std::int64_t>::max();
  most.output = std::numeric_limits<std::int64_t>::min();
  Usage usage = most;
  usage.add(most);
  EXPECT_EQ(digits(usage.input), "18446744073709551614");
  EXPECT_EQ(digits(usage.output), "-18446744073709551616");
  EXPECT_EQ(digits(usage.since(most).input), "9223372036854775807");
  EXPECT_EQ(usage.since(most).input, most.input);
  EXPECT_EQ(usage.since(usage).output, Count(0));
  Usage opposite;
  opposite.input = -2;
  opposite.output = 2;
  EXPECT_EQ(digits(most.since(opposite).input), "9223372036854775809");
  EXPECT_EQ(digits(most.since(opposite).output), "-9223372036854775810");
}

TEST(Count, AddsAndSubtractsAsPythonDoes) {
  const auto count = [](std::string digits) { return Count(json::Integer{std::move(digits)}); };
  const auto shown = [](const Count& value) { return json::dump(value.value()); };
  const Count large = count("100000000000000000000");
  EXPECT_EQ(shown(large - 1), "99999999999999999999");
  EXPECT_EQ(shown(count("99999999999999999999") + 1), shown(large));
  EXPECT_EQ(shown(1 - large), "-99999999999999999999");
  EXPECT_EQ(shown(large - large), "0");
  EXPECT_EQ(large - large, Count(0));
  EXPECT_EQ(shown(large + count("-100000000000000000007")), "-7");
  EXPECT_EQ(shown(count("-0")), "0");
  EXPECT_TRUE(large.is_positive());
  EXPECT_FALSE((Count(0) - large).is_positive());
  EXPECT_FALSE(Count(0).is_positive());
}

}  // namespace
}  // namespace codex::telemetry
