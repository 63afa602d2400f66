// The app-server protocol as codex's own JSON Schema tells it: protocol/app_server.json, made by
// scripts/generate_protocol.py and built into the library.
#ifndef CODEX_TELEMETRY_SRC_PROTOCOL_H_
#define CODEX_TELEMETRY_SRC_PROTOCOL_H_

#include <string_view>

#include "codex/telemetry/json.h"

namespace codex::telemetry::protocol {

// Pruned JSON Schema by type name; a "$ref" is a name of this map. Lives as long as the program.
const json::Object& types();
// The name of the type of a notification's params, or of a request's result; empty for a method
// that the protocol does not have, or of whose result it says nothing.
std::string_view notification_type(std::string_view method);
std::string_view response_type(std::string_view method);

}  // namespace codex::telemetry::protocol

#endif  // CODEX_TELEMETRY_SRC_PROTOCOL_H_
