// The `cpp` subject of an exec tape: the library's observer, fed the tape's bytes, under an agent
// run that calls the library's instrumentation as the driver says.
#ifndef HARNESS_AGENT_RUN_CPP_SESSION_H_
#define HARNESS_AGENT_RUN_CPP_SESSION_H_

#include <chrono>
#include <functional>

#include "codex/telemetry/json.h"
#include "harness/model/observation.h"
#include "harness/tape/tape.h"

namespace codex::harness {

// Reports every observation as it happens, the last one in lane `outcome/run`. `extra` gets what
// the library itself says beside the client profile's view (report only): profile name, events by
// name, how the wire ended. Reads the tape and its driver, nothing else. Time is the tape's: nothing
// is waited for, and who would wait for `patience` or longer hangs.
void run_cpp_session(const Tape& tape, std::chrono::milliseconds patience,
                     const std::function<void(const Observation&)>& emit, json::Value& extra);

}  // namespace codex::harness

#endif  // HARNESS_AGENT_RUN_CPP_SESSION_H_
