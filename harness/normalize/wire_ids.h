// The ids that stand on a tape's wire, numbered by the tape alone.
#ifndef HARNESS_NORMALIZE_WIRE_IDS_H_
#define HARNESS_NORMALIZE_WIRE_IDS_H_

#include "harness/normalize/identities.h"
#include "harness/tape/tape.h"

namespace codex::harness {

// No subject has a say in this: a subject that shows the wrong thread's id shows another number.
// exec: threads, in the order in which they start. app-server: threads, turns, items and the
// requests that codex makes, in the order in which they are first named. Lines that are no JSON
// are skipped.
Identities wire_identities(const Tape& tape);

}  // namespace codex::harness

#endif  // HARNESS_NORMALIZE_WIRE_IDS_H_
