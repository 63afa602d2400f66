// How openai-agents cuts a span's data to a size, to the character.
//
// Source: openai-agents 0.24.0, agents/extensions/experimental/codex/codex_tool.py,
// _truncate_span_string, _truncate_span_value, _enforce_span_data_budget, _merge_span_data.
// `max_chars` absent: unlimited. Pure functions.
#ifndef CODEX_TELEMETRY_SPAN_BUDGET_H_
#define CODEX_TELEMETRY_SPAN_BUDGET_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "codex/telemetry/json.h"

namespace codex::telemetry {

using MaxChars = std::optional<std::int64_t>;

std::string truncate_span_string(std::string_view value, MaxChars max_chars);
json::Value truncate_span_value(const json::Value& value, MaxChars max_chars);
// {**current, **updates}, then trimmed to the budget.
json::Object merge_span_data(const json::Object& current, const json::Object& updates,
                             MaxChars max_chars);

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SPAN_BUDGET_H_
