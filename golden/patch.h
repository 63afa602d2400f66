// A golden with some of the changes that were seen since, and without the others.
#ifndef GOLDEN_PATCH_H_
#define GOLDEN_PATCH_H_

#include <optional>
#include <vector>

#include "golden/compare.h"
#include "harness/normalize/normalize.h"

namespace codex::golden {

// `reference` with `changes` made to it; each is one of compare()'s from this very reference.
// Outcome and order of lanes follow. Nothing where a change cannot be made on its own: its place
// is not in the reference.
std::optional<harness::Transcript> patched(const harness::Transcript& reference,
                                           const std::vector<const Difference*>& changes);

}  // namespace codex::golden

#endif  // GOLDEN_PATCH_H_
