#include "golden/verdict_name.h"

namespace codex::golden {

const char* verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kMatch:
      return "match";
    case Verdict::kKnownDifference:
      return "known-difference";
    case Verdict::kUnavailable:
      return "unavailable";
    case Verdict::kGoldenMissing:
      return "golden-missing";
    case Verdict::kStaleKnownDifference:
      return "stale-known-difference";
    case Verdict::kDifference:
      return "difference";
    case Verdict::kGoldenStale:
      return "golden-stale";
    case Verdict::kUpstreamDrift:
      return "upstream-drift";
    case Verdict::kCppRegression:
      return "cpp-regression";
    case Verdict::kConflict:
      return "conflict";
  }
  return "";
}

std::optional<Verdict> parse_verdict(std::string_view name) {
  for (const Verdict verdict : kVerdicts) {
    if (name == verdict_name(verdict)) return verdict;
  }
  return std::nullopt;
}

}  // namespace codex::golden
