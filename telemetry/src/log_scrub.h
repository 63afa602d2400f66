// Secrets in log records.
#ifndef CODEX_TELEMETRY_SRC_LOG_SCRUB_H_
#define CODEX_TELEMETRY_SRC_LOG_SCRUB_H_

#include <memory>

#include "codex/telemetry/log.h"
#include "codex/telemetry/scrub.h"

namespace codex::telemetry {

// False: scrub_record() would change nothing. Allocates nothing once a thread has logged.
bool record_may_hold_secrets(const std::shared_ptr<const Scrubber>& scrubber,
                             const LogRecord& record);

// Template and arguments, and what they make together: "token=%s" of a text that is none alone.
void scrub_record(const Scrubber& scrubber, LogRecord& record);

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_LOG_SCRUB_H_
