#include "harness/normalize/rules.h"

#include <algorithm>
#include <optional>

#include "harness/normalize/pattern.h"

namespace codex::harness {
namespace {

// "<time>" and "before start" make "<time: before start>", which is no mask: it is compared.
std::string reported(std::string_view replace, std::string_view problem) {
  std::string text(replace.substr(0, replace.size() - 1));
  return text.append(": ").append(problem).append(">");
}

std::optional<std::string> apply(const Rule& rule, const SpanTimes& times, std::string_view text,
                                 const Path& path, const Observation& raw) {
  if (!matches_path(rule.path, path)) return std::nullopt;
  // The rule's path begins with "data".
  const Path inside(path.begin() + 1, path.end());
  std::optional<std::string> result =
      replaced(rule.shape, text, rule.replace, raw.data, inside);
  if (!result) return result;
  for (const TimeCheck check : rule.checks) {
    const std::string_view problem = times.problem(check, text, path, raw.data);
    if (!problem.empty()) return reported(rule.replace, problem);
  }
  return result;
}

}  // namespace

std::vector<std::string> Rules::marks() const {
  std::vector<std::string> marks;
  for (const Rule& rule : rules) {
    if (!masks_whole(rule.shape)) marks.push_back(rule.replace);
  }
  return marks;
}

std::vector<const Rule*> Rules::of_lane(std::string_view lane) const {
  std::vector<const Rule*> found;
  for (const Rule& rule : rules) {
    if (matches_glob(rule.lane, lane)) found.push_back(&rule);
  }
  return found;
}

Origin Rules::origin_of(const Observation& observation) const {
  const auto holds = [&](const std::pair<Path, json::Value>& condition) {
    const auto& [path, expected] = condition;
    if (path.empty() || path.front() != "data") return false;
    const json::Value* value = resolve(observation.data, Path(path.begin() + 1, path.end()));
    return value != nullptr && *value == expected;
  };
  for (const OriginRule& rule : origins) {
    if (matches_glob(rule.lane, observation.lane) && matches_glob(rule.name, observation.name) &&
        std::all_of(rule.where.begin(), rule.where.end(), holds)) {
      return rule.origin;
    }
  }
  return Origin::kDriver;
}

void apply_rules(const Rules& rules, const SpanTimes& times, Observation& observation,
                 std::vector<RuleUse>* uses) {
  const std::vector<const Rule*> candidates = rules.of_lane(observation.lane);
  if (candidates.empty()) return;
  // A check looks at other values of the same observation, which may be masked already.
  const Observation raw = observation;
  walk_strings(observation.data, Place{}, [&](std::string& text, const Place& place, bool is_key) {
    if (is_key) return;
    const Path path = place.path("data");
    for (const Rule* rule : candidates) {
      std::optional<std::string> result = apply(*rule, times, text, path, raw);
      if (!result) continue;
      if (uses != nullptr) {
        uses->push_back({rule->name, observation.lane, to_pointer(path),
                         json::dump(json::Value(text), json::kCompact)});
      }
      text = std::move(*result);
    }
  });
}

}  // namespace codex::harness
