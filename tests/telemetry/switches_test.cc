// switches.h against the functions of openai-agents that read them: agents_vectors/switches.py.
#include "codex/telemetry/switches.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "tests/telemetry/agents_vectors.h"

namespace codex::telemetry {
namespace {

using Value = std::optional<std::string>;

// An environment in which the variable of that name, and no other, has the value.
Switches with(const char* name, const Value& value) {
  return Switches::read([name, &value](std::string_view asked) -> Value {
    return asked == name ? value : std::nullopt;
  });
}

TEST(Switches, ReadEachVariableAsPythonDoes) {
  const auto check = [](const json::Value& vector) {
    Value value;
    if (const json::Array* bytes = member(vector, "value").array()) {
      value.emplace();
      for (const json::Value& byte : *bytes) *value += static_cast<char>(*byte.as_int64());
    }
    const bool debug = *member(vector, "debug").boolean();
    const Switches model = with("OPENAI_AGENTS_DONT_LOG_MODEL_DATA", value);
    EXPECT_EQ(model.dont_log_model_data, debug);
    EXPECT_TRUE(model.dont_log_tool_data);
    EXPECT_TRUE(model.redact_any());
    const Switches tool = with("OPENAI_AGENTS_DONT_LOG_TOOL_DATA", value);
    EXPECT_EQ(tool.dont_log_tool_data, debug);
    EXPECT_TRUE(tool.dont_log_model_data);
    EXPECT_EQ(with("OPENAI_AGENTS_DISABLE_TRACING", value).tracing_disabled,
              *member(vector, "tracing").boolean());
    const Switches sensitive = with("OPENAI_AGENTS_TRACE_INCLUDE_SENSITIVE_DATA", value);
    EXPECT_EQ(sensitive.trace_include_sensitive_data, *member(vector, "sensitive").boolean());
  };
  for_each_agents_vector("switches", 600, check);
}

TEST(Switches, RedactNothingOnlyWhenBothAreOff) {
  const Switches off = Switches::read([](std::string_view) -> Value { return "0"; });
  EXPECT_FALSE(off.dont_log_model_data);
  EXPECT_FALSE(off.dont_log_tool_data);
  EXPECT_FALSE(off.redact_any());
}

TEST(Switches, ReadTheProcess) {
  const Environment environment = process_environment();
  ::setenv("CODEX_TELEMETRY_SWITCHES_TEST", "", 1);
  EXPECT_EQ(environment("CODEX_TELEMETRY_SWITCHES_TEST"), "");
  ::unsetenv("CODEX_TELEMETRY_SWITCHES_TEST");
  EXPECT_EQ(environment("CODEX_TELEMETRY_SWITCHES_TEST"), std::nullopt);
}

}  // namespace
}  // namespace codex::telemetry
