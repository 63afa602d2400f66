// The scope of a lane: codex's own id becomes the number that the tape gives it.
#ifndef HARNESS_NORMALIZE_SCOPE_H_
#define HARNESS_NORMALIZE_SCOPE_H_

#include <string>

#include "harness/normalize/identities.h"

namespace codex::harness {

// "event/turn:0199…" becomes "event/turn:2" where that is the tape's second turn. A lane whose id
// is no turn (or thread) of the tape stays: such a lane is a difference.
void number_scope(const Identities& wire, std::string& lane);

}  // namespace codex::harness

#endif  // HARNESS_NORMALIZE_SCOPE_H_
