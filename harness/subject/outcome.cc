#include "harness/subject/outcome.h"

#include <array>
#include <utility>
#include <vector>

namespace codex::harness {
namespace {

struct Name {
  Outcome outcome;
  const char* name;
};
constexpr std::array<Name, 6> kNames = {{{Outcome::kCompleted, "completed"},
                                         {Outcome::kFailed, "failed"},
                                         {Outcome::kHang, "hang"},
                                         {Outcome::kCrash, "crash"},
                                         {Outcome::kOffScript, "off-script"},
                                         {Outcome::kUnavailable, "unavailable"}}};

}  // namespace

const char* outcome_name(Outcome outcome) {
  for (const Name& name : kNames) {
    if (name.outcome == outcome) return name.name;
  }
  return "crash";
}

std::optional<Outcome> outcome_from_name(std::string_view name) {
  for (const Name& known : kNames) {
    if (known.name == name) return known.outcome;
  }
  return std::nullopt;
}

std::optional<Outcome> told_outcome(const SubjectRun& run) {
  for (auto at = run.observations.rbegin(); at != run.observations.rend(); ++at) {
    if (at->lane == kOutcomeLane) return outcome_from_name(at->name);
  }
  return std::nullopt;
}

void conclude(SubjectRun& run, Outcome outcome, std::string reason, json::Object data) {
  std::erase_if(run.observations,
                [](const Observation& observation) { return observation.lane == kOutcomeLane; });
  run.observations.push_back({kOutcomeLane, outcome_name(outcome), std::move(data)});
  run.outcome = outcome;
  run.reason = std::move(reason);
}

}  // namespace codex::harness
