#include "golden/anchors.h"

#include <algorithm>
#include <cstddef>
#include <unordered_map>
#include <utility>

namespace codex::golden {
namespace {

// `candidates` are sorted by `reference`, which no two share. Keeps a longest part whose `actual`
// increases too.
std::vector<Match> longest_increasing(const std::vector<Match>& candidates) {
  constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::vector<std::size_t> tails;  // tails[k]: the candidate that ends the best run of k + 1
  std::vector<std::size_t> before(candidates.size(), kNone);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const auto at = std::lower_bound(
        tails.begin(), tails.end(), candidates[i].actual,
        [&](std::size_t tail, std::size_t actual) { return candidates[tail].actual < actual; });
    if (at != tails.begin()) before[i] = *std::prev(at);
    if (at == tails.end()) {
      tails.push_back(i);
    } else {
      *at = i;
    }
  }
  std::vector<Match> kept;
  for (std::size_t i = tails.empty() ? kNone : tails.back(); i != kNone; i = before[i]) {
    kept.push_back(candidates[i]);
  }
  std::reverse(kept.begin(), kept.end());
  return kept;
}

struct Places {
  std::size_t count[2] = {0, 0};
  std::size_t first[2] = {0, 0};
};

// Pairs the runs that stand exactly once on each side. Runs are told by their hash, so the pair
// counts only where the first elements are equal indeed.
std::vector<Match> unique_runs(std::span<const Token> reference, std::span<const Token> actual,
                               const Tokens& reference_runs, const Tokens& actual_runs) {
  std::unordered_map<Token, Places> places;
  places.reserve(reference_runs.size());
  for (std::size_t side = 0; side < 2; ++side) {
    const Tokens& runs = side == 0 ? reference_runs : actual_runs;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      Places& place = places[runs[i]];
      if (place.count[side]++ == 0) place.first[side] = i;
    }
  }
  std::vector<Match> candidates;
  for (std::size_t i = 0; i < reference_runs.size(); ++i) {
    const Places& place = places[reference_runs[i]];
    if (place.count[0] == 1 && place.count[1] == 1 && reference[i] == actual[place.first[1]]) {
      candidates.push_back({i, place.first[1]});
    }
  }
  return longest_increasing(candidates);
}

// Pairs the k-th of each element with its k-th on the other side.
std::vector<Match> by_occurrence(std::span<const Token> reference, std::span<const Token> actual) {
  std::unordered_map<Token, std::vector<std::size_t>> places;
  for (std::size_t i = 0; i < actual.size(); ++i)
    places[actual[i]].push_back(i);
  std::unordered_map<Token, std::size_t> seen;
  std::vector<Match> candidates;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const auto found = places.find(reference[i]);
    if (found == places.end()) continue;
    const std::size_t k = seen[reference[i]]++;
    if (k < found->second.size()) candidates.push_back({i, found->second[k]});
  }
  return longest_increasing(candidates);
}

Token mix(Token a, Token b) {
  Token mixed = a * 0x9e3779b97f4a7c15U + (b ^ (b >> 29));
  mixed ^= mixed >> 32;
  return mixed * 0xbf58476d1ce4e5b9U;
}

// From the hashes of runs of `width` to those of twice the width, in place.
void widen(Tokens& runs, std::size_t width) {
  if (runs.size() <= width) {
    runs.clear();
    return;
  }
  for (std::size_t i = 0; i + width < runs.size(); ++i)
    runs[i] = mix(runs[i], runs[i + width]);
  runs.resize(runs.size() - width);
}

}  // namespace

std::vector<Match> find_anchors(std::span<const Token> reference, std::span<const Token> actual) {
  constexpr std::size_t kWidest = 64;
  const std::size_t smaller = std::min(reference.size(), actual.size());
  Tokens reference_runs(reference.begin(), reference.end());
  Tokens actual_runs(actual.begin(), actual.end());
  std::vector<Match> best;
  for (std::size_t width = 1; width <= kWidest; width *= 2) {
    std::vector<Match> found = unique_runs(reference, actual, reference_runs, actual_runs);
    if (found.size() > best.size()) best = std::move(found);
    if (best.size() * 2 >= smaller) return best;  // good enough: the rest is found in the gaps
    widen(reference_runs, width);
    widen(actual_runs, width);
  }
  std::vector<Match> found = by_occurrence(reference, actual);
  return found.size() > best.size() ? found : best;
}

}  // namespace codex::golden
