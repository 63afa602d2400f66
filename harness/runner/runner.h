// Runs many tapes through their subjects, some at a time.
#ifndef HARNESS_RUNNER_RUNNER_H_
#define HARNESS_RUNNER_RUNNER_H_

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "harness/subject/subject.h"
#include "harness/tape/tape.h"

namespace codex::harness {

// Gives the subjects that one job uses, in the order in which they run a tape. Called once per
// job, on its thread; subjects that are safe to share may be handed to several jobs.
using MakeSubjects = std::function<std::vector<std::shared_ptr<Subject>>()>;

struct RunOptions {
  int jobs = 1;
  SubjectOptions subject;
  // Once it is true no further session is begun, and those that run are over, without `done`.
  const std::atomic<bool>* stop = nullptr;
};

// Called on a job's thread when a tape's subjects are through; `index` is the tape's.
using SessionDone =
    std::function<void(std::size_t index, const Tape& tape, std::vector<SubjectRun> runs)>;

// Returns when all are done or `stop` held. Which job takes which tape is not repeatable; what
// `done` gets is.
void run_tapes(const std::vector<Tape>& tapes, const MakeSubjects& make_subjects,
               const RunOptions& options, const SessionDone& done);

}  // namespace codex::harness

#endif  // HARNESS_RUNNER_RUNNER_H_
