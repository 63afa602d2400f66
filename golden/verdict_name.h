// What a comparison says, from best to worst.
#ifndef GOLDEN_VERDICT_NAME_H_
#define GOLDEN_VERDICT_NAME_H_

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace codex::golden {

// In the order of severity: a session takes the worst of what was found in it.
enum class Verdict {
  kMatch,
  kKnownDifference,
  kUnavailable,
  kGoldenMissing,
  kStaleKnownDifference,
  kDifference,
  kGoldenStale,
  kUpstreamDrift,
  kCppRegression,
  kConflict,
};

inline constexpr std::array kVerdicts = {
    Verdict::kMatch,         Verdict::kKnownDifference,      Verdict::kUnavailable,
    Verdict::kGoldenMissing, Verdict::kStaleKnownDifference, Verdict::kDifference,
    Verdict::kGoldenStale,   Verdict::kUpstreamDrift,        Verdict::kCppRegression,
    Verdict::kConflict};

inline Verdict worst(Verdict a, Verdict b) {
  return std::max(a, b);
}

// "match", "known-difference", …
const char* verdict_name(Verdict verdict);
std::optional<Verdict> parse_verdict(std::string_view name);

}  // namespace codex::golden

#endif  // GOLDEN_VERDICT_NAME_H_
