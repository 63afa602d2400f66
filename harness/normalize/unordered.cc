#include "harness/normalize/unordered.h"

#include <algorithm>

#include "harness/normalize/pattern.h"

namespace codex::harness {

bool has_parallel_calls(const json::Value& driver) {
  const json::Value* steps = driver.get("steps");
  if (steps == nullptr || !steps->is_array()) return false;
  return std::any_of(steps->array()->begin(), steps->array()->end(), [](const json::Value& step) {
    const json::Value* calls = step.get("calls");
    return calls != nullptr && calls->is_array() && calls->array()->size() > 1;
  });
}

void apply_unordered(const std::vector<UnorderedRule>& rules, Observation& observation,
                     std::vector<RuleUse>& uses) {
  for (const UnorderedRule& rule : rules) {
    if (!matches_glob(rule.lane, observation.lane)) continue;
    const Path inside(rule.path.begin() + 1, rule.path.end());  // less "data"
    const json::Value* found = resolve(observation.data, inside);
    if (found == nullptr || !found->is_array()) continue;
    json::Array sorted = *found->array();
    std::stable_sort(sorted.begin(), sorted.end(), [](const json::Value& a, const json::Value& b) {
      return json::dump(a, json::kCompact) < json::dump(b, json::kCompact);
    });
    if (json::Value(sorted) == *found) continue;
    uses.push_back({rule.name, observation.lane, to_pointer(rule.path),
                    json::dump(*found, json::kCompact)});
    json::Value* target = &observation.data;
    for (const std::string& key : inside) target = target->object()->find(key);
    *target = std::move(sorted);
  }
}

}  // namespace codex::harness
