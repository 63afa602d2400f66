// `{"!": …}`: what happens to the process.
#ifndef HARNESS_TAPE_PROCESS_EVENT_H_
#define HARNESS_TAPE_PROCESS_EVENT_H_

#include "codex/telemetry/json.h"
#include "harness/model/result.h"
#include "harness/tape/tape.h"

namespace codex::harness {

// Errors have neither file nor line.
Result<ProcessEvent> read_process_event(const json::Value& value);

}  // namespace codex::harness

#endif  // HARNESS_TAPE_PROCESS_EVENT_H_
