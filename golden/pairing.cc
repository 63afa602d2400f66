#include "golden/pairing.h"

#include <span>
#include <tuple>

namespace codex::golden {
namespace {

// Above this product a gap is not searched for the least unlike pairs.
constexpr std::size_t kSearchedCells = 10'000;

struct Gap {
  std::size_t reference_begin, reference_end, actual_begin, actual_end;
  std::size_t height() const { return reference_end - reference_begin; }
  std::size_t width() const { return actual_end - actual_begin; }
};

// More pairs are better, then less distance.
struct Score {
  std::size_t pairs = 0;
  std::size_t distance = 0;
  bool operator<(const Score& other) const {
    return std::tie(pairs, other.distance) < std::tie(other.pairs, distance);
  }
};

std::vector<Match> search(const Gap& gap, const Elements& reference, const Elements& actual,
                          const Distance& distance) {
  enum class Move : unsigned char { kSkipReference, kSkipActual, kPair };
  const std::size_t columns = gap.width() + 1;
  std::vector<Score> best((gap.height() + 1) * columns);
  std::vector<Move> moves(best.size(), Move::kSkipReference);
  for (std::size_t i = gap.height() + 1; i-- > 0;) {
    for (std::size_t j = columns; j-- > 0;) {
      const std::size_t here = i * columns + j;
      if (i < gap.height()) best[here] = best[here + columns];
      if (j < gap.width() && (i == gap.height() || best[here] < best[here + 1])) {
        best[here] = best[here + 1];
        moves[here] = Move::kSkipActual;
      }
      if (i == gap.height() || j == gap.width()) continue;
      const std::size_t r = gap.reference_begin + i;
      const std::size_t a = gap.actual_begin + j;
      if (reference.names[r] != actual.names[a]) continue;
      Score paired = best[here + columns + 1];
      ++paired.pairs;
      paired.distance += distance(r, a);
      if (best[here] < paired || !(paired < best[here])) {
        best[here] = paired;
        moves[here] = Move::kPair;
      }
    }
  }
  std::vector<Match> found;
  for (std::size_t i = 0, j = 0; i < gap.height() && j < gap.width();) {
    const Move move = moves[i * columns + j];
    if (move == Move::kPair) found.push_back({gap.reference_begin + i, gap.actual_begin + j});
    if (move != Move::kSkipActual) ++i;
    if (move != Move::kSkipReference) ++j;
  }
  return found;
}

std::vector<Match> in_order(const Gap& gap, const Elements& reference, const Elements& actual) {
  const auto part = [](const Tokens& names, std::size_t begin, std::size_t end) {
    const auto whole = std::span(names).subspan(begin, end - begin);
    return Tokens(whole.begin(), whole.end());
  };
  std::vector<Match> found = align(part(reference.names, gap.reference_begin, gap.reference_end),
                                   part(actual.names, gap.actual_begin, gap.actual_end));
  for (Match& match : found) {
    match.reference += gap.reference_begin;
    match.actual += gap.actual_begin;
  }
  return found;
}

class Script {
 public:
  void add(const Match& match) {
    advance(match.reference, match.actual);
    steps_.push_back({.reference = match.reference, .actual = match.actual});
    ++reference_;
    ++actual_;
    ordinal_ = 0;
  }
  std::vector<Step> finish(std::size_t references, std::size_t actuals) {
    advance(references, actuals);
    return std::move(steps_);
  }

 private:
  // What stands alone before the given place: first the reference's, then the actual's.
  void advance(std::size_t reference, std::size_t actual) {
    for (; reference_ < reference; ++reference_) steps_.push_back({.reference = reference_});
    for (; actual_ < actual; ++actual_) {
      steps_.push_back({.actual = actual_, .before = reference, .ordinal = ordinal_++});
    }
  }

  std::vector<Step> steps_;
  std::size_t reference_ = 0;
  std::size_t actual_ = 0;
  std::size_t ordinal_ = 0;
};

}  // namespace

std::vector<Step> pair_elements(const Elements& reference, const Elements& actual,
                                const Distance& distance) {
  Script script;
  Gap gap{0, 0, 0, 0};
  const auto close_gap = [&](std::size_t reference_end, std::size_t actual_end) {
    gap.reference_end = reference_end;
    gap.actual_end = actual_end;
    if (gap.height() > 0 && gap.width() > 0) {
      const bool small = gap.height() * gap.width() <= kSearchedCells;
      for (const Match& match :
           small ? search(gap, reference, actual, distance) : in_order(gap, reference, actual)) {
        script.add(match);
      }
    }
  };
  for (const Match& match : align(reference.contents, actual.contents)) {
    close_gap(match.reference, match.actual);
    script.add(match);
    gap = {match.reference + 1, 0, match.actual + 1, 0};
  }
  close_gap(reference.contents.size(), actual.contents.size());
  return script.finish(reference.contents.size(), actual.contents.size());
}

}  // namespace codex::golden
