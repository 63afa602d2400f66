// What replay, golden and nightly have in common: tapes to runs to transcripts to judgements.
#ifndef CLI_SESSION_JOB_H_
#define CLI_SESSION_JOB_H_

#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/subjects.h"
#include "golden/store.h"
#include "golden/verdict.h"
#include "harness/normalize/normalize.h"
#include "harness/tape/tape.h"
#include "matrix/known_differences.h"
#include "matrix/report.h"

namespace codex::cli {

struct JobOptions {
  std::vector<std::string> paths;
  std::vector<std::string> session_globs;  // any of them; empty: all
  std::function<bool(const std::string& path)> only;  // further tapes are left out; empty: none
  SubjectChoice subjects;
  std::optional<std::string> goldens;  // folder; nothing: no goldens
  bool require_golden = false;
  bool want_coverage = false;  // SessionReport::coverage, for the matrix
  int jobs = 1;
  double timeout_seconds = 10;
  std::string transcripts;  // folder to write to, or empty
  bool want_digests = false;  // SessionReport::tape_digest, golden_digest
  bool want_sides = false;    // SessionReport::sides, of what differs
};

// One session, as it came out: the report's part, and the transcripts by subject, those of further
// environments by column.
struct SessionOutcome {
  matrix::SessionReport report;
  std::map<std::string, harness::Transcript> transcripts;
  golden::Provenance provenance;
};

// The data files that every job needs. Errors are for exit 2.
struct JobData {
  harness::RuleSet rules;
  golden::Subjects subjects;
  matrix::KnownDifferences known;
  static harness::Result<JobData> load();
};

// The tapes that `options` selects, read; all errors at once. Zero tapes is an error. A tape that
// none of the chosen subjects can run is not selected.
struct SelectedTapes {
  std::vector<harness::Tape> tapes;
  std::vector<harness::Error> errors;
};
SelectedTapes select_tapes(const JobOptions& options);
// Whether one of the patterns, or there is none, is of the session's name.
bool is_wanted(const std::vector<std::string>& globs, const std::string& session);

// Goldens of these tapes that cannot be read: told before anything runs.
std::vector<harness::Error> broken_goldens(const JobOptions& options,
                                           const std::vector<harness::Tape>& tapes);
// The folder that --golden names; the default one is looked for upwards.
std::string golden_folder(const std::string& given);
// Of a folder that was named and is not there: all would match, for want of goldens.
std::optional<harness::Error> missing_golden_folder(const std::string& given);

// `stop`: no further session is begun once it is true. `progress` is called after each session,
// on any thread, one at a time.
struct JobResult {
  std::vector<SessionOutcome> sessions;  // as the tapes
  std::map<std::string, harness::SubjectInfo> subjects;
  std::vector<matrix::Column> columns;  // of all that was asked for, whether a session needed it
  std::vector<harness::Error> errors;   // goldens that can't be read, transcripts not written
  bool interrupted = false;
};
JobResult run_job(const std::vector<harness::Tape>& tapes, const JobData& data,
                  const JobOptions& options, const std::atomic<bool>& stop,
                  const std::function<void(std::size_t done)>& progress);
// With these subjects, for a caller that has several jobs for the same workers.
JobResult run_job(const std::vector<harness::Tape>& tapes, const JobData& data,
                  const JobOptions& options, const harness::MakeSubjects& subjects,
                  const std::atomic<bool>& stop,
                  const std::function<void(std::size_t done)>& progress);

}  // namespace codex::cli

#endif  // CLI_SESSION_JOB_H_
