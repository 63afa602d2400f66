#include "codex_items.h"

#include <utility>

#include "codex/telemetry/event_names.h"

namespace codex::telemetry {
namespace {

using json::Object;
using json::Value;

// Reads keys as the client does: `required` raises KeyError, `given` is dict.get(key, default).
struct Reader {
  const Object& raw;
  bool ok = true;

  Value required(std::string_view key) {
    const Value* value = raw.find(key);
    if (value == nullptr) {
      ok = false;
      return {};
    }
    return *value;
  }
  Value given(std::string_view key, Value otherwise) const {
    const Value* value = raw.find(key);
    return value == nullptr ? std::move(otherwise) : *value;
  }
};

// `for x in value`: a list's items; strings and dicts give strings, which no caller can use, so
// only their being empty matters.
std::optional<json::Array> iterated(const Value& value) {
  if (const json::Array* array = value.array()) return *array;
  const bool empty = (value.is_string() && value.string()->empty()) ||
                     (value.is_object() && value.object()->empty());
  if (empty) return json::Array{};
  return std::nullopt;
}

std::optional<Object> file_change(Reader& raw) {
  const auto changes = iterated(raw.given("changes", json::Array{}));
  if (!changes) return std::nullopt;
  json::Array shown;
  for (const Value& change : *changes) {
    if (!change.is_object()) return std::nullopt;
    Reader fields{*change.object()};
    Object entry{{"path", fields.required("path")}, {"kind", fields.required("kind")}};
    if (!fields.ok) return std::nullopt;
    shown.emplace_back(std::move(entry));
  }
  return Object{{"id", raw.required("id")}, {"changes", std::move(shown)},
                {"status", raw.required("status")}, {"type", "file_change"}};
}

std::optional<Object> mcp_tool_call(Reader& raw) {
  Value result = raw.given("result", {});
  if (!result.is_null()) {
    if (!result.is_object()) return std::nullopt;
    const Reader fields{*result.object()};
    result = Object{{"content", fields.given("content", json::Array{})},
                    {"structured_content", fields.given("structured_content", {})}};
  }
  Value error = raw.given("error", {});
  if (!error.is_null()) {
    if (!error.is_object()) return std::nullopt;
    error = Object{{"message", Reader{*error.object()}.given("message", "")}};
  }
  return Object{{"id", raw.required("id")},
                {"server", raw.required("server")},
                {"tool", raw.required("tool")},
                {"arguments", raw.given("arguments", {})},
                {"status", raw.required("status")},
                {"result", std::move(result)},
                {"error", std::move(error)},
                {"type", "mcp_tool_call"}};
}

std::optional<Object> todo_list(Reader& raw) {
  const auto items = iterated(raw.given("items", json::Array{}));
  if (!items) return std::nullopt;
  json::Array shown;
  for (const Value& item : *items) {
    if (!item.is_object()) return std::nullopt;
    const Reader fields{*item.object()};
    shown.emplace_back(Object{{"text", fields.given("text", "")},
                              {"completed", json::truthy(fields.given("completed", {}))}});
  }
  return Object{{"id", raw.required("id")}, {"items", std::move(shown)}, {"type", "todo_list"}};
}

}  // namespace

std::optional<Object> coerce_item(const Value& value) {
  if (!value.is_object()) return std::nullopt;
  Reader raw{*value.object()};
  const Value* type = raw.raw.find("type");
  const std::string_view kind = type == nullptr ? std::string_view() : type->text();
  std::optional<Object> item;
  if (kind == "command_execution") {
    item = Object{{"id", raw.required("id")},
                  {"command", raw.required("command")},
                  {"status", raw.required("status")},
                  {"aggregated_output", raw.given("aggregated_output", "")},
                  {"exit_code", raw.given("exit_code", {})},
                  {"type", kind}};
  } else if (kind == "file_change") {
    item = file_change(raw);
  } else if (kind == "mcp_tool_call") {
    item = mcp_tool_call(raw);
  } else if (kind == "agent_message" || kind == "reasoning") {
    item = Object{{"id", raw.required("id")}, {"text", raw.given("text", "")}, {"type", kind}};
  } else if (kind == "web_search") {
    item = Object{{"id", raw.required("id")}, {"query", raw.given("query", "")}, {"type", kind}};
  } else if (kind == "todo_list") {
    item = todo_list(raw);
  } else if (kind == "error") {
    item = Object{{"id", raw.given("id", "")}, {"message", raw.given("message", "")},
                  {"type", kind}};
  } else {
    const bool none = type == nullptr || type->is_null();
    item = Object{{"type", none ? Value("unknown") : *type},
                  {"payload", value},
                  {"id", raw.given("id", {})}};
  }
  return raw.ok ? item : std::nullopt;
}

std::optional<Object> coerce_usage(const Value& value) {
  if (!value.is_object()) return std::nullopt;
  Reader raw{*value.object()};
  Object usage{{"input_tokens", raw.required("input_tokens")},
               {"cached_input_tokens", raw.required("cached_input_tokens")},
               {"output_tokens", raw.required("output_tokens")}};
  if (!raw.ok) return std::nullopt;
  return usage;
}

std::optional<Object> coerce_error(const Value& value) {
  if (!value.is_object()) return std::nullopt;
  return Object{{"message", Reader{*value.object()}.given("message", "")}};
}

std::string_view event_of_wire_type(std::string_view type) {
  struct Kind {
    std::string_view wire;
    std::string_view event;
  };
  static constexpr Kind kKinds[] = {
      {"item.completed", event::kItemCompleted}, {"item.started", event::kItemStarted},
      {"item.updated", event::kItemUpdated},     {"turn.started", event::kTurnStart},
      {"turn.completed", event::kTurnCompleted}, {"turn.failed", event::kTurnFailed},
      {"thread.started", event::kThreadStart},   {"error", event::kThreadException},
  };
  for (const Kind& kind : kKinds) {
    if (kind.wire == type) return kind.event;
  }
  return {};
}

}  // namespace codex::telemetry
