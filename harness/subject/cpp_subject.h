// This project's own telemetry as a subject, in a worker process of its own: it reads the tape and
// its driver and nothing else, and what it does wrong costs one session.
#ifndef HARNESS_SUBJECT_CPP_SUBJECT_H_
#define HARNESS_SUBJECT_CPP_SUBJECT_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "harness/model/result.h"
#include "harness/subject/fd.h"
#include "harness/subject/fd_json.h"
#include "harness/subject/process.h"
#include "harness/subject/subject.h"

namespace codex::harness {

struct CppOptions {
  std::string worker_path;  // codex-telemetry-cpp-worker
  std::string version;      // of this project
  // More than this in observations is a hang: whoever sends it does not come back either.
  std::size_t most_bytes = std::size_t{256} << 20;
};

// One object per thread. Its worker is started by the first run, serves the runs after it, and is
// started again where it has died, or had to be killed.
class CppSubject : public Subject {
 public:
  explicit CppSubject(CppOptions options) : options_(std::move(options)) {}

  SubjectInfo info() override;
  // Any tape.
  bool applies(const Tape& tape) const override;
  // The worker reads the tape again, from tape.path.
  SubjectRun run(const Tape& tape, const SubjectOptions& options) override;

 private:
  using Clock = std::chrono::steady_clock;

  std::optional<Error> ensure_worker();
  void converse(const Tape& tape, std::chrono::nanoseconds timeout, const std::atomic<bool>* stop,
                SubjectRun& run);
  bool hear(const std::string& line, SubjectRun& run);
  void lose_worker();

  const CppOptions options_;
  std::optional<Process> worker_;
  Fd socket_;
  LineReader lines_{-1};
};

}  // namespace codex::harness

#endif  // HARNESS_SUBJECT_CPP_SUBJECT_H_
