#include "harness/model/nearest.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

namespace codex::harness {
namespace {

// Of bytes: Levenshtein's, with two neighbours changed round as one step (optimal string alignment).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  std::vector<std::size_t> before;     // the row above
  std::vector<std::size_t> two_above;
  for (std::size_t i = 0; i < a.size(); ++i) {
    two_above = std::move(before);
    before = row;
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      row[j + 1] = std::min({row[j] + 1, before[j + 1] + 1, before[j] + (a[i] == b[j] ? 0 : 1)});
      const bool is_swapped = i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j];
      if (is_swapped) row[j + 1] = std::min(row[j + 1], two_above[j - 1] + 1);
    }
  }
  return row.back();
}

}  // namespace

std::string_view nearest_name(std::string_view name, const std::vector<std::string_view>& known) {
  std::string_view nearest;
  std::size_t best = std::max<std::size_t>((name.size() + 1) / 3, 1) + 1;
  for (const std::string_view candidate : known) {
    const std::size_t far = distance(name, candidate);
    if (far < best) {
      best = far;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string known_names_hint(std::string_view name, const std::vector<std::string_view>& known) {
  std::string hint;
  const std::string_view nearest = nearest_name(name, known);
  if (!nearest.empty()) hint = "did you mean \"" + std::string(nearest) + "\"? ";
  hint += "known: ";
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (i != 0) hint += ", ";
    hint += known[i];
  }
  return hint;
}

}  // namespace codex::harness
