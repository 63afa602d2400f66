// The part of a tape that is not on the wire.
#ifndef HARNESS_TAPE_DRIVER_H_
#define HARNESS_TAPE_DRIVER_H_

#include "codex/telemetry/json.h"
#include "harness/model/result.h"
#include "harness/tape/tape.h"

namespace codex::harness {

// `given` (null: nothing was given) with every default of harness/data/driver_defaults.json filled
// in: a key replaces its default, but those of `agent` and `model` are merged one level deep.
// What it holds is checked, so that both sides may rely on its shape; errors have no file and line.
Result<json::Value> complete_driver(const json::Value& given, Transport transport);

}  // namespace codex::harness

#endif  // HARNESS_TAPE_DRIVER_H_
