#include "matrix/glob_overlap.h"

#include <cstddef>
#include <vector>

namespace codex::matrix {

bool globs_overlap(std::string_view a, std::string_view b) {
  // possible[j]: the rest of `a` from the current row and the rest of `b` from j have a text.
  std::vector<bool> below(b.size() + 1);
  std::vector<bool> possible(b.size() + 1);
  for (std::size_t i = a.size() + 1; i-- > 0;) {
    for (std::size_t j = b.size() + 1; j-- > 0;) {
      const bool a_ends = i == a.size();
      const bool b_ends = j == b.size();
      bool value = a_ends && b_ends;
      if (!a_ends && a[i] == '*') value = value || below[j] || (!b_ends && possible[j + 1]);
      if (!b_ends && b[j] == '*') value = value || possible[j + 1] || (!a_ends && below[j]);
      if (!a_ends && !b_ends && a[i] == b[j]) value = value || below[j + 1];
      possible[j] = value;
    }
    below = possible;
  }
  return possible[0];
}

}  // namespace codex::matrix
