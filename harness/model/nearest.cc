#include "harness/model/nearest.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace codex::harness {
namespace {

// Levenshtein's distance of bytes.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, diagonal + 1, replaced});
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
