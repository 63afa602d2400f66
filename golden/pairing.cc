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

// Moves every run that only `own` has as far down as equal tokens allow. partner[i] is the place
// on the other side, or kAbsent.
void slide_down(const Tokens& own, std::vector<std::size_t>& partner) {
  std::size_t end = own.size();
  while (end > 0) {
    if (partner[end - 1] != kAbsent) {
      --end;
      continue;
    }
    std::size_t begin = end - 1;
    while (begin > 0 && partner[begin - 1] == kAbsent)
      --begin;
    const std::size_t run_begin = begin;
    std::size_t run_end = end;
    // Only where the other side has nothing of its own here: else the run is part of a change.
    while (run_end < own.size() && partner[run_end] != kAbsent && own[begin] == own[run_end] &&
           partner[run_end] == (begin == 0 ? 0 : partner[begin - 1] + 1)) {
      partner[begin++] = partner[run_end];
      partner[run_end++] = kAbsent;
      while (run_end < own.size() && partner[run_end] == kAbsent)
        ++run_end;
    }
    end = run_begin;
  }
}

std::vector<Match> settle(const Tokens& reference, const Tokens& actual,
                          const std::vector<Match>& matches) {
  std::vector<std::size_t> of_reference(reference.size(), kAbsent);
  for (const Match& match : matches)
    of_reference[match.reference] = match.actual;
  slide_down(reference, of_reference);
  std::vector<std::size_t> of_actual(actual.size(), kAbsent);
  for (std::size_t r = 0; r < reference.size(); ++r) {
    if (of_reference[r] != kAbsent) of_actual[of_reference[r]] = r;
  }
  slide_down(actual, of_actual);
  std::vector<Match> result;
  for (std::size_t a = 0; a < actual.size(); ++a) {
    if (of_actual[a] != kAbsent) result.push_back({of_actual[a], a});
  }
  return result;
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
    for (; reference_ < reference; ++reference_)
      steps_.push_back({.reference = reference_});
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
  std::vector<Match> pairs;
  Gap gap{0, 0, 0, 0};
  const auto close_gap = [&](std::size_t reference_end, std::size_t actual_end) {
    gap.reference_end = reference_end;
    gap.actual_end = actual_end;
    if (gap.height() == 0 || gap.width() == 0) return;
    const bool small = gap.height() * gap.width() <= kSearchedCells;
    const std::vector<Match> found =
        small ? search(gap, reference, actual, distance) : in_order(gap, reference, actual);
    pairs.insert(pairs.end(), found.begin(), found.end());
  };
  const std::size_t references = reference.contents.size();
  const std::size_t actuals = actual.contents.size();
  for (const Match& match : align(reference.contents, actual.contents)) {
    close_gap(match.reference, match.actual);
    pairs.push_back(match);
    gap = {match.reference + 1, 0, match.actual + 1, 0};
  }
  close_gap(references, actuals);
  Script script;
  for (const Match& pair : settle(reference.contents, actual.contents, pairs))
    script.add(pair);
  return script.finish(references, actuals);
}

}  // namespace codex::golden
