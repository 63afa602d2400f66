#include "codex/telemetry/codex_tool_profile.h"

#include <algorithm>

#include "codex/telemetry/event_names.h"
#include "codex_items.h"
#include "event_scrub.h"
#include "pipe_text.h"
#include "pydantic_int.h"
#include "python_utf8.h"
#include "python_values.h"
#include "span_budget.h"

namespace codex::telemetry {
namespace {

using json::Object;
using json::Value;

constexpr const char* kUserError = "agents.exceptions.UserError";

// dict keys must hash: lists and dicts do not.
bool hashable(const Value& value) { return !value.is_array() && !value.is_object(); }

ClientError unhashable(const Value& value) {
  return {"TypeError", "unhashable type: '" + std::string(python_type(value)) + "'"};
}

// output not in (None, "")
bool has_output(const Value& output) {
  return !output.is_null() && !(output.is_string() && output.string()->empty());
}

// Events that come from a line of the wire; of the others the client knows nothing.
bool from_line(std::string_view name) {
  static constexpr std::string_view kNames[] = {
      event::kItemStarted,    event::kItemUpdated,      event::kItemCompleted,
      event::kTurnStart,      event::kTurnCompleted,    event::kTurnFailed,
      event::kThreadStart,    event::kThreadException,  event::kSessionUnknown,
      event::kSessionInvalid, event::kSessionMalformed,
  };
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

}  // namespace

Object CodexToolResult::as_object() const {
  return {{"thread_id", thread_id}, {"response", response}, {"usage", usage}};
}

std::string CodexToolResult::text() const { return json::dump(Value(as_object())); }

// What the client's on_stream gets, and what its loop acts on.
struct CodexToolProfile::Coerced {
  std::string_view name;
  Object data;
};

CodexToolProfile::CodexToolProfile(TraceProvider& provider, Options options, OnStream on_stream)
    : provider_(provider),
      options_(std::move(options)),
      on_stream_(std::move(on_stream)),
      thread_id_(options_.thread_id) {}

CodexToolProfile::~CodexToolProfile() = default;

// exec.py reads and decodes the line; thread.py, _parse_event; events.py, coerce_thread_event.
std::optional<ClientError> CodexToolProfile::shown(const Event& event, std::string_view line,
                                                   Coerced& out) const {
  const auto unreadable = [line] {
    return ClientError{"RuntimeError", "Failed to parse event: " + std::string(line)};
  };
  const Value* reason = event.metadata.find("reason");
  if (line.size() > options_.stream_limit ||
      (event.name == event::kSessionMalformed && reason->text() == kLineTooLong)) {
    return ClientError{"ValueError", "Separator is not found, and chunk exceed the limit"};
  }
  if (event.name == event::kSessionMalformed) {
    if (!utf8_decode_error(line)) return unreadable();
    return ClientError{"UnicodeDecodeError", std::string(reason->text())};
  }
  // The client has types of its own: what does not fit the registry may still fit those.
  const bool invalid = event.name == event::kSessionInvalid;
  const Object& metadata = invalid ? *event.metadata.find("payload")->object() : event.metadata;
  out.name = invalid ? event_of_wire_type(event.metadata.find("type")->text()) : event.name;
  const auto member = [&](std::string_view key) {
    const Value* value = metadata.find(key);
    return value == nullptr ? Value() : *value;
  };
  if (out.name == event::kThreadStart) {
    if (metadata.find("thread_id") == nullptr) return unreadable();
    out.data = {{"thread_id", member("thread_id")}};
  } else if (out.name == event::kTurnCompleted) {
    Value usage = member("usage");
    if (!usage.is_null()) {
      auto coerced = coerce_usage(usage);
      if (!coerced) return unreadable();
      usage = std::move(*coerced);
    }
    out.data = {{"usage", std::move(usage)}};
  } else if (out.name == event::kTurnFailed) {
    const Value* raw = metadata.find("error");
    auto error = coerce_error(raw == nullptr ? Value(Object{}) : *raw);
    if (!error) return unreadable();
    out.data = {{"error", std::move(*error)}};
  } else if (out.name == event::kItemStarted || out.name == event::kItemUpdated ||
             out.name == event::kItemCompleted) {
    const Value raw = member("item");
    auto item = coerce_item(raw.is_null() ? Value(Object{{"type", "unknown"}}) : raw);
    if (!item) return unreadable();
    out.data = {{"item", std::move(*item)}};
  } else if (out.name == event::kThreadException) {
    const Value* message = metadata.find("message");
    out.data = {{"message", message == nullptr ? Value("") : *message}};
  } else if (out.name == event::kSessionUnknown) {
    const Value type = member("type");
    out.data = {{"payload", member("payload")}, {"type", type.is_null() ? Value("unknown") : type}};
  }
  return std::nullopt;
}

// codex_tool.py, _consume_events
void CodexToolProfile::observe(const Event& event, std::string_view line) {
  if (done_) return;
  if (event.name == event::kSessionStop) {
    const Value* exit_code = event.metadata.find("exit_code");
    const Value* signal = event.metadata.find("signal");
    std::int64_t status = exit_code == nullptr ? 0 : exit_code->as_int64().value_or(0);
    if (signal != nullptr && signal->as_int64()) status = -*signal->as_int64();
    if (status != 0) {  // exec.py: the exit code is looked at after the end of the stream only
      const Value* text = event.metadata.find("stderr");
      fail({"RuntimeError", "Codex exec exited with code " + std::to_string(status) + ": " +
                                utf8_decode_replacing(text == nullptr ? "" : text->text())});
    } else {
      finish();
    }
    return;
  }
  if (!from_line(event.name)) return;
  Coerced coerced;
  if (auto error = shown(event, line, coerced)) {
    fail(std::move(*error));
    return;
  }
  if (on_stream_) stream(coerced.name, coerced.data);
  const Value* item = coerced.data.find("item");
  if (coerced.name == event::kItemStarted) {
    if (!options_.tracing_disabled) item_started(*item->object());
  } else if (coerced.name == event::kItemUpdated) {
    item_changed(*item->object(), false);
  } else if (coerced.name == event::kItemCompleted) {
    item_changed(*item->object(), true);
    if (!done_ && item->get("type")->text() == "agent_message") {
      final_response_ = *item->get("text");
    }
  } else if (coerced.name == event::kTurnCompleted) {
    usage_ = *coerced.data.find("usage");
  } else if (coerced.name == event::kThreadStart) {
    thread_id_ = *coerced.data.find("thread_id");
  } else if (coerced.name == event::kTurnFailed) {
    const Value& message = *coerced.data.find("error")->get("message");
    if (!json::truthy(message)) {
      fail({kUserError, "Codex turn failed"});
    } else if (message.is_string()) {
      fail({kUserError, "Codex turn failed: " + *message.string()});
    } else {
      fail({"TypeError", "can only concatenate str (not \"" + std::string(python_type(message)) +
                             "\") to str"});
    }
  } else if (coerced.name == event::kThreadException) {
    fail({kUserError, "Codex stream error: " + json::python_str(*coerced.data.find("message"))});
  }
}

void CodexToolProfile::stream(std::string_view name, const Object& data) const {
  const std::shared_ptr<const Scrubber>& scrubber = provider_.scrubber();
  Event shown;
  shown.name = name;
  if (scrubber != nullptr) shown.metadata = data;
  if (scrubber == nullptr || !event_may_hold_secrets(scrubber, shown)) {
    on_stream_(name, data);
    return;
  }
  scrub_event(*scrubber, shown);
  on_stream_(name, shown.metadata);
}

void CodexToolProfile::fail(ClientError error) {
  if (done_) return;
  error_ = std::move(error);
  finish();
}

// The `finally` of _consume_events: open spans are closed in the order in which they were opened.
void CodexToolProfile::finish() {
  done_ = true;
  for (auto& entry : spans_) provider_.finish(entry.second);
  spans_.clear();
}

// codex_tool.py, _handle_item_started
void CodexToolProfile::item_started(const Object& item) {
  const Value* id = item.find("id");
  if (id == nullptr || !json::truthy(*id)) return;
  if (item.find("type")->text() != "command_execution") return;
  Object updates{{"status", *item.find("status")}, {"exit_code", *item.find("exit_code")}};
  if (options_.include_sensitive_data) {
    updates.append("command", *item.find("command"));
    const Value& output = *item.find("aggregated_output");
    if (has_output(output)) {
      updates.append("output", truncate_span_value(output, options_.span_data_max_chars));
    }
  }
  auto span = provider_.create_span(std::make_shared<CustomSpanData>(
      "Codex command execution", merge_span_data({}, updates, options_.span_data_max_chars)));
  provider_.start(span);
  if (!hashable(*id)) {
    fail(unhashable(*id));
    return;
  }
  for (auto& [known, open] : spans_) {
    if (same_key(known, *id)) {
      open = std::move(span);  // the first span of that id is never ended: the client loses it
      return;
    }
  }
  spans_.emplace_back(*id, std::move(span));
}

// codex_tool.py, _handle_item_updated and _handle_item_completed
void CodexToolProfile::item_changed(const Object& item, bool completed) {
  const Value* id = item.find("id");
  if (id == nullptr || !json::truthy(*id)) return;
  if (!hashable(*id)) {
    fail(unhashable(*id));
    return;
  }
  const auto entry = std::find_if(spans_.begin(), spans_.end(),
                                  [&](const auto& e) { return same_key(e.first, *id); });
  if (entry == spans_.end()) return;
  const std::shared_ptr<Span> span = entry->second;
  if (item.find("type")->text() == "command_execution") {
    Object updates{{"status", *item.find("status")}, {"exit_code", *item.find("exit_code")}};
    const Value& output = *item.find("aggregated_output");
    const bool show_output = options_.include_sensitive_data && has_output(output);
    if (options_.include_sensitive_data) updates.append("command", *item.find("command"));
    if (show_output) {
      updates.append("output", truncate_span_value(output, options_.span_data_max_chars));
    }
    auto& data = static_cast<CustomSpanData&>(span->data()).data;
    data = merge_span_data(data, updates, options_.span_data_max_chars);
    if (completed && item.find("status")->text() == "failed") {
      Object error{{"exit_code", *item.find("exit_code")}};
      if (show_output) {
        error.append("output", truncate_span_value(output, options_.span_data_max_chars));
      }
      span->set_error({"Codex command execution failed.", std::move(error)});
    }
  }
  if (!completed) return;
  provider_.finish(span);
  spans_.erase(entry);
}

CodexToolResult CodexToolProfile::result() const {
  Value response = final_response_;
  if (!json::truthy(response)) {
    response = options_.has_inputs ? "Codex task completed with inputs."
                                   : "Codex task completed with no inputs.";
  }
  return {thread_id_, std::move(response), usage_};
}

// codex_tool.py, _to_agent_usage: adds what the wire said, then lets pydantic check it.
std::optional<ClientError> CodexToolProfile::added_usage(Usage& usage) const {
  if (usage_.is_null()) return std::nullopt;
  const Value& input = *usage_.get("input_tokens");
  const Value& output = *usage_.get("output_tokens");
  const Value& cached = *usage_.get("cached_input_tokens");
  const auto total = python_add(input, output);
  if (const auto* error = std::get_if<ClientError>(&total)) return *error;
  constexpr const char* kValidationError = "pydantic_core._pydantic_core.ValidationError";
  PydanticModel details("InputTokensDetails");
  Usage call;
  if (json::truthy(cached)) call.cached_input = details.integer("cached_tokens", cached);
  if (details.refused()) return ClientError{kValidationError, details.error()};
  PydanticModel model("Usage");
  call.requests = 1;
  call.input = model.integer("input_tokens", input);
  call.output = model.integer("output_tokens", output);
  call.total = model.integer("total_tokens", std::get<Value>(total));
  if (model.refused()) return ClientError{kValidationError, model.error()};
  usage.add(call);
  return std::nullopt;
}

}  // namespace codex::telemetry
