// Items and events as the typed objects of openai-agents hold them.
//
// Source: openai-agents 0.24.0, agents/extensions/experimental/codex/{events,items}.py,
// coerce_thread_event, coerce_thread_item, coerce_usage: which keys are required, which have
// defaults, which are dropped, in the order of the dataclass fields.
#ifndef CODEX_TELEMETRY_CODEX_ITEMS_H_
#define CODEX_TELEMETRY_CODEX_ITEMS_H_

#include <optional>
#include <string>
#include <string_view>

#include "codex/telemetry/json.h"

namespace codex::telemetry {

// Nothing where the client raises while it coerces.
std::optional<json::Object> coerce_item(const json::Value& raw);
std::optional<json::Object> coerce_usage(const json::Value& raw);
// {"message": …} of a turn.failed's error.
std::optional<json::Object> coerce_error(const json::Value& raw);

// The event that a line of this type is; empty for a type that is not known.
std::string_view event_of_wire_type(std::string_view type);

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_CODEX_ITEMS_H_
