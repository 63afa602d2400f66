// The thread's id out of the run context, where the client starts no process at all: no tape can
// be of it. What starts one is odd/exec/context-thread-*.
//
// Source: openai-agents 0.24.0, agents/extensions/experimental/codex/codex_tool.py
// (_validate_run_context_thread_id_context, _read_thread_id_from_run_context).
#include <string>
#include <variant>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/agent_run/codex_call.h"
#include "tests/support/json_at.h"

namespace codex::harness {
namespace {

using testing::ElementsAre;
using testing::StartsWith;
using testing::StrEq;

std::variant<CodexProcess, telemetry::ClientError> started(const std::string& context,
                                                           const std::string& tool) {
  CodexToolState state(test::parsed(tool), test::parsed(context));
  return state.start(R"({"inputs":[{"type":"text","text":"Go."}]})", false);
}
constexpr const char* uses_context = R"({"use_run_context_thread_id":true})";

std::string refusal(const std::string& context) {
  const auto result = started(context, uses_context);
  const auto* error = std::get_if<telemetry::ClientError>(&result);
  if (error == nullptr) return "started";
  EXPECT_EQ(error->type, "agents.exceptions.UserError");
  return error->text;
}

TEST(CodexCall, AContextThatCannotKeepAThreadStartsNothing) {
  EXPECT_THAT(refusal("null"),
              StrEq("use_run_context_thread_id=True requires a mutable run context object. "
                    "Pass context={} (or an object) to Runner.run()."));
  for (const char* context : {"[]", "7", "\"text\"", "false"}) {
    EXPECT_THAT(refusal(context),
                StrEq("use_run_context_thread_id=True requires a mutable run context mapping "
                      "or a writable object context."))
        << context;
  }
  EXPECT_THAT(refusal(R"({"codex_thread_id":7})"), StartsWith("Run context \"codex_thread_id\" must"));
}

TEST(CodexCall, AContextIsReadOnlyWhereTheToolSaysSo) {
  EXPECT_EQ(refusal("{}"), "started");
  EXPECT_TRUE(std::holds_alternative<CodexProcess>(started("null", "{}")));
  const auto resumed = started(R"({"mine":" one "})",
                               R"({"use_run_context_thread_id":true,"run_context_thread_id_key":"mine"})");
  ASSERT_TRUE(std::holds_alternative<CodexProcess>(resumed));
  EXPECT_EQ(std::get<CodexProcess>(resumed).thread_id.text(), "one");
}

}  // namespace
}  // namespace codex::harness
