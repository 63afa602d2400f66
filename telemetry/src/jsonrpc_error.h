// What openai-codex raises for a JSON-RPC error response.
//
// Source: openai-codex 0.163.0, openai_codex/errors.py (map_jsonrpc_error) and _message_router.py
// (route_response).
#ifndef CODEX_TELEMETRY_SRC_JSONRPC_ERROR_H_
#define CODEX_TELEMETRY_SRC_JSONRPC_ERROR_H_

#include <variant>

#include "codex/telemetry/client_error.h"
#include "codex/telemetry/json.h"

namespace codex::telemetry {

// int(value), or what it raises. Digits other than ASCII are not read.
std::variant<json::Integer, ClientError> python_int(const json::Value& value);

struct JsonRpcFailure {
  ClientError error;
  // The reader thread raised while it looked at the message: the caller gets nothing, everybody
  // else gets this.
  bool fatal = false;
};
// `error` is the member of the response.
JsonRpcFailure jsonrpc_failure(const json::Value& error);

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_JSONRPC_ERROR_H_
