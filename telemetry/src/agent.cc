#include "codex/telemetry/agent.h"

#include <utility>

namespace codex::telemetry {
namespace {

constexpr const char* kRedactedToolError = "Tool execution failed. Error details are redacted.";
constexpr const char* kRedactedError = "Error details are redacted.";

json::Array names(const std::vector<std::string>& list) {
  return json::Array(list.begin(), list.end());
}

// agents/run_internal/turn_resolution.py logs the class of each output item.
std::string item_class(std::string_view type) {
  if (type == "function_call") return "ResponseFunctionToolCall";
  if (type == "message") return "ResponseOutputMessage";
  return std::string(type);
}

bool is_agents_exception(const ClientError& error) {
  return error.type.starts_with("agents.exceptions.");
}

}  // namespace

AgentRun::AgentRun(TraceProvider& provider, RunSettings settings, RunHooks* hooks)
    : provider_(provider), settings_(std::move(settings)), hooks_(hooks) {
  start_trace();
  if (settings_.include_task_and_turn_spans) {
    auto data = std::make_shared<TaskSpanData>();
    data->name = settings_.trace.name;
    task_ = provider_.create_span(std::move(data));
    provider_.start(task_, true);
  }
}

// run.py: where tracing is disabled for the run, a span that does not record hides whatever span
// the caller has open (tracing/context.py, TraceCtxManager). The streamed run does so twice: once
// around its preparation, once in the task that does the work.
void AgentRun::start_trace() {
  const auto mask = [this] {
    auto span = provider_.create_span(
        std::make_shared<CustomSpanData>("Agent run", json::Object{}), true);
    provider_.start(span, true);
    return span;
  };
  TraceProvider::TraceOptions masking = settings_.trace;
  masking.masks = true;
  if (!settings_.trace.disabled) {
    if (current_tracing().trace) return;  // the run belongs to the trace that is there
    trace_ = provider_.create_trace(settings_.trace);
    provider_.start_trace(trace_);
  } else if (!settings_.streamed) {
    trace_ = provider_.create_trace(masking);
    provider_.start_trace(trace_);
    mask_ = mask();
  } else {
    const auto preparation = provider_.create_trace(masking);
    provider_.start_trace(preparation);
    const auto preparation_mask = mask();
    trace_ = provider_.create_trace(masking);
    provider_.finish(preparation_mask, true);
    provider_.finish_trace(preparation);
    mask_ = mask();
    provider_.start_trace(trace_);
  }
}

AgentRun::~AgentRun() { close(); }

void AgentRun::agent_started(AgentInfo agent) {
  agent_ = std::move(agent);
  auto data = std::make_shared<AgentSpanData>();
  data->name = agent_.name;
  data->handoffs = json::Array{};
  data->tools = json::Array{};
  data->output_type = "str";
  agent_span_ = provider_.create_span(std::move(data));
  provider_.start(agent_span_, true);
}

void AgentRun::tools_resolved() {
  static_cast<AgentSpanData&>(agent_span_->data()).tools = names(agent_.tools);
}

void AgentRun::turn_started() {
  ++turn_;
  if (settings_.streamed) {
    provider_.logger().debug("Starting turn %s, current_agent=%s", {turn_, agent_.name});
  } else {
    provider_.logger().debug("Running agent %s (turn %s)", {agent_.name, turn_});
  }
  usage_at_turn_ = usage_;
  model_answered_ = false;
  if (settings_.include_task_and_turn_spans) {
    auto data = std::make_shared<TurnSpanData>();
    data->turn = turn_;
    data->agent_name = agent_.name;
    turn_span_ = provider_.create_span(std::move(data));
    provider_.start(turn_span_, true);
  }
  if (turn_ == 1 && hooks_ != nullptr) hooks_->on_agent_start(agent_.name);
}

void AgentRun::model_started(const json::Value& system_prompt, const json::Value& input) {
  if (hooks_ != nullptr) hooks_->on_llm_start(agent_.name, system_prompt, input);
  provider_.logger().debug("No conversation_id available for request");
}

void AgentRun::model_finished(const ModelResponse& response) {
  model_refused(response);
  if (hooks_ != nullptr) hooks_->on_llm_end(agent_.name, response);
}

void AgentRun::model_refused(const ModelResponse& response) {
  model_answered_ = true;
  usage_.add(response.usage);
  for (const json::Value& item : response.output) {
    const std::string_view type = item.get("type")->text();
    provider_.logger().debug("Processing output item type=%s class=%s", {type, item_class(type)});
  }
}

void AgentRun::final_output(const json::Value& output) {
  if (hooks_ != nullptr) hooks_->on_agent_end(agent_.name, output);
}

void AgentRun::close_turn(bool with_usage) {
  if (!turn_span_) return;
  if (with_usage) {
    const Usage added = usage_.since(usage_at_turn_);
    auto& data = static_cast<TurnSpanData&>(turn_span_->data());
    if (!added.empty()) data.usage = added.turn_span_data();
  }
  provider_.finish(turn_span_, true);
  turn_span_.reset();
}

void AgentRun::turn_finished(const char* next_step) {
  close_turn(true);
  if (settings_.streamed) {
    provider_.logger().debug("Turn %s complete, next_step type=%s", {turn_, next_step});
  }
}

void AgentRun::finished() { close(); }

// error_handlers.py, attach_generic_agent_error
void AgentRun::failed(const ClientError& error) {
  close_turn(model_answered_);
  if (agent_span_ && !agent_span_->has_error() &&
      error.type != "agents.exceptions.ModelBehaviorError") {
    agent_span_->set_error(
        {"Error in agent run",
         json::Object{{"error", settings_.include_sensitive_data ? error.text : kRedactedError}}});
  }
  close();
}

void AgentRun::max_turns_exceeded(std::int64_t max_turns) {
  agent_span_->set_error({"Max turns exceeded", json::Object{{"max_turns", max_turns}}});
  close();
}

void AgentRun::close() {
  if (std::exchange(closed_, true)) return;
  close_turn(model_answered_);
  if (agent_span_) provider_.finish(agent_span_, true);
  if (task_) {
    auto& data = static_cast<TaskSpanData&>(task_->data());
    if (!usage_.empty()) data.usage = usage_.task_span_data();
    provider_.finish(task_, true);
  }
  if (mask_) provider_.finish(mask_, true);
  if (trace_) provider_.finish_trace(trace_);
}

ToolCall::ToolCall(AgentRun& run, ToolInvocation invocation)
    : run_(run), invocation_(std::move(invocation)) {
  auto data = std::make_shared<FunctionSpanData>();
  data->name = invocation_.tool;
  const TracingScope scope(current_tracing());  // leaves the turn's own context as it is
  span_ = run_.provider().create_span(std::move(data));
  run_.provider().start(span_, true);
  context_ = current_tracing();
}

void ToolCall::started() {
  if (run_.settings().include_sensitive_data) {
    static_cast<FunctionSpanData&>(span_->data()).input = invocation_.arguments;
  }
  if (run_.hooks() != nullptr) run_.hooks()->on_tool_start(run_.agent().name, invocation_);
}

void ToolCall::finished(const CodexToolResult& result) { end(&result, result.text()); }

// agents/tool.py, _build_handled_function_tool_error_handler
void ToolCall::handled(const ClientError& error, const std::string& label, const std::string& text,
                       bool reveal) {
  const bool shown = reveal && run_.settings().include_sensitive_data;
  span_->set_error({"Error running Codex tool (non-fatal)",
                    json::Object{{"tool_name", invocation_.tool},
                                 {"error", shown ? error.text : kRedactedToolError}}});
  {
    const TracingScope scope(context_);
    Logger& logger = run_.provider().logger();
    if (run_.provider().switches().dont_log_tool_data) {
      logger.debug("%s failed", {label});
    } else {
      const json::Object thrown{{"class", error.type}, {"text", error.text}};
      logger.log(Level::kError, "%s failed: %s", {label, thrown}, error.type);
    }
  }
  end(nullptr, text);
}

ClientError ToolCall::failed(const ClientError& error) {
  const bool shown = run_.settings().include_sensitive_data;
  span_->set_error({"Error running tool",
                    json::Object{{"tool_name", invocation_.tool},
                                 {"error", shown ? error.text : kRedactedToolError}}});
  run_.provider().finish(span_);
  if (is_agents_exception(error)) return error;
  return {"agents.exceptions.UserError",
          "Error running tool " + invocation_.tool + ": " + error.text};
}

void ToolCall::end(const CodexToolResult* result, const std::string& text) {
  if (run_.hooks() != nullptr) {
    run_.hooks()->on_tool_end(run_.agent().name, invocation_, result, text);
  }
  if (run_.settings().include_sensitive_data) {
    static_cast<FunctionSpanData&>(span_->data()).output = text;
  }
  run_.provider().finish(span_);
}

}  // namespace codex::telemetry
