// Client profile `openai-agents/0.24`: what its `codex_tool` makes of the arguments of a call.
//
// Source: openai-agents 0.24.0, agents/extensions/experimental/codex/codex_tool.py
// (CodexToolParameters, CodexToolRunContextParameters, CodexToolInputItem, _parse_tool_input,
// _normalize_parameters); the words of a ValidationError are those of the pinned pydantic.
//
// Thread-safety: pure. Nothing here throws but bad_alloc.
#ifndef CODEX_TELEMETRY_CODEX_TOOL_ARGUMENTS_H_
#define CODEX_TELEMETRY_CODEX_TOOL_ARGUMENTS_H_

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "codex/telemetry/client_error.h"
#include "codex/telemetry/json.h"

namespace codex::telemetry {

// Stripped, and none of them empty.
struct CodexToolArguments {
  std::vector<std::string> texts;
  std::vector<std::string> images;  // paths
  json::Value thread_id;            // null: none is given
};

struct CodexToolArgumentsOptions {
  bool with_thread_id = true;  // false: use_run_context_thread_id, which forbids the argument
  bool redact = true;          // DONT_LOG_TOOL_DATA: errors leave the arguments out
};

// Of the model's text, which may be empty; or the ModelBehaviorError that the client raises.
std::variant<CodexToolArguments, ClientError> codex_tool_arguments(
    std::string_view text, const CodexToolArgumentsOptions& options = {});

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_CODEX_TOOL_ARGUMENTS_H_
