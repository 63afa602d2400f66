// Where a large alignment can be split: elements, or runs of elements, that identify themselves.
#ifndef GOLDEN_ANCHORS_H_
#define GOLDEN_ANCHORS_H_

#include <span>
#include <vector>

#include "golden/align.h"

namespace codex::golden {

// Matches of equal tokens, both members strictly increasing. Tries elements that stand once on
// each side, then runs of 2, 4, … 64 elements that do, then the k-th of the one with the k-th of
// the other, and takes what anchors most. Empty only where no token is common.
// O(n log n).
std::vector<Match> find_anchors(std::span<const Token> reference, std::span<const Token> actual);

}  // namespace codex::golden

#endif  // GOLDEN_ANCHORS_H_
