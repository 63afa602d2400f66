// The differences of a run by cause: what a person decides on, however many sessions show it.
#ifndef MATRIX_CLUSTERS_H_
#define MATRIX_CLUSTERS_H_

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "golden/cause.h"
#include "matrix/night.h"
#include "matrix/report.h"

namespace codex::matrix {

// Calls `use` for each difference of the session, those of the first environment first, then those
// of further columns by name; `column` is whose value is the actual one, as a column's name.
void for_each_difference(const SessionReport& session,
                         const std::function<void(const std::string& column,
                                                  const golden::JudgedDifference&)>& use);

// A cluster is one cause, of one kind, in one column against one other side. What a session is red
// for without a single difference has a cause too: no golden, a golden of other provenance, a
// subject that could not run (by column and reason), an entry of the known differences that does
// not occur. Sessions that match are in none.
//
// Standing and since are left as they are (standing.h sets them). The worst kind first, then the
// most sessions, then by cause, column and against: the same for any order of the sessions.
std::vector<Cluster> clusters(const Report& report);

// The same change of the same column in every night, whatever became of its kind: "c0123abcd cpp".
std::string cluster_key(const Cluster& cluster);

// Does a run with this in it exit with 1?
bool is_red(golden::Verdict verdict);

}  // namespace codex::matrix

#endif  // MATRIX_CLUSTERS_H_
