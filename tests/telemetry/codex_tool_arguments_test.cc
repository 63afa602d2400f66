// codex_tool_arguments.h against codex_tool.py of openai-agents and the pydantic under it:
// agents_vectors/arguments.py.
#include "codex/telemetry/codex_tool_arguments.h"

#include <gtest/gtest.h>

#include "tests/telemetry/agents_vectors.h"

namespace codex::telemetry {
namespace {

using json::Value;

std::variant<CodexToolArguments, ClientError> made_of(const Value& given, bool redact) {
  return codex_tool_arguments(member(given, "arguments").text(),
                              {.with_thread_id = *member(given, "with_thread").boolean(),
                               .redact = redact});
}

json::Array inputs(const Value& given, std::string_view type, std::string_view key) {
  json::Array out;
  for (const Value& input : *member(given, "inputs").array()) {
    if (member(input, "type").text() == type) out.push_back(member(input, key));
  }
  return out;
}

TEST(CodexToolArguments, AreWhatTheClientMakesOfThem) {
  for_each_agents_vector("arguments", 1400, [](const Value& given) {
    const auto made = made_of(given, false);
    if (const Value* error = given.get("error")) {
      ASSERT_TRUE(std::holds_alternative<ClientError>(made));
      EXPECT_EQ(std::get<ClientError>(made).type, error->array()->at(0).text());
      EXPECT_EQ(std::get<ClientError>(made).text, error->array()->at(1).text());
      return;
    }
    ASSERT_TRUE(std::holds_alternative<CodexToolArguments>(made))
        << std::get<ClientError>(made).text;
    const auto& arguments = std::get<CodexToolArguments>(made);
    EXPECT_EQ(json::Array(arguments.texts.begin(), arguments.texts.end()),
              inputs(given, "text", "text"));
    EXPECT_EQ(json::Array(arguments.images.begin(), arguments.images.end()),
              inputs(given, "local_image", "path"));
    EXPECT_EQ(arguments.thread_id, member(given, "thread_id"));
  });
}

TEST(CodexToolArguments, RedactedErrorsSayNothingOfThem) {
  for_each_agents_vector("arguments", 1400, [](const Value& given) {
    const auto made = made_of(given, true);
    const auto* error = std::get_if<ClientError>(&made);
    ASSERT_EQ(error != nullptr, given.get("error") != nullptr);
    if (error == nullptr) return;
    EXPECT_EQ(error->text, "Invalid JSON input for codex tool");
  });
}

}  // namespace
}  // namespace codex::telemetry
