// Aligns two sequences: which elements of the one stand for which of the other.
//
// dtl finds a minimal edit script but has a fixed limit on its work, beyond which its answer is
// silently "everything changed". So a problem that might reach the limit is split first, at
// elements that identify themselves (anchors.h), until every piece is far below it.
#ifndef GOLDEN_ALIGN_H_
#define GOLDEN_ALIGN_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace codex::golden {

// Elements are compared as tokens: equal elements have equal tokens.
using Token = std::uint64_t;
using Tokens = std::vector<Token>;

struct Match {
  std::size_t reference = 0;
  std::size_t actual = 0;
  bool operator==(const Match&) const = default;
};

// The largest (m + 1) * (n + 1) that dtl is given. Its own limit is 2,000,000 coordinates, and it
// visits at most that product.
inline constexpr std::size_t kMinimalCells = 1'000'000;

struct AlignStatistics {
  std::size_t dtl_calls = 0;
  std::size_t largest_cells = 0;
};

// Matches of equal tokens, both members strictly increasing: minimal where the problem is small,
// a large common part where it is not.
std::vector<Match> align(const Tokens& reference, const Tokens& actual,
                         AlignStatistics* statistics = nullptr);

}  // namespace codex::golden

#endif  // GOLDEN_ALIGN_H_
