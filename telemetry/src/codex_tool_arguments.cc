#include "codex/telemetry/codex_tool_arguments.h"

#include <optional>
#include <utility>

#include "client_model.h"

namespace codex::telemetry {
namespace {

using json::Object;
using json::Value;
using Kind = ClientType::Kind;

// (value or "").strip() of a field that is a text, null or absent.
std::string stripped(const Object& made, std::string_view key) {
  const Value* value = made.find(key);
  return std::string(json::strip(value == nullptr ? "" : value->text()));
}

// CodexToolInputItem.validate_item
std::optional<std::string> validate_item(Object& made) {
  const std::string text = stripped(made, "text");
  const std::string path = stripped(made, "path");
  if (made.find("type")->text() == "text") {
    if (text.empty()) return "Text inputs must include a non-empty \"text\" field.";
    if (!path.empty()) return "\"path\" is not allowed when type is \"text\".";
    made.set("text", text);
    return std::nullopt;
  }
  if (path.empty()) return "Local image inputs must include a non-empty \"path\" field.";
  if (!text.empty()) return "\"text\" is not allowed when type is \"local_image\".";
  made.set("path", path);
  return std::nullopt;
}

// CodexToolParameters.validate_thread_id
std::optional<std::string> validate_thread_id(Object& made) {
  const Value* given = made.find("thread_id");
  if (given == nullptr || given->is_null()) return std::nullopt;
  const std::string id = stripped(made, "thread_id");
  if (id.empty()) return "When provided, \"thread_id\" must be a non-empty string.";
  made.set("thread_id", id);
  return std::nullopt;
}

struct Models {
  Models() {
    string.kind = Kind::kString;
    optional_string.kind = Kind::kNullable;
    optional_string.inner = &string;
    item_type.kind = Kind::kLiteral;
    item_type.values = {"text", "local_image"};
    item.kind = Kind::kModel;
    item.title = "CodexToolInputItem";
    item.extra = ClientType::Extra::kForbid;
    item.fields = {{"type", "type", &item_type, true},
                   {"text", "text", &optional_string, false},
                   {"path", "path", &optional_string, false}};
    item.after = validate_item;
    items.kind = Kind::kList;
    items.inner = &item;
    items.min_items = 1;
    in_context.kind = Kind::kModel;
    in_context.title = "CodexToolRunContextParameters";
    in_context.extra = ClientType::Extra::kForbid;
    in_context.fields = {{"inputs", "inputs", &items, true}};
    parameters = in_context;
    parameters.title = "CodexToolParameters";
    parameters.fields.push_back({"thread_id", "thread_id", &optional_string, false});
    parameters.after = validate_thread_id;
  }

  ClientType string, optional_string, item_type, item, items, in_context, parameters;
};

const Models& models() {
  static const Models made;
  return made;
}

}  // namespace

std::variant<CodexToolArguments, ClientError> codex_tool_arguments(
    std::string_view text, const CodexToolArgumentsOptions& options) {
  const auto refused = [&](std::string_view why) {
    std::string words = "Invalid JSON input for codex tool";
    if (!options.redact) words.append(": ").append(why);
    return ClientError{"agents.exceptions.ModelBehaviorError", std::move(words)};
  };
  const json::ParseResult parsed = json::parse(text.empty() ? "{}" : text);
  if (!parsed) return refused(text);
  const ClientType& model = options.with_thread_id ? models().parameters : models().in_context;
  const std::optional<Value> made = client_value(model, parsed.value());
  if (!made) return refused(options.redact ? "" : client_validation_error(model, parsed.value()));

  CodexToolArguments out;
  for (const Value& input : *made->get("inputs")->array()) {
    const bool is_text = input.get("type")->text() == "text";
    (is_text ? out.texts : out.images).emplace_back(input.get(is_text ? "text" : "path")->text());
  }
  if (const Value* thread = made->get("thread_id")) out.thread_id = *thread;
  return out;
}

}  // namespace codex::telemetry
