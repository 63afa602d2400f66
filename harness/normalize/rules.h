// The named rules of rules.json: which values differ from run to run, and what stands for them.
#ifndef HARNESS_NORMALIZE_RULES_H_
#define HARNESS_NORMALIZE_RULES_H_

#include <string>
#include <utility>
#include <vector>

#include "codex/telemetry/json.h"
#include "harness/model/observation.h"
#include "harness/model/result.h"
#include "harness/normalize/normalize.h"
#include "harness/normalize/shapes.h"
#include "harness/normalize/time_checks.h"
#include "harness/normalize/unordered.h"
#include "harness/normalize/walk.h"

namespace codex::harness {

struct Rule {
  std::string name;
  std::string lane;  // glob
  Path path;         // pattern, from the observation: data/…
  Shape shape = Shape::kIso8601Utc;
  std::string replace;
  std::vector<TimeCheck> checks;  // what fails one is reported in the mask's place
};

// Where what an observation says comes from.
struct OriginRule {
  std::string lane;  // glob
  std::string name;  // glob
  std::vector<std::pair<Path, json::Value>> where;  // all of them have to hold
  Origin origin = Origin::kWire;
};

struct Rules {
  std::string version;
  std::vector<Rule> rules;
  std::vector<UnorderedRule> unordered;
  std::vector<OriginRule> origins;

  // What rules put into the middle of a string: raw text that has it is guarded.
  std::vector<std::string> marks() const;
  // The rules whose lane this is.
  std::vector<const Rule*> of_lane(std::string_view lane) const;
  Origin origin_of(const Observation& observation) const;
};

// `file` is for messages, which name the rule.
Result<Rules> parse_rules(std::string_view bytes, const std::string& file);

// Applies the rules to the data, in their order. `uses` may be null.
void apply_rules(const Rules& rules, const SpanTimes& times, Observation& observation,
                 std::vector<RuleUse>* uses);

}  // namespace codex::harness

#endif  // HARNESS_NORMALIZE_RULES_H_
