// The `cpp` subject of an app-server tape: the library's observer and client profile, fed the
// tape's bytes.
#ifndef HARNESS_SDK_RUN_SDK_SESSION_H_
#define HARNESS_SDK_RUN_SDK_SESSION_H_

#include <functional>

#include "codex/telemetry/json.h"
#include "harness/model/observation.h"
#include "harness/tape/tape.h"

namespace codex::harness {

// Reports every observation as it happens, the last one in lane `outcome/run`. `extra` gets what
// the library itself says beside the client profile's view (report only): profile name, events by
// name, turns that never ended, and `reason` where the session hangs. Reads the tape and its
// driver, nothing else.
void run_sdk_session(const Tape& tape, const std::function<void(const Observation&)>& emit,
                     json::Value& extra);

}  // namespace codex::harness

#endif  // HARNESS_SDK_RUN_SDK_SESSION_H_
