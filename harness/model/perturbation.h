// What tests change about how a run happens, and no report may show: CODEX_TELEMETRY_PERTURB=N, any
// number. Sessions are begun in an order that follows from it, and codex's output comes late and in
// pieces (harness/peer/main/pieces.h). Users have no use for it.
#ifndef HARNESS_MODEL_PERTURBATION_H_
#define HARNESS_MODEL_PERTURBATION_H_

#include <cstdint>
#include <optional>

namespace codex::harness {

inline constexpr const char* kPerturbVariable = "CODEX_TELEMETRY_PERTURB";

// Nothing: not set, or no number.
std::optional<std::uint64_t> perturbation();

}  // namespace codex::harness

#endif  // HARNESS_MODEL_PERTURBATION_H_
