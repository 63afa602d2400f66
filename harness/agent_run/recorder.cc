#include "harness/agent_run/recorder.h"

#include <utility>

#include "codex/telemetry/correlation.h"

namespace codex::harness {

using json::Object;
using json::Value;

Recorder::Recorder(const Value& driver, Emit emit) : emit_(std::move(emit)) {
  const Value* steps = driver.get("steps");
  if (steps == nullptr || !steps->is_array()) return;
  for (const Value& step : *steps->array()) {
    const Value* calls = step.get("calls");
    if (calls == nullptr || !calls->is_array()) continue;
    for (const Value& call : *calls->array()) {
      const int next = static_cast<int>(call_numbers_.size()) + 1;
      call_numbers_.emplace(std::string(call.get("call_id")->text()), next);
    }
  }
}

int Recorder::call_number(const std::string& call_id) const {
  const auto it = call_numbers_.find(call_id);
  return it == call_numbers_.end() ? 0 : it->second;
}

void Recorder::run(std::string_view channel, std::string_view name, Value data) {
  emit_({std::string(channel) + "/run", std::string(name), std::move(data)});
}

void Recorder::call(std::string_view channel, const std::string& call_id, std::string_view name,
                    Value data) {
  const std::string lane = std::string(channel) + "/call:" + std::to_string(call_number(call_id));
  emit_({lane, std::string(name), std::move(data)});
}

void Recorder::log(const telemetry::LogRecord& record) {
  Value data = Object{{"logger", record.logger},
                      {"level", telemetry::level_name(record.level)},
                      {"template", record.message_template},
                      {"args", record.args},
                      {"exception", record.exception.empty() ? Value() : Value(record.exception)}};
  const std::string& call_id = telemetry::current_correlation().call;
  if (call_id.empty()) {
    run("log", record.logger, std::move(data));
  } else {
    call("log", call_id, record.logger, std::move(data));
  }
}

void Recorder::event(const std::string& call_id, std::string_view name, const Object& data) {
  call("event", call_id, name, data);
}

void Recorder::wire(std::size_t process, const json::Array& argv,
                    const std::string& standard_input) {
  emit_({"wire/call:" + std::to_string(process), "exec",
         Object{{"argv", argv}, {"stdin", standard_input}}});
}

void Recorder::usage(const telemetry::Usage& usage) { run("usage", "run", usage.serialized()); }

void Recorder::outcome(std::string_view name, Value data) { run("outcome", name, std::move(data)); }

void Recorder::on_trace_start(const telemetry::Trace& trace) {
  run("span", "trace.start", Object{{"export", trace.exported()}, {"task", task_}});
}
void Recorder::on_trace_end(const telemetry::Trace& trace) {
  run("span", "trace.end", Object{{"export", trace.exported()}, {"task", task_}});
}
void Recorder::on_span_start(const telemetry::Span& span) {
  run("span", "span.start", Object{{"export", span.exported()}, {"task", task_}});
}
void Recorder::on_span_end(const telemetry::Span& span) {
  run("span", "span.end", Object{{"export", span.exported()}, {"task", task_}});
}

void Recorder::on_agent_start(const std::string& agent) {
  run("hook", "on_agent_start", Object{{"agent", agent}});
}

void Recorder::on_llm_start(const std::string& agent, const Value& system_prompt,
                            const Value& input) {
  run("hook", "on_llm_start",
      Object{{"agent", agent}, {"system_prompt", system_prompt}, {"input", input}});
}

void Recorder::on_llm_end(const std::string& agent, const telemetry::ModelResponse& response) {
  run("hook", "on_llm_end",
      Object{{"agent", agent},
             {"response_id", response.response_id},
             {"output", response.output},
             {"usage", response.usage.serialized()}});
}

void Recorder::on_tool_start(const std::string& agent, const telemetry::ToolInvocation& tool) {
  call("hook", tool.call_id, "on_tool_start",
       Object{{"agent", agent},
              {"tool", tool.tool},
              {"call_id", tool.call_id},
              {"arguments", tool.arguments}});
}

void Recorder::on_tool_end(const std::string& agent, const telemetry::ToolInvocation& tool,
                           const telemetry::CodexToolResult* result, const std::string& text) {
  Object shown{{"type", result == nullptr ? "str" : "CodexToolResult"}};
  if (result == nullptr) {
    shown.append("text", text);
    all_completed_ = false;
  } else {
    for (auto& [key, value] : result->as_object()) shown.append(key, value);
  }
  call("hook", tool.call_id, "on_tool_end",
       Object{{"agent", agent},
              {"tool", tool.tool},
              {"call_id", tool.call_id},
              {"result", std::move(shown)}});
  call("outcome", tool.call_id, tool.tool,
       Object{{"outcome", result == nullptr ? "failed" : "completed"}, {"text", text}});
}

void Recorder::on_agent_end(const std::string& agent, const Value& output) {
  run("hook", "on_agent_end", Object{{"agent", agent}, {"output", output}});
}

}  // namespace codex::harness
