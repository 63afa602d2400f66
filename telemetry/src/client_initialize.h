// The answer to `initialize`, for which openai-codex has a model of its own.
//
// Source: openai-codex 0.163.0, openai_codex/models.py (InitializeResponse, ServerInfo) and
// _initialize_metadata.py (validate_initialize_metadata, called by Codex and AsyncCodex only).
#ifndef CODEX_TELEMETRY_SRC_CLIENT_INITIALIZE_H_
#define CODEX_TELEMETRY_SRC_CLIENT_INITIALIZE_H_

#include <variant>

#include "client_model.h"
#include "codex/telemetry/client_error.h"

namespace codex::telemetry {

const ClientType& initialize_response_type();
// The response with the server's name and version filled in, or the RuntimeError that there are
// none.
std::variant<json::Value, ClientError> validated_initialize_metadata(json::Value response);

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_CLIENT_INITIALIZE_H_
