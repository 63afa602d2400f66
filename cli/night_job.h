// What nightly and merge have in common: results to reports, history and exit status.
#ifndef CLI_NIGHT_JOB_H_
#define CLI_NIGHT_JOB_H_

#include <optional>
#include <string>
#include <vector>

#include "cli/console.h"
#include "matrix/accepted.h"
#include "matrix/known_differences.h"
#include "matrix/parity_matrix.h"
#include "matrix/results_file.h"

namespace CLI {
class App;
}

namespace codex::cli {

struct NightOptions {
  std::string output;   // the folder
  std::string history;  // file; empty: history.sqlite in the folder
  std::size_t keep = 400;
};

void add_night_options(CLI::App& command, NightOptions& options);

// The data that a night is judged by: areas come with the program, the accepted matrix is the
// nearest one. Errors are for exit 2.
struct NightInputs {
  matrix::Areas areas;
  matrix::AcceptedMatrix accepted;
  static harness::Result<NightInputs> load();
};

// Makes the folder; an error is for exit 2, before anything runs.
golden::Status prepare_output(const NightOptions& options);

// assemble(), write the reports, put the night into the history, and say what it was. Returns the
// exit status. A history that cannot be read or written is red, and the night is told without it.
// The commands to run next that a terminal is shown are those of `called`.
int finish_night(std::vector<matrix::ShardResults> shards, std::vector<harness::Error> problems,
                 const NightInputs& inputs, const matrix::KnownDifferences& known,
                 const NightOptions& options, const matrix::Invocation& called,
                 const Console& console);

}  // namespace codex::cli

#endif  // CLI_NIGHT_JOB_H_
