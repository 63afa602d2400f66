// The ids that a subject makes: another in every run, so numbered by their place.
#ifndef HARNESS_NORMALIZE_MADE_IDS_H_
#define HARNESS_NORMALIZE_MADE_IDS_H_

#include <vector>

#include "codex/telemetry/json.h"
#include "harness/model/observation.h"
#include "harness/normalize/identities.h"
#include "harness/normalize/span_tree.h"

namespace codex::harness {

// Traces, spans and groups by their place in the forest; the ids of a client's own requests by
// their place in the wire's lanes (in which `lines` are ordered). An id that doesn't have the form
// in which the clients make them is a difference and stays; what the driver gave (run_config's
// trace_id and group_id) is the same for all and stays, too.
void add_made_ids(const SpanForest& forest, const std::vector<Observation>& lines,
                  const json::Value& driver, Identities& identities);

}  // namespace codex::harness

#endif  // HARNESS_NORMALIZE_MADE_IDS_H_
