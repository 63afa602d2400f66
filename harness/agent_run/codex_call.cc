#include "harness/agent_run/codex_call.h"

#include <utility>

#include "codex/telemetry/codex_tool_arguments.h"
#include "harness/agent_run/spawn_error.h"

namespace codex::harness {
namespace {

using json::Value;
using telemetry::ClientError;

const Value& member(const Value& object, std::string_view key) {
  static const Value null;
  const Value* value = object.get(key);
  return value == nullptr ? null : *value;
}

// f"{value}" of an option
std::string text_of(const Value& value) { return json::python_str(value); }

}  // namespace

CodexToolState::CodexToolState(const Value& tool, Value context)
    : tool_(tool), context_(std::move(context)), name_(member(tool, "name").text("codex")) {}

// A tool option given directly goes before the same one in default_thread_options.
Value CodexToolState::option(std::string_view key) const {
  const Value& direct = member(tool_, key);
  if (json::truthy(direct) || (key == "skip_git_repo_check" && !direct.is_null())) return direct;
  return member(member(tool_, "default_thread_options"), key);
}

std::variant<CodexProcess, ClientError> CodexToolState::start(const std::string& arguments,
                                                              bool redact) {
  const bool from_context = uses_context();
  auto parsed = telemetry::codex_tool_arguments(
      arguments, {.with_thread_id = !from_context, .redact = redact});
  if (auto* error = std::get_if<ClientError>(&parsed)) return std::move(*error);
  const auto& inputs = std::get<telemetry::CodexToolArguments>(parsed);

  Value thread_id = inputs.thread_id;
  if (from_context) {
    if (std::optional<ClientError> error = read_context(thread_id)) return *error;
  }
  if (thread_id.is_null()) thread_id = member(tool_, "thread_id");
  if (json::truthy(member(tool_, "persist_session"))) {
    if (!has_persisted_) {
      has_persisted_ = true;
      persisted_thread_ = thread_id;
    } else if (json::truthy(thread_id) && json::truthy(persisted_thread_) &&
               !(persisted_thread_ == thread_id)) {
      return ClientError{"agents.exceptions.UserError",
                         "Codex tool is configured with persist_session=true and already has an "
                         "active thread."};
    }
    thread_id = persisted_thread_;
  }

  CodexProcess process;
  process.thread_id = json::truthy(thread_id) ? thread_id : Value();
  process.argv = argv(inputs.images, process.thread_id);
  for (const std::string& argument : process.argv) {
    if (std::optional<ClientError> error = spawn_error(argument)) return *error;
  }
  // What is no text has been printed; all before it can be passed.
  if (!process.thread_id.is_null()) {
    if (std::optional<ClientError> error = spawn_error(process.thread_id)) return *error;
  }
  for (const std::string& text : inputs.texts) {
    if (!process.standard_input.empty()) process.standard_input += "\n\n";
    process.standard_input += text;
  }
  return process;
}

bool CodexToolState::uses_context() const {
  return json::truthy(member(tool_, "use_run_context_thread_id"));
}

// _resolve_run_context_thread_id_key, of keys and names that the client takes
std::string CodexToolState::context_key() const {
  const Value& key = member(tool_, "run_context_thread_id_key");
  if (!key.is_null()) return std::string(json::strip(key.text()));
  constexpr std::string_view prefix = "codex_";
  const std::string_view name = json::strip(name_);
  if (!name.starts_with(prefix)) return "codex_thread_id";
  return "codex_thread_id_" + std::string(json::strip(name.substr(prefix.size())));
}

// _validate_run_context_thread_id_context, then _read_thread_id_from_run_context. A context out of
// a tape is None, a dict, or a value that has no attributes to write.
std::optional<ClientError> CodexToolState::read_context(Value& thread_id) const {
  const auto refused = [](std::string text) {
    return ClientError{"agents.exceptions.UserError", std::move(text)};
  };
  if (context_.is_null()) {
    return refused("use_run_context_thread_id=True requires a mutable run context object. "
                   "Pass context={} (or an object) to Runner.run().");
  }
  if (!context_.is_object()) {
    return refused("use_run_context_thread_id=True requires a mutable run context mapping "
                   "or a writable object context.");
  }
  const std::string key = context_key();
  const Value& value = member(context_, key);
  if (value.is_null()) return std::nullopt;
  if (!value.is_string()) {
    return refused("Run context \"" + key + "\" must be a string when provided.");
  }
  const std::string_view id = json::strip(value.text());
  if (!id.empty()) thread_id = Value(std::string(id));
  return std::nullopt;
}

void CodexToolState::ended(const Value& thread_id) {
  if (has_persisted_) persisted_thread_ = thread_id;
  if (uses_context() && context_.is_object() && !thread_id.is_null()) {
    context_.object()->set(context_key(), thread_id);
  }
}

std::vector<std::string> CodexToolState::argv(const std::vector<std::string>& images,
                                              const Value& thread_id) const {
  std::vector<std::string> out = {"exec", "--experimental-json"};
  const auto add = [&](std::string_view flag, std::string value) {
    out.emplace_back(flag);
    out.push_back(std::move(value));
  };
  const auto pass = [&](std::string_view key, std::string_view flag) {
    const Value value = option(key);
    if (json::truthy(value)) add(flag, text_of(value));
  };
  pass("model", "--model");
  pass("sandbox_mode", "--sandbox");
  pass("working_directory", "--cd");
  const Value directories = option("additional_directories");
  if (const json::Array* list = directories.array()) {
    for (const Value& directory : *list) add("--add-dir", text_of(directory));
  }
  if (json::truthy(option("skip_git_repo_check"))) out.emplace_back("--skip-git-repo-check");
  const bool schema = !member(tool_, "output_schema").is_null() ||
                      !member(member(tool_, "default_turn_options"), "output_schema").is_null();
  // The client writes the schema to a fresh temporary file; the rule output-schema-file masks it.
  if (schema) add("--output-schema", "/tmp/codex-output-schema-/schema.json");
  const Value effort = option("model_reasoning_effort");
  if (json::truthy(effort)) add("--config", "model_reasoning_effort=\"" + text_of(effort) + "\"");
  const Value network = option("network_access_enabled");
  if (!network.is_null()) {
    add("--config", std::string("sandbox_workspace_write.network_access=") +
                        (json::truthy(network) ? "true" : "false"));
  }
  const Value search = option("web_search_mode");
  const Value search_enabled = option("web_search_enabled");
  if (json::truthy(search)) {
    add("--config", "web_search=\"" + text_of(search) + "\"");
  } else if (search_enabled.boolean() != nullptr) {
    add("--config", *search_enabled.boolean() ? "web_search=\"live\"" : "web_search=\"disabled\"");
  }
  const Value approval = option("approval_policy");
  if (json::truthy(approval)) add("--config", "approval_policy=\"" + text_of(approval) + "\"");
  if (!thread_id.is_null()) out.emplace_back("resume");
  for (const std::string& image : images) add("--image", image);
  if (!thread_id.is_null()) add("--", text_of(thread_id));
  out.emplace_back("-");
  return out;
}

}  // namespace codex::harness
