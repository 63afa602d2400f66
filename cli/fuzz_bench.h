// Where generated sessions are run: drafts in, what both sides make of them out. Its workers live as
// long as it does.
#ifndef CLI_FUZZ_BENCH_H_
#define CLI_FUZZ_BENCH_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cli/fuzz_cause.h"
#include "cli/session_job.h"
#include "harness/fuzz/draft.h"
#include "harness/model/result.h"

namespace codex::cli {

struct FuzzSession {
  std::string name;  // of the file, unique among those that are run at once
  std::string base;  // the corpus tape that it comes from
  harness::fuzz::Draft draft;
};

struct FuzzResult {
  bool ran = false;  // false: it was interrupted
  std::optional<FuzzCause> cause;
  harness::Outcome cpp = harness::Outcome::kUnavailable;
  harness::Outcome python = harness::Outcome::kUnavailable;
  std::string unavailable;  // why the client could not run; or empty
  std::string tape_digest;
  // Of what C++ showed: hashes of the places of its leaves. It does not depend on the client's
  // timing, so a run that goes on from it is the same twice.
  std::set<std::uint64_t> shapes;
  matrix::SessionReport report;
};

class FuzzBench {
 public:
  // `folder` is for the tapes of the sessions that run, and is the caller's to remove.
  FuzzBench(const JobData& data, JobOptions options, std::string folder);

  // In the order of `sessions`. An error is of the folder.
  harness::Result<std::vector<FuzzResult>> run(const std::vector<FuzzSession>& sessions,
                                               double timeout_seconds,
                                               const std::atomic<bool>& stop,
                                               const std::function<void(std::size_t)>& progress);
  int jobs() const { return options_.jobs; }

 private:
  bool is_known_somewhere(const golden::Difference& difference) const;

  const JobData& data_;
  JobOptions options_;
  std::string folder_;
  harness::MakeSubjects subjects_;
};

}  // namespace codex::cli

#endif  // CLI_FUZZ_BENCH_H_
