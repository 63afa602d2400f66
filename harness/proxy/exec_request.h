// From a `codex exec` that was seen to the driver with which the Agents client does the same.
//
// What drives that client is not on the wire, but what it starts says nearly all of it: its options
// become arguments by fixed rules, and its input is the stdin (openai-agents 0.24.0,
// agents/extensions/experimental/codex/exec.py, CodexExec.run; codex_tool.py). Here they are read
// backwards. A command line that somebody typed becomes the one with which that client would have
// asked for the same, as far as it has options for it.
#ifndef HARNESS_PROXY_EXEC_REQUEST_H_
#define HARNESS_PROXY_EXEC_REQUEST_H_

#include <optional>
#include <string>
#include <vector>

#include "codex/telemetry/json.h"

namespace codex::harness {

struct ExecRequest {
  json::Object driver;            // of the tape
  std::vector<std::string> argv;  // as the client starts it, without the program
  std::string standard_input;     // as the client writes it
};

// `arguments` without the program. `standard_input`: what went into it, nothing where that was not
// seen or is no text. `schema`: what stood in the file that --output-schema names, null where it
// could not be read.
ExecRequest exec_request(const std::vector<std::string>& arguments,
                         const std::optional<std::string>& standard_input,
                         const json::Value& schema);

// The file that --output-schema names; empty where there is none.
std::string schema_file(const std::vector<std::string>& arguments);

}  // namespace codex::harness

#endif  // HARNESS_PROXY_EXEC_REQUEST_H_
