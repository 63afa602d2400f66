// Why two transcripts differ, whatever the session: one change of a client over many sessions is
// one cause, and a second, different change among them is another.
#ifndef GOLDEN_CAUSE_H_
#define GOLDEN_CAUSE_H_

#include <string>

#include "golden/compare.h"

namespace codex::golden {

struct Cause {
  std::string id;     // "c" and 8 hex digits; the same for the same change in every run
  std::string where;  // `event/call codex.item.completed /data/item/changes/*/kind`
  std::string what;   // `"add" → "create"`, `new field`, `gone: {…}`; not shortened

  bool operator==(const Cause&) const = default;
};

// The kind of lane ("event/call" of event/call:2), the observation's name, the path with * for
// indices, and the change: of values that changed both, else whether something came or went. What a
// span is exported with when it starts and again when it ends is one: `/data/*/span_data/name`.
Cause cause_of(const Difference& difference);

// Causes of a whole session: it has no golden yet; its golden is of another tape, driver, rule set
// or version of the client, though no observation changed.
Cause new_session();
Cause new_provenance();
// A subject could not run; an entry of the known differences does not occur any more.
Cause could_not_run(const std::string& subject, const std::string& reason);
Cause stale_known_difference(const std::string& id);

}  // namespace codex::golden

#endif  // GOLDEN_CAUSE_H_
