// Lists whose order a client does not promise where its driver has calls that run at once.
#ifndef HARNESS_NORMALIZE_UNORDERED_H_
#define HARNESS_NORMALIZE_UNORDERED_H_

#include <string>
#include <vector>

#include "codex/telemetry/json.h"
#include "harness/model/observation.h"
#include "harness/normalize/normalize.h"
#include "harness/normalize/walk.h"

namespace codex::harness {

// Elements are put in the order of their text; none is dropped, all stay compared.
struct UnorderedRule {
  std::string name;
  std::string lane;  // glob
  Path path;         // exact, from the observation: data/…
};

// Does a step of the driver ask for two calls or more? Only then do the rules apply.
bool has_parallel_calls(const json::Value& driver);

void apply_unordered(const std::vector<UnorderedRule>& rules, Observation& observation,
                     std::vector<RuleUse>& uses);

}  // namespace codex::harness

#endif  // HARNESS_NORMALIZE_UNORDERED_H_
