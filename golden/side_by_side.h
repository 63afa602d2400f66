// A lane that differs, both sides aligned, for people: what a report shows of it.
#ifndef GOLDEN_SIDE_BY_SIDE_H_
#define GOLDEN_SIDE_BY_SIDE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "codex/telemetry/json.h"

namespace codex::golden {

// One observation of each side, or of one. `differing` has the JSON pointers ("/data/status") at
// which the two differ; it is empty where they are equal and where one side has none.
struct Row {
  std::optional<json::Value> expected;  // {"name":…,"data":…}
  std::optional<json::Value> actual;
  std::vector<std::string> differing;
  std::size_t skipped = 0;  // > 0: no observation, but so many equal rows left out here
};

struct LaneSides {
  std::string column;   // whose observations are `actual`
  std::string against;  // "golden", or a column
  std::string lane;
  std::vector<Row> rows;
};

}  // namespace codex::golden

#endif  // GOLDEN_SIDE_BY_SIDE_H_
