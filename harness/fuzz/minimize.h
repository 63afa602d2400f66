// Makes a session that shows something as small as it can be while it still shows it: delta
// debugging (Zeller, Hildebrandt 2002) over lines, then over fields, then over values, until
// nothing more can be left out.
#ifndef HARNESS_FUZZ_MINIMIZE_H_
#define HARNESS_FUZZ_MINIMIZE_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "harness/fuzz/draft.h"

namespace codex::harness::fuzz {

// The first of these that still shows it; nothing where none does. All of them are playable. They may be tried at once: what comes after the first is not looked at.
using Oracle = std::function<std::optional<std::size_t>(const std::vector<Draft>& candidates)>;

struct MinimizeLimits {
  std::size_t most_tries = 1000;  // candidates
  std::size_t at_once = 1;        // candidates that the oracle is given
};

struct Minimized {
  Draft draft;
  std::size_t tries = 0;
  // Leaving out any one line, field or character class more shows it no longer. False: the tries
  // were used up before.
  bool is_minimal = false;
};

// `draft` shows it: that is not asked again. Repeatable where the oracle is; the result does not
// depend on `at_once`.
Minimized minimize(Draft draft, const Oracle& oracle, const MinimizeLimits& limits);

}  // namespace codex::harness::fuzz

#endif  // HARNESS_FUZZ_MINIMIZE_H_
