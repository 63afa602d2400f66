#include "harness/normalize/time_checks.h"

#include <array>
#include <cstddef>
#include <utility>

#include "harness/normalize/shapes.h"

namespace codex::harness {
namespace {

constexpr std::array<std::pair<std::string_view, TimeCheck>, 3> kNames = {{
    {"same-as-start", TimeCheck::kSameAsStart},
    {"not-before-start", TimeCheck::kNotBeforeStart},
    {"not-before-parent", TimeCheck::kNotBeforeParent},
}};

std::string_view text_of(const json::Value& exported, std::string_view key) {
  const json::Value* value = exported.get(key);
  return value == nullptr ? std::string_view() : value->text();
}

bool is_before(std::string_view a, std::string_view b) {
  return is_iso8601_utc(a) && is_iso8601_utc(b) && comparable_time(a) < comparable_time(b);
}

}  // namespace

std::optional<TimeCheck> find_time_check(std::string_view name) {
  for (const auto& [known, check] : kNames) {
    if (known == name) return check;
  }
  return std::nullopt;
}

std::vector<std::string_view> time_check_names() {
  std::vector<std::string_view> names;
  for (const auto& [name, check] : kNames) names.push_back(name);
  return names;
}

SpanTimes::SpanTimes(const std::vector<Observation>& observations) {
  for (const Observation& observation : observations) {
    if (observation.channel() != "span") continue;
    for (const char* side : {"start", "end"}) {
      const json::Value* exported = observation.data.get(side);
      if (exported == nullptr) continue;
      const std::string_view time = text_of(*exported, "started_at");
      if (!is_iso8601_utc(time)) continue;
      started_.emplace(text_of(*exported, "id"), comparable_time(time));
    }
  }
}

std::string_view SpanTimes::problem(TimeCheck check, std::string_view text, const Path& path,
                                    const json::Value& data) const {
  constexpr std::size_t kSide = 1;  // of /data/end/started_at
  const json::Value* start = data.get("start");
  const json::Value* exported = path.size() > kSide ? data.get(path[kSide]) : nullptr;
  if (exported == nullptr) return {};
  switch (check) {
    case TimeCheck::kSameAsStart:
      if (start != nullptr && start->is_object() && text_of(*start, "started_at") != text) {
        return "changed";
      }
      break;
    case TimeCheck::kNotBeforeStart:
      if (is_before(text, text_of(*exported, "started_at"))) return "before start";
      break;
    case TimeCheck::kNotBeforeParent:
      if (is_before_parent(text, *exported)) return "before parent";
      break;
  }
  return {};
}

bool SpanTimes::is_before_parent(std::string_view text, const json::Value& exported) const {
  const auto parent = started_.find(text_of(exported, "parent_id"));
  return parent != started_.end() && is_iso8601_utc(text) &&
         comparable_time(text) < parent->second;
}

}  // namespace codex::harness
