// From two runs of elements to a script: what is paired with what, and what stands alone.
#ifndef GOLDEN_PAIRING_H_
#define GOLDEN_PAIRING_H_

#include <cstddef>
#include <functional>
#include <vector>

#include "golden/align.h"

namespace codex::golden {

inline constexpr std::size_t kAbsent = static_cast<std::size_t>(-1);

// One step of the script, in order. An element of the actual side alone has `before`: the
// reference element that it stands before (their number, at the end), and `ordinal`: the how
// manieth such element it is.
struct Step {
  std::size_t reference = kAbsent;
  std::size_t actual = kAbsent;
  std::size_t before = 0;
  std::size_t ordinal = 0;
};

// An element is told by its content, and by its name: only elements of one name are ever paired.
struct Elements {
  Tokens contents;
  Tokens names;
};
// How unlike two elements are. Only asked for elements of one name, in small gaps.
using Distance = std::function<std::size_t(std::size_t reference, std::size_t actual)>;

// Equal elements are paired first (align.h). Between them, elements of one name are paired without
// crossing: as many as can be; of several ways the least unlike; in a large gap simply in order.
// Of equal elements in a row always the last ones are told to be alone: so two actuals that lack,
// or have, one too many of them are paired alike.
std::vector<Step> pair_elements(const Elements& reference, const Elements& actual,
                                const Distance& distance);

}  // namespace codex::golden

#endif  // GOLDEN_PAIRING_H_
