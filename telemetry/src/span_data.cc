#include "codex/telemetry/span_data.h"

namespace codex::telemetry {
namespace {

// Task and turn spans are custom spans to whoever reads the export.
json::Object as_custom(std::string_view name, json::Object data) {
  return {{"type", "custom"}, {"name", name}, {"data", std::move(data)}};
}

}  // namespace

json::Object AgentSpanData::exported() const {
  return {{"type", type()},
          {"name", name},
          {"handoffs", handoffs},
          {"tools", tools},
          {"output_type", output_type}};
}

json::Object TaskSpanData::exported() const {
  json::Object data{{"sdk_span_type", type()}, {"name", name}};
  if (usage) data.append("usage", *usage);
  return as_custom(type(), std::move(data));
}

json::Object TurnSpanData::exported() const {
  json::Object data{{"sdk_span_type", type()}, {"turn", turn}, {"agent_name", agent_name}};
  if (usage) data.append("usage", *usage);
  return as_custom(type(), std::move(data));
}

json::Object FunctionSpanData::exported() const {
  return {{"type", type()},
          {"name", name},
          {"input", input},
          {"output", output.is_null() ? json::Value() : json::Value(json::python_str(output))},
          {"mcp_data", mcp_data}};
}

json::Object GenerationSpanData::exported() const {
  return {{"type", type()},   {"input", input},
          {"output", output}, {"model", model},
          {"model_config", model_config}, {"usage", usage}};
}

json::Object ResponseSpanData::exported() const {
  return {{"type", type()}, {"response_id", response_id}, {"usage", usage}};
}

json::Object HandoffSpanData::exported() const {
  return {{"type", type()}, {"from_agent", from_agent}, {"to_agent", to_agent}};
}

json::Object CustomSpanData::exported() const {
  return {{"type", type()}, {"name", name}, {"data", data}};
}

json::Object GuardrailSpanData::exported() const {
  return {{"type", type()}, {"name", name}, {"triggered", triggered}};
}

json::Object McpToolsSpanData::exported() const {
  return {{"type", type()}, {"server", server}, {"result", result}};
}

}  // namespace codex::telemetry
