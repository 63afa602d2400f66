// The log line of an event.
#ifndef CODEX_TELEMETRY_SRC_EVENT_MESSAGE_H_
#define CODEX_TELEMETRY_SRC_EVENT_MESSAGE_H_

#include <string>
#include <string_view>

#include "codex/telemetry/event.h"
#include "codex/telemetry/json.h"

namespace codex::telemetry {

// The part of a registry's message that may be shown while model or tool data may not be logged:
// up to the first field that quotes what somebody said. "turn failed: {error.message}" becomes
// "turn failed", as the Python client drops the ": %s" of its templates. Names, types and numbers
// stay.
std::string_view redacted_template(std::string_view message_template);

// Replaces each {field} by that metadata field, {a.b} by its member: a string as it is, what is
// absent by "null", anything else as compact JSON. `args`, where given, gets the values.
void append_event_message(std::string& out, std::string_view message_template, const Event& event,
                          json::Array* args);

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_EVENT_MESSAGE_H_
