// An exception that a Python client raises, as a client profile tells of it.
#ifndef CODEX_TELEMETRY_CLIENT_ERROR_H_
#define CODEX_TELEMETRY_CLIENT_ERROR_H_

#include <string>

namespace codex::telemetry {

struct ClientError {
  std::string type;  // its class: "agents.exceptions.UserError", "RuntimeError"
  std::string text;  // its str()
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_CLIENT_ERROR_H_
