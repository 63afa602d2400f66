// span_budget.h against codex_tool.py of openai-agents: agents_vectors/span_budget.py.
#include "telemetry/src/span_budget.h"

#include <gtest/gtest.h>

#include "tests/telemetry/agents_vectors.h"

namespace codex::telemetry {
namespace {

MaxChars limit_of(const json::Value& vector) { return member(vector, "max").as_int64(); }

// What is exported is the text; what is compared besides tells 1 from 1.0 and from true.
void expect_same(const json::Value& actual, const json::Value& expected) {
  EXPECT_EQ(json::dump(actual), json::dump(expected));
  EXPECT_TRUE(actual == expected);
}

TEST(SpanBudget, TruncatesStringsAsPythonDoes) {
  const auto check = [](const json::Value& vector) {
    const std::string_view text = member(vector, "text").text();
    expect_same(truncate_span_string(text, limit_of(vector)), member(vector, "out"));
  };
  for_each_agents_vector("span_budget", 700, check, "string");
}

TEST(SpanBudget, TruncatesValuesAsPythonDoes) {
  const auto check = [](const json::Value& vector) {
    expect_same(truncate_span_value(member(vector, "value"), limit_of(vector)),
                member(vector, "out"));
  };
  for_each_agents_vector("span_budget", 700, check, "value");
}

TEST(SpanBudget, MergesAsPythonDoes) {
  const auto check = [](const json::Value& vector) {
    const json::Array& updates = *member(vector, "updates").array();
    const json::Array& expected = *member(vector, "out").array();
    ASSERT_EQ(updates.size(), expected.size());
    json::Object current;
    for (std::size_t i = 0; i < updates.size(); ++i) {
      current = merge_span_data(current, *updates[i].object(), limit_of(vector));
      expect_same(current, expected[i]);
    }
  };
  for_each_agents_vector("span_budget", 2200, check, "merge");
}

}  // namespace
}  // namespace codex::telemetry
