// Results of shards for the tests of their file and their joining.
#ifndef TESTS_MATRIX_SHARDS_H_
#define TESTS_MATRIX_SHARDS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "matrix/results_file.h"

namespace codex::matrix::testing {

// A whole run with everything that a results file can hold: sessions that match, differ, are
// hostile, with coverage, sides and a further column.
ShardResults whole_run(int sessions = 40);
// The same run as `count` shards would have left it. `whole` has shard 1/1.
std::vector<ShardResults> split(const ShardResults& whole, std::size_t count);
// The JSON report without "run", JUnit, the step summary without its clocks: what may not depend
// on shards.
std::string without_run(const Report& report);

}  // namespace codex::matrix::testing

#endif  // TESTS_MATRIX_SHARDS_H_
