// What CodexSdkProfile tells its listener, with secrets replaced.
#ifndef CODEX_TELEMETRY_SRC_SCRUBBED_LISTENER_H_
#define CODEX_TELEMETRY_SRC_SCRUBBED_LISTENER_H_

#include <memory>

#include "codex/telemetry/codex_sdk_profile.h"
#include "codex/telemetry/scrub.h"

namespace codex::telemetry {

// Calls `listener` with scrubbed values; functions that are empty stay empty. Ids of turns and
// requests are no text and pass as they are. `scrubber` null: `listener` itself.
CodexSdkProfile::Listener scrubbed_listener(CodexSdkProfile::Listener listener,
                                            std::shared_ptr<const Scrubber> scrubber);

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_SCRUBBED_LISTENER_H_
