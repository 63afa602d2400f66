// A lane that differs, both sides aligned, for people: what a report shows of it.
#ifndef GOLDEN_SIDE_BY_SIDE_H_
#define GOLDEN_SIDE_BY_SIDE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "codex/telemetry/json.h"
#include "golden/leaf_compare.h"
#include "golden/observability.h"
#include "harness/model/result.h"
#include "harness/normalize/normalize.h"

namespace codex::golden {

// Where two observations differ.
struct DifferingPlace {
  std::string path;  // JSON pointer, as Difference::path: "/data/status"
  // Pointers to the values, in the side's own indices; nothing: that side has none there.
  std::optional<std::string> in_expected;
  std::optional<std::string> in_actual;
  bool operator==(const DifferingPlace&) const = default;
};

// One observation of each side, or of one.
struct Row {
  std::optional<json::Value> expected;  // {"name":…,"data":…}
  std::optional<json::Value> actual;
  // Empty where the two are equal, and where one side has none.
  std::vector<DifferingPlace> differing;
  std::size_t skipped = 0;  // > 0: no observation, but so many equal rows left out here
  std::size_t more = 0;     // places that the limit kept out of `differing`
  // JSON pointers at which a side is shorter than it was: a string cut, with "…" where something
  // is missing; an array or object some of whose elements were left out. Pointers into what is
  // left still hold: an array with elements missing is an object with their indices as keys.
  std::vector<std::string> cut;

  bool differs() const { return !differing.empty() || (skipped == 0 && (!expected || !actual)); }
  bool operator==(const Row&) const = default;
};

struct LaneSides {
  std::string column;   // whose observations are `actual`
  std::string against;  // "golden", or a column
  std::string lane;
  std::vector<Row> rows;
  std::size_t rows_left_out = 0;  // at the end, for the limit, differing ones among them

  bool operator==(const LaneSides&) const = default;
};

struct SideLimits {
  std::size_t context = 3;            // equal rows on each side of one that differs
  std::size_t most_rows = 120;        // of all lanes
  std::size_t most_bytes = 48 << 10;  // of their values as JSON; the row that exceeds it is shown
  std::size_t longest_value = 4096;   // bytes of one observation as JSON, roughly
  std::size_t longest_text = 400;     // characters of a string
  std::size_t most_places = 64;       // of a row
};

// The lanes with a difference, in natural order, aligned as compare() aligns them. Where the limit
// is reached, lanes that follow have no rows, and tell how many are left out.
std::vector<LaneSides> side_by_side(const harness::Transcript& actual,
                                    const harness::Transcript& reference,
                                    const Observability& reference_subject, const IsMask& is_mask,
                                    const std::string& column, const std::string& against,
                                    const SideLimits& limits = {});

// As an object; what is empty is left out. Values stand in it as they are, so it is written with
// encode() (json_text.h), and lane_sides_from() takes what decode() gave.
json::Value to_json(const LaneSides& sides);
// Errors name the key that is missing or of another kind.
harness::Result<LaneSides> lane_sides_from(const json::Value& object);

}  // namespace codex::golden

#endif  // GOLDEN_SIDE_BY_SIDE_H_
