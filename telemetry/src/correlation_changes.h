// Tells whether a copy of the thread's correlation is still the current one.
#ifndef CODEX_TELEMETRY_SRC_CORRELATION_CHANGES_H_
#define CODEX_TELEMETRY_SRC_CORRELATION_CHANGES_H_

#include <cstdint>

namespace codex::telemetry {

// Grows whenever a scope opens or closes on the calling thread. Never 0.
std::uint64_t correlation_changes();

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_CORRELATION_CHANGES_H_
