// Lanes in the order in which people are shown them.
#ifndef GOLDEN_LANE_H_
#define GOLDEN_LANE_H_

#include <string_view>

#include "harness/normalize/lane_order.h"

namespace codex::golden {

struct LaneLess {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const {
    return harness::lane_before(a, b);
  }
};

inline std::string_view channel_of(std::string_view lane) {
  return lane.substr(0, lane.find('/'));
}

}  // namespace codex::golden

#endif  // GOLDEN_LANE_H_
