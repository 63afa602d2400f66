// A Python client from PyPI as a subject: hosted by a worker, with our peer in place of codex.
#ifndef HARNESS_SUBJECT_HOSTED_SUBJECT_H_
#define HARNESS_SUBJECT_HOSTED_SUBJECT_H_

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "harness/subject/host_worker.h"
#include "harness/subject/hosted_session.h"
#include "harness/subject/subject.h"

namespace codex::harness {

struct HostOptions {
  std::string subject;      // agents, codex-sdk
  Transport transport = Transport::kExec;  // the tapes that it can be driven by
  std::string worker_path;  // codex-telemetry-py-worker
  std::string venv;         // the environment with the client
  std::string adapter_dir;  // empty: the worker knows
  std::string peer_path;    // codex-telemetry-peer
  std::size_t environment = 0;  // which of a job's environments `venv` is; told in each run
  // Importing a client takes seconds, and is no part of any session.
  std::chrono::seconds start_timeout{60};
  std::size_t most_bytes = SessionLimits{}.most_bytes;
};

// Thread-safe: several sessions may run at once, each in a process of its own. Clients read
// switches when they are imported, so each distinct `env` of a driver has a worker of its own; it
// is started when it is first needed, and again when it has died.
//
// A run takes as long as something comes; with nothing coming for `timeout_seconds` it is over.
class HostedSubject : public Subject {
 public:
  explicit HostedSubject(HostOptions options) : options_(std::move(options)) {}

  // Starts the worker of the empty `env`. Package and version are empty where it can't.
  SubjectInfo info() override;
  // Tapes of its transport.
  bool applies(const Tape& tape) const override;
  SubjectRun run(const Tape& tape, const SubjectOptions& options) override;
  // The same question as run() asks first: why it can't run, empty if it can.
  std::string unavailable_reason();

 private:
  struct Slot {
    std::shared_ptr<HostWorker> worker;
    int failed_starts = 0;
    std::string refusal;  // final: no worker is tried any more
  };
  struct Acquired {
    std::shared_ptr<HostWorker> worker;  // null: there is none
    SubjectInfo info;
    std::string reason;
  };

  Acquired acquire(const json::Value& env);
  std::shared_ptr<HostWorker> make_worker(const json::Value& env) const;

  const HostOptions options_;
  std::mutex mutex_;
  std::map<std::string, Slot> slots_;  // by `env`
};

}  // namespace codex::harness

#endif  // HARNESS_SUBJECT_HOSTED_SUBJECT_H_
