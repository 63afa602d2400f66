// What a span says of itself, per type, exported with the keys and the key order of Python.
//
// Source: openai-agents 0.24.0, agents/tracing/span_data.py, the class of the same name.
#ifndef CODEX_TELEMETRY_SPAN_DATA_H_
#define CODEX_TELEMETRY_SPAN_DATA_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "codex/telemetry/json.h"

namespace codex::telemetry {

// Mutable until the span ends; belongs to the thread that works under the span.
class SpanData {
 public:
  virtual ~SpanData() = default;
  virtual std::string_view type() const = 0;
  virtual std::string_view class_name() const = 0;  // Python's, as its log lines show it
  virtual json::Object exported() const = 0;
  virtual const json::Object* metadata() const { return nullptr; }
};

struct AgentSpanData final : SpanData {
  std::string name;
  json::Value handoffs;  // null or a list of names
  json::Value tools;     // null or a list of names
  json::Value output_type;
  std::optional<json::Object> extra;
  std::string_view type() const override { return "agent"; }
  std::string_view class_name() const override { return "AgentSpanData"; }
  json::Object exported() const override;
  const json::Object* metadata() const override { return extra ? &*extra : nullptr; }
};

struct TaskSpanData final : SpanData {
  std::string name;
  std::optional<json::Object> usage;
  std::optional<json::Object> extra;
  std::string_view type() const override { return "task"; }
  std::string_view class_name() const override { return "TaskSpanData"; }
  json::Object exported() const override;
  const json::Object* metadata() const override { return extra ? &*extra : nullptr; }
};

struct TurnSpanData final : SpanData {
  std::int64_t turn = 0;
  std::string agent_name;
  std::optional<json::Object> usage;
  std::optional<json::Object> extra;
  std::string_view type() const override { return "turn"; }
  std::string_view class_name() const override { return "TurnSpanData"; }
  json::Object exported() const override;
  const json::Object* metadata() const override { return extra ? &*extra : nullptr; }
};

struct FunctionSpanData final : SpanData {
  std::string name;
  json::Value input;
  json::Value output;  // exported as str(output), null stays null
  json::Value mcp_data;
  std::string_view type() const override { return "function"; }
  std::string_view class_name() const override { return "FunctionSpanData"; }
  json::Object exported() const override;
};

struct GenerationSpanData final : SpanData {
  json::Value input, output, model, model_config, usage;
  std::string_view type() const override { return "generation"; }
  std::string_view class_name() const override { return "GenerationSpanData"; }
  json::Object exported() const override;
};

struct ResponseSpanData final : SpanData {
  json::Value response_id, usage;
  std::string_view type() const override { return "response"; }
  std::string_view class_name() const override { return "ResponseSpanData"; }
  json::Object exported() const override;
};

struct HandoffSpanData final : SpanData {
  json::Value from_agent, to_agent;
  std::string_view type() const override { return "handoff"; }
  std::string_view class_name() const override { return "HandoffSpanData"; }
  json::Object exported() const override;
};

struct CustomSpanData final : SpanData {
  CustomSpanData(std::string span_name, json::Object span_data)
      : name(std::move(span_name)), data(std::move(span_data)) {}
  std::string name;
  json::Object data;
  std::string_view type() const override { return "custom"; }
  std::string_view class_name() const override { return "CustomSpanData"; }
  json::Object exported() const override;
};

// A member of a custom span's data. The texts are the caller's, for the call only.
struct SpanAttribute {
  std::string_view key;
  std::variant<std::nullptr_t, bool, std::int64_t, double, std::string_view> value;
};

struct GuardrailSpanData final : SpanData {
  std::string name;
  bool triggered = false;
  std::string_view type() const override { return "guardrail"; }
  std::string_view class_name() const override { return "GuardrailSpanData"; }
  json::Object exported() const override;
};

struct McpToolsSpanData final : SpanData {
  json::Value server, result;
  std::string_view type() const override { return "mcp_tools"; }
  std::string_view class_name() const override { return "MCPListToolsSpanData"; }
  json::Object exported() const override;
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SPAN_DATA_H_
