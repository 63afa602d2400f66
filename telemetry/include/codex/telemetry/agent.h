// What a program with an agent loop of its own calls to be observed as openai-agents is: the run,
// the agent, its turns, model calls and tool calls. Each call emits the spans, log records and
// hooks that the Python Runner emits at that moment.
//
//   AgentRun run(provider, settings, hooks);
//   run.agent_started({"Assistant", {"codex"}});
//   run.turn_started();
//   run.model_started(system_prompt, input);  …  run.model_finished(response);
//   ToolCall call = run.tool(call_id, "codex", arguments);
//   call.started();  …  call.finished(result);
//   run.turn_finished("NextStepRunAgain");
//   run.finished(output)  or  run.failed(error)
//
// Not thread-safe: one run belongs to one thread at a time. The calls of one turn may be worked on
// in turns: each keeps a tracing context of its own (ToolCall::context).
//
// Source: openai-agents 0.24.0, agents/run.py (AgentRunner.run), agents/run_internal/run_loop.py
// (run_single_turn_streamed, …), tool_execution.py, error_handlers.py, agents/tool.py.
#ifndef CODEX_TELEMETRY_AGENT_H_
#define CODEX_TELEMETRY_AGENT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codex/telemetry/codex_tool_profile.h"
#include "codex/telemetry/tracing.h"
#include "codex/telemetry/usage.h"

namespace codex::telemetry {

struct RunSettings {
  TraceProvider::TraceOptions trace;  // workflow name, ids, metadata, disabled
  bool include_sensitive_data = true;
  bool include_task_and_turn_spans = true;
  bool streamed = false;  // the streamed loop logs other lines
};

struct AgentInfo {
  std::string name;
  std::vector<std::string> tools;
};

struct ModelResponse {
  json::Value response_id;
  json::Array output;  // output items, each with a `type`
  Usage usage;
};

struct ToolInvocation {
  std::string tool;
  std::string call_id;
  std::string arguments;  // as the model gave them
};

// Lifecycle callbacks, agents/lifecycle.py. Called on the run's thread; must not throw. They get
// the host's own values back, as it gave them: they are a part of its loop, nothing is scrubbed.
class RunHooks {
 public:
  virtual ~RunHooks() = default;
  virtual void on_agent_start(const std::string& /*agent*/) {}
  virtual void on_llm_start(const std::string& /*agent*/, const json::Value& /*system_prompt*/,
                            const json::Value& /*input*/) {}
  virtual void on_llm_end(const std::string& /*agent*/, const ModelResponse& /*response*/) {}
  virtual void on_tool_start(const std::string& /*agent*/, const ToolInvocation& /*call*/) {}
  // `result`: the tool's own result, else the text that the model gets instead.
  virtual void on_tool_end(const std::string& /*agent*/, const ToolInvocation& /*call*/,
                           const CodexToolResult* /*result*/, const std::string& /*text*/) {}
  virtual void on_agent_end(const std::string& /*agent*/, const json::Value& /*output*/) {}
};

class AgentRun;

// One tool call, alive until it finished or failed.
class ToolCall {
 public:
  // Starts the function span. What follows happens under context().
  ToolCall(AgentRun& run, ToolInvocation invocation);
  ToolCall(const ToolCall&) = delete;
  ToolCall& operator=(const ToolCall&) = delete;

  const TracingContext& context() const { return context_; }
  const ToolInvocation& invocation() const { return invocation_; }
  // The span's input is known and the hook runs.
  void started();
  void finished(const CodexToolResult& result);
  // The tool failed and the failure function answered the model with `text`. `label` is what the
  // log line names ("Codex tool"). `reveal`: the error's own text goes to the span where sensitive
  // data is traced; the client's default failure function never lets it.
  void handled(const ClientError& error, const std::string& label, const std::string& text,
               bool reveal);
  // The tool failed and nobody handled it: gives the error that the run fails with.
  ClientError failed(const ClientError& error);

 private:
  void end(const CodexToolResult* result, const std::string& text);

  AgentRun& run_;
  const ToolInvocation invocation_;
  std::shared_ptr<Span> span_;
  TracingContext context_;
};

class AgentRun {
 public:
  // Starts the trace and the task span. `hooks` may be null and must outlive the run.
  AgentRun(TraceProvider& provider, RunSettings settings, RunHooks* hooks);
  // Ends what is still open, without an error.
  ~AgentRun();
  AgentRun(const AgentRun&) = delete;
  AgentRun& operator=(const AgentRun&) = delete;

  void agent_started(AgentInfo agent);
  // The tools are known a little later than the agent: the span's start does not have them.
  void tools_resolved();
  void turn_started();
  void model_started(const json::Value& system_prompt, const json::Value& input);
  void model_finished(const ModelResponse& response);
  // Instead: the run refuses what the model says, and fails. It is counted, no hook hears of it.
  void model_refused(const ModelResponse& response);
  // `next_step` as the streamed loop logs it: NextStepRunAgain, NextStepFinalOutput.
  void turn_finished(const char* next_step);
  void final_output(const json::Value& output);  // the hook, before the turn is finished
  void finished();
  void failed(const ClientError& error);
  void max_turns_exceeded(std::int64_t max_turns);
  // The host stops without an end (it hangs, it is cut off): nothing more is emitted.
  void abandon() { closed_ = true; }

  TraceProvider& provider() { return provider_; }
  const RunSettings& settings() const { return settings_; }
  RunHooks* hooks() { return hooks_; }
  const AgentInfo& agent() const { return agent_; }
  Usage& usage() { return usage_; }
  std::int64_t turn() const { return turn_; }

 private:
  void start_trace();
  void close_turn(bool with_usage);
  void close();

  TraceProvider& provider_;
  const RunSettings settings_;
  RunHooks* const hooks_;
  AgentInfo agent_;
  std::shared_ptr<Trace> trace_;
  std::shared_ptr<Span> mask_;
  std::shared_ptr<Span> task_;
  std::shared_ptr<Span> agent_span_;
  std::shared_ptr<Span> turn_span_;
  Usage usage_;
  Usage usage_at_turn_;
  std::int64_t turn_ = 0;
  bool model_answered_ = false;
  bool closed_ = false;
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_AGENT_H_
