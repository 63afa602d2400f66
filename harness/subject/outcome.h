// The last word on a run.
#ifndef HARNESS_SUBJECT_OUTCOME_H_
#define HARNESS_SUBJECT_OUTCOME_H_

#include <optional>
#include <string>
#include <string_view>

#include "harness/subject/subject.h"

namespace codex::harness {

inline constexpr const char* kOutcomeLane = "outcome/run";

std::optional<Outcome> outcome_from_name(std::string_view name);

// What the subject's own `outcome/run` observation says, if it sent one.
std::optional<Outcome> told_outcome(const SubjectRun& run);

// Ends a run that the subject has not ended itself: takes back what it may have said of its
// outcome, and says this instead.
void conclude(SubjectRun& run, Outcome outcome, std::string reason, json::Object data = {});

}  // namespace codex::harness

#endif  // HARNESS_SUBJECT_OUTCOME_H_
