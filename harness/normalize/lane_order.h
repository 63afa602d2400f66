// The natural order of lanes.
#ifndef HARNESS_NORMALIZE_LANE_ORDER_H_
#define HARNESS_NORMALIZE_LANE_ORDER_H_

#include <string_view>

namespace codex::harness {

// By channel (wire event log span approval usage hook outcome), then by scope (run global thread
// turn call trace), numbers by their size: call:2 comes before call:10. Unknown ones come last.
bool lane_before(std::string_view a, std::string_view b);

}  // namespace codex::harness

#endif  // HARNESS_NORMALIZE_LANE_ORDER_H_
