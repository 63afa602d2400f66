#include "codex/telemetry/switches.h"

#include <algorithm>
#include <cstdlib>

#include "codex/telemetry/json.h"

namespace codex::telemetry {
namespace {

// The words compared with are ASCII, so ASCII lower-casing decides like str.lower() does.
std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

bool debug_flag(const Environment& environment, std::string_view name) {
  const std::optional<std::string> value = environment(name);
  return !value || *value == "1" || lower(*value) == "true";
}

}  // namespace

Environment process_environment() {
  return [](std::string_view name) -> std::optional<std::string> {
    const char* value = std::getenv(std::string(name).c_str());
    if (value == nullptr) return std::nullopt;
    return std::string(value);
  };
}

Switches Switches::read(const Environment& environment) {
  Switches switches;
  switches.dont_log_model_data = debug_flag(environment, "OPENAI_AGENTS_DONT_LOG_MODEL_DATA");
  switches.dont_log_tool_data = debug_flag(environment, "OPENAI_AGENTS_DONT_LOG_TOOL_DATA");
  const std::string disable = lower(environment("OPENAI_AGENTS_DISABLE_TRACING").value_or("false"));
  switches.tracing_disabled = disable == "true" || disable == "1";
  const std::string sensitive =
      environment("OPENAI_AGENTS_TRACE_INCLUDE_SENSITIVE_DATA").value_or("true");
  const std::string word = lower(json::strip(sensitive));
  switches.trace_include_sensitive_data =
      word == "1" || word == "true" || word == "yes" || word == "on";
  return switches;
}

}  // namespace codex::telemetry
