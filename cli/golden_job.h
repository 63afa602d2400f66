// What the golden commands share: which sessions, which folder, and runs of the real clients.
#ifndef CLI_GOLDEN_JOB_H_
#define CLI_GOLDEN_JOB_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/console.h"
#include "cli/places.h"
#include "cli/session_job.h"
#include "harness/normalize/normalize.h"
#include "harness/tape/tape.h"

namespace codex::cli {

struct GoldenOptions {
  JobOptions job;
  std::string folder = kDefaultGoldens;
};

// A session's name as a terminal may show it.
std::string plain(const std::string& text);

// False under CI, where nobody reviews what is written; said on the console, with the command to
// run elsewhere.
bool may_write(const std::string& command, const Console& console);

// Goldens are never this project's own output: chooses the real clients where nothing is chosen.
// False: said on the console.
bool choose_references(GoldenOptions& options, const Console& console);

// Runs the reference clients over the selected tapes. Nothing: said on the console already.
std::optional<JobResult> reference_runs(const GoldenOptions& options, const JobData& data,
                                        const std::vector<harness::Tape>& tapes,
                                        const Console& console);

// Calls `take` with each transcript that a golden may be kept from, and says of the others why
// not: a crash, an off-script or a missing client says nothing about the client's telemetry.
struct Refused {
  std::size_t count = 0;
  bool unavailable = false;
};
Refused for_each_keepable(
    const JobResult& result, const Console& console,
    const std::function<void(const SessionOutcome&, const harness::Transcript&)>& take);

}  // namespace codex::cli

#endif  // CLI_GOLDEN_JOB_H_
