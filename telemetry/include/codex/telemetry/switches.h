// The environment switches of the Python client, read exactly as it reads them.
//
// Three grammars, on purpose. openai-agents 0.24.0: agents/_debug.py (_debug_flag_enabled),
// agents/tracing/provider.py (_refresh_disabled_flag), agents/run_config.py
// (_default_trace_include_sensitive_data).
#ifndef CODEX_TELEMETRY_SWITCHES_H_
#define CODEX_TELEMETRY_SWITCHES_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace codex::telemetry {

// Looks a variable up; nothing when it is not set (an empty value is set).
using Environment = std::function<std::optional<std::string>(std::string_view name)>;
Environment process_environment();

struct Switches {
  // OPENAI_AGENTS_DONT_LOG_MODEL_DATA, _TOOL_DATA: on unless set; when set, only "1" and "true"
  // (any case) keep them on.
  bool dont_log_model_data = true;
  bool dont_log_tool_data = true;
  // OPENAI_AGENTS_DISABLE_TRACING: "true" or "1", any case.
  bool tracing_disabled = false;
  // OPENAI_AGENTS_TRACE_INCLUDE_SENSITIVE_DATA: on unless set to something other than 1, true,
  // yes, on (blanks around and case ignored).
  bool trace_include_sensitive_data = true;

  static Switches read(const Environment& environment);
  bool redact_any() const { return dont_log_model_data || dont_log_tool_data; }
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SWITCHES_H_
