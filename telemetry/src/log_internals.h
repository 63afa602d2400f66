// What other parts of this library may do with a logger.
#ifndef CODEX_TELEMETRY_SRC_LOG_INTERNALS_H_
#define CODEX_TELEMETRY_SRC_LOG_INTERNALS_H_

#include <cstdint>
#include <utility>

#include "codex/telemetry/log.h"

namespace codex::telemetry {

struct LogInternals {
  // A handler that gets every record as it was made, and scrubs it itself before it goes on.
  static std::uint64_t attach_raw(Logger& logger, LogHandler handler, Level least) {
    return logger.attach(std::move(handler), least, true);
  }
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_LOG_INTERNALS_H_
