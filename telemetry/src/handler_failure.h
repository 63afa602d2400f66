// The event that tells of a handler which threw.
#ifndef CODEX_TELEMETRY_SRC_HANDLER_FAILURE_H_
#define CODEX_TELEMETRY_SRC_HANDLER_FAILURE_H_

#include <string_view>

#include "codex/telemetry/event.h"

namespace codex::telemetry {

// `codex.telemetry.handler_failed` for the handler `id`, attached with `prefix`, which was given
// `event` and threw something that says `what`. Correlated as `event` is. Throws only bad_alloc.
Event handler_failure(HandlerId id, std::string_view prefix, const Event& event,
                      std::string_view what);

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_HANDLER_FAILURE_H_
