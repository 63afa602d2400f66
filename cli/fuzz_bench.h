// Where generated sessions are run: drafts in, what both sides make of them out. Its threads and
// workers live as long as it does; none waits for another.
#ifndef CLI_FUZZ_BENCH_H_
#define CLI_FUZZ_BENCH_H_

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "cli/fuzz_cause.h"
#include "cli/session_job.h"
#include "harness/fuzz/draft.h"
#include "harness/model/result.h"

namespace codex::cli {

struct FuzzSession {
  std::string name;  // of the file, unique among those that are run at once
  harness::fuzz::Draft draft;
};

struct FuzzResult {
  bool ran = false;  // false: it was interrupted
  FuzzScript script = FuzzScript::kKept;
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

// Any thread may call any of it.
class FuzzBench {
 public:
  // How a session is run.
  struct Terms {
    double timeout_seconds = 10;
    const std::atomic<bool>* stop = nullptr;  // once it is true, what has not ended is not run
    std::uint64_t turn = 0;                   // where several wait, the lowest is next
  };
  // On a thread of the bench; what it does delays other sessions. An error is of the folder.
  using Done = std::function<void(harness::Result<FuzzResult>)>;

  // `folder` is for the tapes of the sessions that run, and is the caller's to remove.
  FuzzBench(const JobData& data, JobOptions options, std::string folder);
  // Waits for all that was submitted.
  ~FuzzBench();
  FuzzBench(const FuzzBench&) = delete;
  FuzzBench& operator=(const FuzzBench&) = delete;

  // `done` is called once, whatever comes.
  void submit(FuzzSession session, const Terms& terms, Done done);
  // Several, waited for; results in their order. Never on a thread of the bench.
  harness::Result<std::vector<FuzzResult>> run(std::vector<FuzzSession> sessions,
                                               const Terms& terms);
  int jobs() const { return options_.jobs; }

 private:
  struct Task {
    FuzzSession session;
    Terms terms;
    Done done;
  };
  using Subjects = std::vector<std::shared_ptr<harness::Subject>>;

  void work();
  harness::Result<FuzzResult> run_one(const Task& task, const Subjects& subjects) const;
  bool is_known_somewhere(const golden::Difference& difference) const;

  const JobData& data_;
  const JobOptions options_;
  const std::string folder_;
  const harness::MakeSubjects make_subjects_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::multimap<std::uint64_t, Task> waiting_;  // by turn
  bool over_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace codex::cli

#endif  // CLI_FUZZ_BENCH_H_
