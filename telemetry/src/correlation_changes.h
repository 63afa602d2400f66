// Tells whether a copy of the thread's correlation is still the current one, and replaces it.
#ifndef CODEX_TELEMETRY_SRC_CORRELATION_CHANGES_H_
#define CODEX_TELEMETRY_SRC_CORRELATION_CHANGES_H_

#include <cstdint>

#include "codex/telemetry/correlation.h"

namespace codex::telemetry {

// Grows whenever a scope opens or closes on the calling thread. Never 0.
std::uint64_t correlation_changes();

// For work that this thread does for another place: that one's correlation is the current one, and
// nothing is inherited. Leave it as a CorrelationScope is left.
class CorrelationReplacement {
 public:
  explicit CorrelationReplacement(Correlation correlation) noexcept;
  ~CorrelationReplacement();
  CorrelationReplacement(const CorrelationReplacement&) = delete;
  CorrelationReplacement& operator=(const CorrelationReplacement&) = delete;

 private:
  Correlation previous_;
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_CORRELATION_CHANGES_H_
