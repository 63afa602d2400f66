#include "harness/agent_run/agent_session.h"

#include <algorithm>
#include <span>
#include <utility>
#include <variant>

#include "codex/telemetry/correlation.h"
#include "codex/telemetry/exec_observer.h"

namespace codex::harness {
namespace {

using json::Object;
using json::Value;
using telemetry::ClientError;
using telemetry::CodexToolProfile;

const Value& member(const Value& object, std::string_view key) {
  static const Value null;
  const Value* value = object.get(key);
  return value == nullptr ? null : *value;
}

// function_call() of agents.testing takes a string as it is and prints anything else compactly.
std::string arguments_text(const Value& arguments) {
  if (const std::string* text = arguments.string()) return *text;
  return json::dump(arguments, json::kCompactUnicode);
}

Object function_call_item(const std::string& tool, const Value& call) {
  return {{"arguments", arguments_text(member(call, "arguments"))},
          {"call_id", member(call, "call_id")},
          {"name", tool},
          {"type", "function_call"},
          {"id", member(call, "call_id")}};
}

Object message_item(const std::string& id, const Value& text) {
  Object content{{"annotations", json::Array{}},
                 {"text", text},
                 {"type", "output_text"},
                 {"logprobs", json::Array{}}};
  return {{"id", id},
          {"content", json::Array{std::move(content)}},
          {"role", "assistant"},
          {"status", "completed"},
          {"type", "message"}};
}

telemetry::Usage step_usage(const Value& given) {
  telemetry::Usage usage;
  usage.requests = 1;
  if (!given.is_object()) return usage;
  const auto number = [&](std::string_view key, const telemetry::Count& otherwise) {
    const Value* value = given.get(key);
    const json::Integer* integer = value == nullptr ? nullptr : value->integer();
    return integer == nullptr ? otherwise : telemetry::Count(*integer);
  };
  usage.requests = number("requests", 1);
  usage.input = number("input_tokens", 0);
  usage.output = number("output_tokens", 0);
  usage.total = number("total_tokens", usage.input + usage.output);
  return usage;
}

std::optional<std::int64_t> span_limit(const Value& tool) {
  const Value* limit = tool.get("span_data_max_chars");
  if (limit == nullptr) return 8192;
  return limit->as_int64();
}

// exec.py, _resolve_subprocess_stream_limit_bytes: what the tool is given goes before the environment.
std::optional<std::int64_t> stream_limit(const Value& tool, const Value& env) {
  const Value& given = member(tool, "codex_subprocess_stream_limit_bytes");
  if (!given.is_null()) return given.as_int64();
  const std::string_view text =
      member(env, "OPENAI_AGENTS_CODEX_SUBPROCESS_STREAM_LIMIT_BYTES").text();
  const json::ParseResult read = json::parse(json::strip(text));
  return read ? read.value().as_int64() : std::nullopt;
}

constexpr const char* kAnswerToFailure =
    "An error occurred while running the tool. Please try again.";  // default_tool_error_function
constexpr const char* kToolLabel = "Codex tool";

}  // namespace

struct AgentSession::Call {
  telemetry::ToolInvocation invocation;
  int number = 0;
  std::unique_ptr<telemetry::ToolCall> tool;
  std::unique_ptr<CodexToolProfile> profile;
  std::unique_ptr<telemetry::ExecObserver> observer;
  // The call's contexts while its process is being heard.
  std::unique_ptr<telemetry::CorrelationScope> correlation;
  std::unique_ptr<telemetry::TracingScope> tracing;
  std::optional<ClientError> refused;  // before a process was started
  std::string output;                  // what the model gets
  bool settled = false;
  bool failed = false;

  void enter() {
    telemetry::Correlation ids;
    ids.call = invocation.call_id;
    correlation = std::make_unique<telemetry::CorrelationScope>(ids);
    tracing = std::make_unique<telemetry::TracingScope>(tool->context());
  }
  void leave() {
    tracing.reset();
    correlation.reset();
  }
};

AgentSession::~AgentSession() = default;

AgentSession::AgentSession(const Tape& tape, std::chrono::milliseconds patience,
                           telemetry::Hub& hub, telemetry::TraceProvider& provider,
                           Recorder& recorder)
    : tape_(tape),
      patience_(patience),
      hub_(hub),
      provider_(provider),
      recorder_(recorder),
      player_(tape),
      tool_(option("codex_tool"), option("context")) {}

Value AgentSession::option(std::string_view key) const { return member(tape_.driver, key); }

telemetry::RunSettings AgentSession::settings() const {
  const Value config = option("run_config");
  telemetry::RunSettings settings;
  settings.trace.name = member(config, "workflow_name").text("Agent workflow");
  settings.trace.id = member(config, "trace_id").text();
  settings.trace.group_id = member(config, "group_id");
  settings.trace.metadata = member(config, "trace_metadata");
  settings.trace.disabled = json::truthy(member(config, "tracing_disabled"));
  const Value& sensitive = member(config, "trace_include_sensitive_data");
  settings.include_sensitive_data = sensitive.is_null()
                                        ? provider_.switches().trace_include_sensitive_data
                                        : json::truthy(sensitive);
  const Value* spans = member(config, "tracing").get("include_task_and_turn_spans");
  settings.include_task_and_turn_spans = spans == nullptr || json::truthy(*spans);
  settings.streamed = json::truthy(option("streamed"));
  return settings;
}

void AgentSession::run() {
  const Value agent = option("agent");
  const Value steps = option("steps");
  const std::optional<std::int64_t> max_turns = option("max_turns").as_int64();
  input_.push_back(Object{{"content", option("prompt")}, {"role", "user"}});

  const telemetry::TracingScope own({});  // whatever stays current ends with the session
  telemetry::AgentRun run(provider_, settings(), &recorder_);
  run.agent_started({std::string(member(agent, "name").text()), {tool_.name()}});
  Next next = Next::kGoOn;
  for (std::size_t i = 0; next == Next::kGoOn; ++i) {
    if (max_turns && run.turn() >= *max_turns) {
      const std::string limit = std::to_string(*max_turns);
      error_ = {"agents.exceptions.MaxTurnsExceeded", "Max turns (" + limit + ") exceeded"};
      run.max_turns_exceeded(*max_turns);
      report(run, Next::kFailed);
      return;
    }
    run.tools_resolved();
    run.turn_started();
    run.model_started(member(agent, "instructions"), input_);
    const bool traced = json::truthy(member(option("model"), "emit_traces"));
    auto generation =
        provider_.create_span(std::make_shared<telemetry::GenerationSpanData>(), !traced);
    provider_.start(generation);
    if (i < steps.array()->size()) {
      provider_.finish(generation);
      next = turn(run, (*steps.array())[i]);
      continue;
    }
    // ScriptedModel raises when it is asked once more than it has steps.
    const char* kind = run.settings().streamed ? "streaming" : "non-streaming";
    error_ = {"agents.testing.model.UnexpectedModelCall",
              std::string("Unexpected ") + kind + " model call #" + std::to_string(i + 1) +
                  ": no scripted steps remain."};
    generation->set_error({"Error", Object{{"name", "UnexpectedModelCall"},
                                           {"message", run.settings().include_sensitive_data
                                                           ? error_.text
                                                           : "Error details are redacted."}}});
    provider_.finish(generation);
    next = Next::kFailed;
  }
  if (next == Next::kFinal) {
    run.finished();
  } else if (next == Next::kFailed) {
    run.failed(error_);
    // result.py, stream_events: the consumer finds it before the events that are left.
    if (refused_ && run.settings().streamed) {
      provider_.logger().debug("Breaking due to stored exception");
    }
  }
  report(run, next);
}

json::Array AgentSession::model_output(const Value& step) const {
  json::Array output;
  const Value& calls = member(step, "calls");
  if (calls.is_array()) {
    for (const Value& call : *calls.array()) output.emplace_back(function_call_item(tool_.name(), call));
  }
  if (const Value* message = step.get("message")) {
    output.emplace_back(
        message_item(std::string(member(option("model"), "message_id").text()), *message));
  }
  return output;
}

AgentSession::Next AgentSession::turn(telemetry::AgentRun& run, const Value& step) {
  const json::Array output = model_output(step);
  const telemetry::ModelResponse response{member(option("model"), "response_id"), output,
                                          step_usage(member(step, "usage"))};
  const Value& given = member(step, "calls");
  const json::Array calls = given.is_array() ? *given.array() : json::Array();
  std::vector<CallIds::Call> ids;
  for (const Value& call : calls) {
    ids.push_back({std::string(member(call, "call_id").text()),
                   arguments_text(member(call, "arguments"))});
  }
  const CallIds::Checked checked = call_ids_.check(ids);
  if (const auto* error = std::get_if<ClientError>(&checked)) {
    run.model_refused(response);
    refused_ = true;
    error_ = *error;
    return Next::kFailed;
  }
  const auto& is_fresh = std::get<std::vector<bool>>(checked);
  run.model_finished(response);
  json::Array fresh;
  for (std::size_t i = 0; i < output.size(); ++i) {  // the calls stand first
    if (i < calls.size() && !is_fresh[i]) continue;
    if (i < calls.size()) fresh.push_back(calls[i]);
    input_.push_back(output[i]);
    new_items_.emplace_back(
        Object{{"type", i < calls.size() ? "tool_call_item" : "message_output_item"},
               {"item", output[i]}});
  }
  if (calls.empty()) {
    final_output_ = member(step, "message");
    run.final_output(final_output_);
    run.turn_finished("NextStepFinalOutput");
    return Next::kFinal;
  }
  const Next next = fresh.empty() ? Next::kGoOn : tools(run, fresh);
  if (next == Next::kGoOn) run.turn_finished("NextStepRunAgain");
  return next;
}

// The calls of one turn run at once: all are begun, then the tape decides whose turn it is.
AgentSession::Next AgentSession::tools(telemetry::AgentRun& run, const json::Array& calls) {
  const std::size_t first = calls_.size();
  for (const Value& given : calls) {
    auto call = std::make_unique<Call>();
    call->invocation = {tool_.name(), std::string(member(given, "call_id").text()),
                        arguments_text(member(given, "arguments"))};
    call->number = recorder_.call_number(call->invocation.call_id);
    recorder_.set_task(2 * call->number - 1);
    call->tool = std::make_unique<telemetry::ToolCall>(run, call->invocation);
    recorder_.set_task(0);
    calls_.push_back(std::move(call));
  }
  const std::span active(calls_.begin() + static_cast<std::ptrdiff_t>(first), calls_.end());
  for (auto& call : active) call->tool->started();
  for (auto& call : active) {
    begin(run, *call);
    if (off_script_) return Next::kOffScript;
  }
  const TapePlayer::End end = player_.play();
  if (end == TapePlayer::End::kHang) return Next::kHang;
  if (end == TapePlayer::End::kOffScript) {
    off_script_ = player_.off_script();
    return Next::kOffScript;
  }
  for (auto& call : active) {
    if (call->failed) return Next::kFailed;
    Object output{{"call_id", call->invocation.call_id},
                  {"output", call->output},
                  {"type", "function_call_output"}};
    new_items_.emplace_back(Object{{"type", "tool_call_output_item"}, {"item", output}});
    input_.emplace_back(std::move(output));
  }
  return Next::kGoOn;
}

void AgentSession::begin(telemetry::AgentRun& run, Call& call) {
  const bool redact = provider_.switches().dont_log_tool_data;
  auto started = tool_.start(call.invocation.arguments, redact);
  if (auto* error = std::get_if<ClientError>(&started)) {
    call.refused = std::move(*error);
    call.enter();
    if (!json::parse(call.invocation.arguments) && !call.invocation.arguments.empty()) {
      // _parse_tool_input logs what it could not read
      if (redact) {
        provider_.logger().debug("Invalid JSON input for codex tool");
      } else {
        provider_.logger().debug("%s: %s",
                                 {"Invalid JSON input for codex tool", call.invocation.arguments});
      }
    }
    settle(run, call);
    call.leave();
    return;
  }
  CodexProcess& process = std::get<CodexProcess>(started);
  CodexToolProfile::Options options;
  options.tracing_disabled = run.settings().trace.disabled;
  options.include_sensitive_data = run.settings().include_sensitive_data;
  options.span_data_max_chars = span_limit(option("codex_tool"));
  options.has_inputs = process.has_inputs;
  if (const auto bytes = stream_limit(option("codex_tool"), option("env")); bytes && *bytes > 0) {
    options.stream_limit = static_cast<std::size_t>(*bytes);
  }
  options.thread_id = process.thread_id;
  call.profile = std::make_unique<CodexToolProfile>(
      provider_, options, [this, &call](std::string_view name, const Object& data) {
        recorder_.event(call.invocation.call_id, name, data);
      });
  telemetry::ExecObserver::Options observing;
  observing.correlation.session = tape_.name;
  observing.correlation.call = call.invocation.call_id;
  // The client does not wait for the end of a longer line either.
  observing.max_line = std::min(observing.max_line, options.stream_limit);
  observing.listener = [this, &run, &call](const telemetry::Event& event, std::string_view line) {
    call.profile->observe(event, line);
    if (call.profile->done()) settle(run, call);
  };
  call.observer = std::make_unique<telemetry::ExecObserver>(hub_, observing);

  TapePlayer::Client client;
  client.observer = call.observer.get();
  client.enter = [this, &call] {
    recorder_.set_task(2 * call.number);
    call.enter();
  };
  client.leave = [this, &call] {
    call.leave();
    recorder_.set_task(0);
  };
  client.done = [&call] { return call.settled; };
  client.silent = [this, &run, &call](double milliseconds) {
    const Value idle = member(member(option("codex_tool"), "default_turn_options"),
                              "idle_timeout_seconds");
    if (idle.is_null()) return false;
    const double limit =
        idle.real() != nullptr ? *idle.real() : static_cast<double>(idle.as_int64().value_or(0));
    if (milliseconds >= 0 && milliseconds < limit * 1000) return true;
    if (milliseconds < 0 && limit * 1000 >= static_cast<double>(patience_.count())) return false;
    call.profile->fail({"RuntimeError", "Codex stream idle for " + json::python_str(idle) +
                                            " seconds."});
    settle(run, call);
    return true;
  };
  const auto number = player_.start(process.argv, process.standard_input, std::move(client));
  if (const auto* off = std::get_if<TapePlayer::OffScript>(&number)) {
    off_script_ = *off;
    return;
  }
  recorder_.wire(std::get<std::size_t>(number),
                 json::Array(process.argv.begin(), process.argv.end()), process.standard_input);
}

// The call is over for the client: its result goes back to the model, or its error to the run.
void AgentSession::settle(telemetry::AgentRun& run, Call& call) {
  if (std::exchange(call.settled, true)) return;
  std::optional<ClientError> error = call.refused;
  if (!error && call.profile->failed()) error = call.profile->error();
  if (!error) error = call.profile->added_usage(run.usage());
  if (call.profile) tool_.ended(call.profile->thread_id());
  if (!error) {
    const telemetry::CodexToolResult result = call.profile->result();
    call.output = result.text();
    call.tool->finished(result);
    return;
  }
  const Value handling = option("failure_error_function");
  if (handling.is_null()) {
    error_ = call.tool->failed(*error);
    call.failed = true;
    return;
  }
  const bool custom = handling.is_object();
  call.output = custom ? std::string(member(handling, "text").text()) : kAnswerToFailure;
  call.tool->handled(*error, kToolLabel, call.output, custom);
}

void AgentSession::report(telemetry::AgentRun& run, Next end) {
  if (end == Next::kHang || end == Next::kOffScript) run.abandon();
  if (end == Next::kHang) {
    reason_ = "the tape stalls, and the client waits for longer than it may";
    recorder_.outcome("hang", Object{});
    return;
  }
  if (!off_script_) off_script_ = player_.missing();
  if (off_script_) {
    reason_ = off_script_->reason;
    recorder_.outcome("off-script", Object{{"line", static_cast<std::int64_t>(off_script_->line)}});
    return;
  }
  if (end == Next::kFailed) {
    // Only the client's own exceptions carry the run's data, and so its usage.
    if (error_.type.starts_with("agents.exceptions.")) recorder_.usage(run.usage());
    recorder_.outcome("failed", Object{{"exception", Object{{"class", error_.type},
                                                            {"text", error_.text}}}});
    return;
  }
  recorder_.usage(run.usage());
  recorder_.outcome(recorder_.all_calls_completed() ? "completed" : "failed",
                    Object{{"final_output", final_output_},
                           {"last_response_id", member(option("model"), "response_id")},
                           {"new_items", new_items_}});
}

}  // namespace codex::harness
