// What the cpp subject lets its user see of an agent run: spans, log records, hooks, events, usage
// and outcome, each as one observation in its lane.
#ifndef HARNESS_AGENT_RUN_RECORDER_H_
#define HARNESS_AGENT_RUN_RECORDER_H_

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "codex/telemetry/agent.h"
#include "codex/telemetry/log.h"
#include "codex/telemetry/tracing.h"
#include "harness/model/observation.h"

namespace codex::harness {

using Emit = std::function<void(const Observation&)>;

// A processor, a log handler and the hooks in one: they share the lanes. Which call something
// belongs to is told by the library's own correlation; calls are numbered as the driver lists them.
class Recorder final : public telemetry::TracingProcessor, public telemetry::RunHooks {
 public:
  Recorder(const json::Value& driver, Emit emit);

  // The task that spans started from now on belong to: siblings of one task keep their order.
  void set_task(int task) { task_ = task; }
  int call_number(const std::string& call_id) const;
  // False when some call returned no CodexToolResult.
  bool all_calls_completed() const { return all_completed_; }

  void log(const telemetry::LogRecord& record);
  void event(const std::string& call_id, std::string_view name, const json::Object& data);
  void wire(std::size_t process, const json::Array& argv, const std::string& standard_input);
  void usage(const telemetry::Usage& usage);
  void outcome(std::string_view name, json::Value data);

  void on_trace_start(const telemetry::Trace& trace) override;
  void on_trace_end(const telemetry::Trace& trace) override;
  void on_span_start(const telemetry::Span& span) override;
  void on_span_end(const telemetry::Span& span) override;

  void on_agent_start(const std::string& agent) override;
  void on_llm_start(const std::string& agent, const json::Value& system_prompt,
                    const json::Value& input) override;
  void on_llm_end(const std::string& agent, const telemetry::ModelResponse& response) override;
  void on_tool_start(const std::string& agent, const telemetry::ToolInvocation& call) override;
  void on_tool_end(const std::string& agent, const telemetry::ToolInvocation& call,
                   const telemetry::CodexToolResult* result, const std::string& text) override;
  void on_agent_end(const std::string& agent, const json::Value& output) override;

 private:
  void run(std::string_view channel, std::string_view name, json::Value data);
  void call(std::string_view channel, const std::string& call_id, std::string_view name,
            json::Value data);

  const Emit emit_;
  std::map<std::string, int> call_numbers_;
  int task_ = 0;
  bool all_completed_ = true;
};

}  // namespace codex::harness

#endif  // HARNESS_AGENT_RUN_RECORDER_H_
