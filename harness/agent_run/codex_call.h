// From a tool call of the driver to the process that the client would start for it.
//
// Source: openai-agents 0.24.0, agents/extensions/experimental/codex/codex_tool.py
// (_resolve_call_thread_id, _read_thread_id_from_run_context, _get_or_create_persisted_thread) and
// exec.py (CodexExec.run builds argv).
#ifndef HARNESS_AGENT_RUN_CODEX_CALL_H_
#define HARNESS_AGENT_RUN_CODEX_CALL_H_

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "codex/telemetry/codex_tool_profile.h"
#include "codex/telemetry/json.h"

namespace codex::harness {

struct CodexProcess {
  std::vector<std::string> argv;  // without the executable
  std::string standard_input;
  json::Value thread_id;          // the thread it resumes, or null
  bool has_inputs = true;
};

// The client's `codex_tool` object: what one call leaves for the next. One per run.
class CodexToolState {
 public:
  // `tool` is the driver's codex_tool, `context` the run's context object or null.
  CodexToolState(const json::Value& tool, json::Value context);

  const std::string& name() const { return name_; }
  // What the client starts for these arguments, or the error that it raises instead.
  // `redact`: error texts leave the arguments out (DONT_LOG_TOOL_DATA).
  std::variant<CodexProcess, telemetry::ClientError> start(const std::string& arguments,
                                                           bool redact);
  // A call is over: the thread's id, as far as the client learned it.
  void ended(const json::Value& thread_id);

 private:
  json::Value option(std::string_view key) const;
  bool uses_context() const;
  std::string context_key() const;
  // Replaces `thread_id` by the one that the context holds, if any; or the error that the client
  // raises about a context that it cannot use.
  std::optional<telemetry::ClientError> read_context(json::Value& thread_id) const;
  std::vector<std::string> argv(const std::vector<std::string>& images,
                                const json::Value& thread_id) const;

  const json::Value tool_;
  json::Value context_;
  std::string name_;
  bool has_persisted_ = false;
  json::Value persisted_thread_;
};

}  // namespace codex::harness

#endif  // HARNESS_AGENT_RUN_CODEX_CALL_H_
