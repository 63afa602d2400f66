// The differences of a run by cause: what a person decides on, however many sessions show it.
#ifndef MATRIX_CLUSTERS_H_
#define MATRIX_CLUSTERS_H_

#include <functional>
#include <string>
#include <vector>

#include "matrix/night.h"
#include "matrix/report.h"

namespace codex::matrix {

// Those of the first environment first, then those of further columns by name. `column` is whose
// value is the actual one.
void for_each_difference(const SessionReport& session,
                         const std::function<void(const std::string& column,
                                                  const golden::JudgedDifference&)>& use);

// A cluster is one cause, of one kind, in one column against one other side. What a session is red
// for without a difference is a cause too: no golden, a golden of other provenance, a subject that
// could not run (by reason), an entry of the known differences that does not occur.
//
// Standing, before and since are left as they are (standing.h sets them). The worst kind first,
// then the most sessions, then by place, change, column and against: the same for any order of the
// report's sessions.
std::vector<Cluster> clusters(const Report& report);

// Somebody has to do something: neither known nor of a column that the accepted matrix judges.
bool is_open(const Cluster& cluster);

}  // namespace codex::matrix

#endif  // MATRIX_CLUSTERS_H_
