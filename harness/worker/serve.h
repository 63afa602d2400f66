// The loop of codex-telemetry-cpp-worker.
#ifndef HARNESS_WORKER_SERVE_H_
#define HARNESS_WORKER_SERVE_H_

#include <chrono>
#include <functional>

#include "codex/telemetry/json.h"
#include "harness/model/observation.h"
#include "harness/tape/tape.h"

namespace codex::harness {

// As run_cpp_session (harness/agent_run/cpp_session.h).
using CppSession = std::function<void(
    const Tape& tape, std::chrono::milliseconds patience,
    const std::function<void(const Observation&)>& emit, json::Value& extra)>;

// Serves requests on `socket` until the other side closes it. JSON lines:
//   -> {"run":{"path":…,"root":…,"timeout_ms":…}}   root as read_tape takes it
//   <- {"lane":…,"name":…,"data":…}  as things happen
//   <- {"end":true,"extra":…}        the session is over
//   <- {"error":"…"}                 there was none: the tape could not be read
// Returns the exit status of the program.
int serve(int socket, const CppSession& session);

}  // namespace codex::harness

#endif  // HARNESS_WORKER_SERVE_H_
