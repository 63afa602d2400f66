// Results of one run or of its shards to the night's report. A pure function: neither the order
// of the shards, nor their number, nor where they ran shows in what it makes, outside `run`.
#ifndef MATRIX_ASSEMBLE_H_
#define MATRIX_ASSEMBLE_H_

#include <vector>

#include "harness/model/result.h"
#include "matrix/accepted.h"
#include "matrix/history.h"
#include "matrix/known_differences.h"
#include "matrix/parity_matrix.h"
#include "matrix/report.h"
#include "matrix/results_file.h"

namespace codex::matrix {

// What the night is made with; what is null is empty.
struct NightData {
  const Areas* areas = nullptr;
  const AcceptedMatrix* accepted = nullptr;
  const KnownDifferences* known = nullptr;
  const History* history = nullptr;  // null: no night before
};

// Shards to one report, without the night. Shards that cannot be of one run (another tool, rule
// set, corpus, golden, client, number of shards) are an error: nobody could say which is right.
// What is only missing is red and stands in Report::unreadable: a shard that is not there, one that
// is there twice and does not say the same (clocks aside), and what the caller found (`problems`:
// files that were cut). None at all is an error.
harness::Result<Report> join(std::vector<ShardResults> shards,
                             std::vector<harness::Error> problems = {});

// join(), then what the night says: known differences of no tape, matrix, causes, standing. What
// cannot be computed (a history that cannot be read) stands in Report::unreadable.
harness::Result<Report> assemble(std::vector<ShardResults> shards,
                                 std::vector<harness::Error> problems, const NightData& data);

}  // namespace codex::matrix

#endif  // MATRIX_ASSEMBLE_H_
