// What Python says and does with values that came from JSON, beyond printing them.
#ifndef CODEX_TELEMETRY_SRC_PYTHON_VALUES_H_
#define CODEX_TELEMETRY_SRC_PYTHON_VALUES_H_

#include <string_view>
#include <variant>

#include "codex/telemetry/codex_tool_profile.h"
#include "codex/telemetry/json.h"

namespace codex::telemetry {

std::string_view python_type(const json::Value& value);  // type(value).__name__
// a + b, or what it raises. Integers beyond 64 bits count as the nearest within.
std::variant<json::Value, ClientError> python_add(const json::Value& a, const json::Value& b);
// Whether two values are one key of a dict. All NaN of json.loads are one object, so one key.
bool same_key(const json::Value& a, const json::Value& b);

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_PYTHON_VALUES_H_
