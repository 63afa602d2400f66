// Which attribute says what: docs/exporters.md. What the conventions have no name for stands under
// "openai.agents.".
#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>
#include <utility>

#include "encode.h"
#include "json_out.h"

namespace codex::telemetry::otlp {
namespace {

constexpr int kInternal = 1;  // SpanKind
constexpr int kClient = 3;

bool hex_digits(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == text.npos &&
         text.find_first_not_of('0') != text.npos;
}

// FNV-1a, 64 bits, from a basis of its own for each half.
std::string hashed(std::string_view id, std::size_t digits) {
  std::string out;
  for (std::uint64_t basis = 14695981039346656037ULL; out.size() < digits; ++basis) {
    std::uint64_t hash = basis;
    for (const char c : id)
      hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    char half[16];
    for (int i = 15; i >= 0; --i, hash >>= 4U)
      half[i] = "0123456789abcdef"[hash & 15U];
    out.append(half, sizeof half);
  }
  return out;
}

std::optional<int> number(std::string_view digits) {
  int value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (read.ec != std::errc() || read.ptr != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// "2026-01-02T03:04:05[.678901]+00:00"; anything else is the epoch.
std::chrono::system_clock::time_point time_of(std::string_view text) {
  using namespace std::chrono;
  if (text.size() < 19) return {};
  const auto year_ = number(text.substr(0, 4)), month_ = number(text.substr(5, 2));
  const auto day_ = number(text.substr(8, 2)), hour = number(text.substr(11, 2));
  const auto minute = number(text.substr(14, 2)), second = number(text.substr(17, 2));
  if (!year_ || !month_ || !day_ || !hour || !minute || !second) return {};
  const sys_days date =
      year(*year_) / month(static_cast<unsigned>(*month_)) / day(static_cast<unsigned>(*day_));
  int micros = 0;
  if (text.size() >= 26 && text[19] == '.') micros = number(text.substr(20, 6)).value_or(0);
  return date + hours(*hour) + minutes(*minute) + seconds(*second) + microseconds(micros);
}

// The members of `object` that are not null and not among `told`, under `prefix`.
void add_rest(Attributes& out, std::string_view prefix, const json::Object& object,
              std::initializer_list<std::string_view> told) {
  for (const auto& [key, value] : object) {
    if (value.is_null()) continue;
    if (std::find(told.begin(), told.end(), key) == told.end()) out.add(prefix, key, value);
  }
}

void add_known(Attributes& out, std::string_view key, const json::Value* value) {
  if (value != nullptr && !value->is_null()) out.add(key, *value);
}

// As a JSON text: what the conventions call for where a value has a structure of its own.
void add_content(Attributes& out, std::string_view key, const json::Value* value) {
  if (value == nullptr || value->is_null()) return;
  if (value->is_string()) {
    out.add(key, *value);
  } else {
    out.add(key, std::string_view(json::dump(*value, json::kCompactUnicode)));
  }
}

void add_usage(Attributes& out, const json::Value* usage) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kNames = {{
      {"input_tokens", "gen_ai.usage.input_tokens"},
      {"output_tokens", "gen_ai.usage.output_tokens"},
      {"cached_input_tokens", "gen_ai.usage.cache_read.input_tokens"},
      {"cache_write_input_tokens", "gen_ai.usage.cache_creation.input_tokens"},
      {"reasoning_output_tokens", "gen_ai.usage.reasoning.output_tokens"},
  }};
  if (usage == nullptr || !usage->is_object()) return;
  for (const auto& [key, value] : *usage->object()) {
    if (value.is_null()) continue;
    const auto found = std::find_if(kNames.begin(), kNames.end(),
                                    [&key](const auto& name) { return name.first == key; });
    if (found != kNames.end()) {
      out.add(found->second, value);
    } else {
      out.add("openai.agents.usage", key, value);
    }
  }
}

void add_model_config(Attributes& out, const json::Value* config) {
  if (config == nullptr || !config->is_object()) return;
  for (const std::string_view key :
       {"temperature", "top_p", "max_tokens", "frequency_penalty", "presence_penalty"}) {
    const json::Value* const value = config->get(key);
    if (value != nullptr && !value->is_null()) out.add("gen_ai.request", key, *value);
  }
  add_rest(out, "openai.agents.model_config", *config->object(),
           {"temperature", "top_p", "max_tokens", "frequency_penalty", "presence_penalty"});
}

struct Named {
  std::string name;
  int kind = kInternal;
};

Named named(std::string_view operation, const json::Value* of, int kind = kInternal) {
  std::string name(operation);
  if (of != nullptr && !of->text().empty()) name.append(" ").append(of->text());
  return {std::move(name), kind};
}

// The type as the class has it; a task and a turn are exported as custom spans.
std::string_view type_of(const json::Value& data) {
  const json::Value* const own = data.get("data");
  const json::Value* const sdk = own == nullptr ? nullptr : own->get("sdk_span_type");
  if (sdk != nullptr && (sdk->text() == "task" || sdk->text() == "turn")) return sdk->text();
  const json::Value* const type = data.get("type");
  return type == nullptr ? "" : type->text();
}

Named name_of(std::string_view type, const json::Value& data) {
  const json::Value* const name = data.get("name");
  if (type == "agent") return named("invoke_agent", name);
  if (type == "function") return named("execute_tool", name);
  if (type == "generation") return named("chat", data.get("model"), kClient);
  if (type == "response") return named("chat", nullptr, kClient);
  if (type == "task") return named("invoke_workflow", data.get("data")->get("name"));
  if (type == "turn") return named("turn", nullptr);
  if (type == "handoff") return named("handoff", data.get("to_agent"));
  if (type == "guardrail") return named("guardrail", name);
  if (type == "mcp_tools") return named("tools/list", data.get("server"), kClient);
  return {name != nullptr && !name->text().empty() ? std::string(name->text()) : std::string(type),
          kInternal};
}

void add_data(Attributes& out, std::string_view type, const json::Value& data) {
  const auto& members = *data.object();
  if (type == "agent") {
    out.add("gen_ai.operation.name", "invoke_agent");
    add_known(out, "gen_ai.agent.name", data.get("name"));
    add_rest(out, "openai.agents", members, {"type", "name"});
  } else if (type == "function") {
    out.add("gen_ai.operation.name", "execute_tool");
    add_known(out, "gen_ai.tool.name", data.get("name"));
    out.add("gen_ai.tool.type", "function");
    add_content(out, "gen_ai.tool.call.arguments", data.get("input"));
    add_content(out, "gen_ai.tool.call.result", data.get("output"));
    add_rest(out, "openai.agents", members, {"type", "name", "input", "output"});
  } else if (type == "generation") {
    out.add("gen_ai.operation.name", "chat");
    out.add("gen_ai.provider.name", "openai");
    add_known(out, "gen_ai.request.model", data.get("model"));
    add_model_config(out, data.get("model_config"));
    add_usage(out, data.get("usage"));
    add_content(out, "gen_ai.input.messages", data.get("input"));
    add_content(out, "gen_ai.output.messages", data.get("output"));
  } else if (type == "response") {
    out.add("gen_ai.operation.name", "chat");
    out.add("gen_ai.provider.name", "openai");
    add_known(out, "gen_ai.response.id", data.get("response_id"));
    add_usage(out, data.get("usage"));
  } else if (type == "task" || type == "turn") {
    const json::Value& own = *data.get("data");
    if (type == "task") {
      out.add("gen_ai.operation.name", "invoke_workflow");
      add_known(out, "gen_ai.workflow.name", own.get("name"));
    } else {
      add_known(out, "gen_ai.agent.name", own.get("agent_name"));
    }
    add_usage(out, own.get("usage"));
    add_rest(out, "openai.agents", *own.object(), {"sdk_span_type", "name", "agent_name", "usage"});
  } else if (type == "mcp_tools") {
    out.add("mcp.method.name", "tools/list");
    add_rest(out, "openai.agents", members, {"type"});
  } else if (type == "custom") {
    if (const json::Value* own = data.get("data"); own != nullptr && own->is_object()) {
      add_rest(out, "openai.agents.data", *own->object(), {});
    }
  } else {
    add_rest(out, "openai.agents", members, {"type"});
  }
}

// A class, a code: where the data of an error names none, what the conventions have for that.
std::string_view error_type(const json::Value& error) {
  const json::Value* const data = error.get("data");
  for (const std::string_view key : {"type", "class", "error_type", "code"}) {
    const json::Value* const value = data == nullptr ? nullptr : data->get(key);
    if (value != nullptr && !value->text().empty()) return value->text();
  }
  return "_OTHER";
}

const json::Value kNull;
const json::Value& member(const json::Object& object, std::string_view key) {
  const json::Value* const found = object.find(key);
  return found == nullptr ? kNull : *found;
}

void put_key(std::string& out, std::string_view key) {
  out += ",\"";
  out += key;
  out += "\":";
}

}  // namespace

std::string w3c_trace_id(std::string_view id) {
  constexpr std::string_view kPrefix = "trace_";
  if (id.size() == kPrefix.size() + 32 && id.starts_with(kPrefix) &&
      hex_digits(id.substr(kPrefix.size()))) {
    return std::string(id.substr(kPrefix.size()));
  }
  return hashed(id, 32);
}

std::string w3c_span_id(std::string_view id) {
  constexpr std::string_view kPrefix = "span_";
  if (id.size() == kPrefix.size() + 24 && id.starts_with(kPrefix) &&
      hex_digits(id.substr(kPrefix.size(), 16)) &&
      id.substr(kPrefix.size()).find_first_not_of("0123456789abcdef") == id.npos) {
    return std::string(id.substr(kPrefix.size(), 16));
  }
  return hashed(id, 16);
}

std::string encode_span(const json::Object& exported, const TraceFacts& trace,
                        const OtlpLimits& limits) {
  const json::Value& data = member(exported, "span_data");
  const json::Value& parent = member(exported, "parent_id");
  const json::Value& error = member(exported, "error");
  const bool under_remote = parent.is_null() && trace.remote.has_value();
  const std::string_view type = type_of(data);
  const Named named = name_of(type, data);

  std::string out;
  out.reserve(1024);
  out += R"({"traceId":)";
  put_text(out, w3c_trace_id(member(exported, "trace_id").text()));
  put_key(out, "spanId");
  put_text(out, w3c_span_id(member(exported, "id").text()));
  if (under_remote) {
    put_key(out, "parentSpanId");
    put_text(out, trace.remote->context.span_id);
  } else if (!parent.is_null()) {
    put_key(out, "parentSpanId");
    put_text(out, w3c_span_id(parent.text()));
  }
  if (trace.remote && !trace.remote->state.empty()) {
    put_key(out, "traceState");
    put_text(out, trace.remote->state);
  }
  // Sampled; known whether the parent is remote; it is.
  out += under_remote ? R"(,"flags":769)" : R"(,"flags":257)";
  put_key(out, "name");
  put_text(out, named.name, limits.length);
  out += named.kind == kClient ? R"(,"kind":3)" : R"(,"kind":1)";
  put_key(out, "startTimeUnixNano");
  put_time(out, time_of(member(exported, "started_at").text()));
  put_key(out, "endTimeUnixNano");
  put_time(out, time_of(member(exported, "ended_at").text()));
  out += ',';

  Attributes attributes(out, limits);
  attributes.add("openai.agents.span.type", type);
  attributes.add("openai.agents.span.id", member(exported, "id"));
  if (!error.is_null()) attributes.add("error.type", error_type(error));
  add_known(attributes, "gen_ai.conversation.id", trace.exported.find("group_id"));
  if (data.is_object()) add_data(attributes, type, data);
  if (const json::Value* metadata = exported.find("metadata")) {
    if (metadata->is_object()) {
      add_rest(attributes, "openai.agents.metadata", *metadata->object(), {});
    }
  }
  if (parent.is_null()) {
    add_known(attributes, "openai.agents.trace.id", &member(exported, "trace_id"));
    add_known(attributes, "openai.agents.trace.workflow_name",
              trace.exported.find("workflow_name"));
    add_known(attributes, "openai.agents.trace.metadata", trace.exported.find("metadata"));
  }
  if (!error.is_null()) add_known(attributes, "openai.agents.error.data", error.get("data"));
  attributes.close();

  if (!error.is_null()) {
    out += R"(,"status":{"code":2,"message":)";
    const json::Value* const message = error.get("message");
    put_text(out, message == nullptr ? "" : message->text(), limits.length);
    out += '}';
  }
  out += '}';
  return out;
}

}  // namespace codex::telemetry::otlp
