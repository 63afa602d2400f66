// Times are masked, but not times that are wrong.
#ifndef HARNESS_NORMALIZE_TIME_CHECKS_H_
#define HARNESS_NORMALIZE_TIME_CHECKS_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/json.h"
#include "harness/model/observation.h"
#include "harness/normalize/walk.h"

namespace codex::harness {

enum class TimeCheck {
  kSameAsStart,      // the end export says another time than the start export: "changed"
  kNotBeforeStart,   // a span ended before it started: "before start"
  kNotBeforeParent,  // a span started before its parent: "before parent"
};

std::optional<TimeCheck> find_time_check(std::string_view name);
std::vector<std::string_view> time_check_names();

// When each span started. Read from the observations before any rule is applied.
class SpanTimes {
 public:
  explicit SpanTimes(const std::vector<Observation>& observations);
  // What is wrong with the time `text` at `path` (/data/start|end/…) of `data`; empty: nothing.
  std::string_view problem(TimeCheck check, std::string_view text, const Path& path,
                           const json::Value& data) const;

 private:
  bool is_before_parent(std::string_view text, const json::Value& exported) const;

  std::map<std::string, std::string, std::less<>> started_;  // span id → comparable_time
};

}  // namespace codex::harness

#endif  // HARNESS_NORMALIZE_TIME_CHECKS_H_
