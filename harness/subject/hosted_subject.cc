#include "harness/subject/hosted_subject.h"

#include <utility>
#include <vector>

#include "harness/subject/environment.h"
#include "harness/subject/outcome.h"
#include "harness/subject/timeout.h"

namespace codex::harness {
namespace {

// A worker that dies while it starts may do better the next time, but not for ever.
constexpr int kMostFailedStarts = 3;
// A worker that was lost before the session had begun costs nothing but another start.
constexpr int kTries = 2;

}  // namespace

SubjectInfo HostedSubject::info() {
  return acquire(json::Object()).info;
}

std::string HostedSubject::unavailable_reason() {
  return acquire(json::Object()).reason;
}

bool HostedSubject::applies(const Tape& tape) const {
  return tape.transport == options_.transport;
}

SubjectRun HostedSubject::run(const Tape& tape, const SubjectOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  const json::Value* env = tape.driver.get("env");
  SubjectRun run;
  for (int tries = 0; tries < kTries; ++tries) {
    const Acquired acquired = acquire(env == nullptr ? json::Value(json::Object()) : *env);
    run = SubjectRun();
    run.info = acquired.info;
    run.environment = options_.environment;
    if (acquired.worker == nullptr) {
      conclude(run, Outcome::kUnavailable, acquired.reason);
      break;
    }
    HostedSession session(tape, *acquired.worker,
                          {.timeout = timeout_of(options),
                           .most_bytes = options_.most_bytes,
                           .stop = options.stop});
    session.run(options_.peer_path, run);
    if (!session.not_started()) break;
  }
  run.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return run;
}

HostedSubject::Acquired HostedSubject::acquire(const json::Value& env) {
  Acquired acquired;
  acquired.info.name = options_.subject;
  std::shared_ptr<HostWorker> worker;
  const std::string key = json::dump(env, json::kCompact);
  {
    const std::lock_guard lock(mutex_);
    Slot& slot = slots_[key];
    acquired.reason = slot.refusal;
    if (!slot.refusal.empty()) return acquired;
    const auto now = std::chrono::steady_clock::now();
    if (slot.worker == nullptr ||
        slot.worker->wait_started(now).state == HostWorker::State::kGone) {
      slot.worker = make_worker(env);
      ++slot.failed_starts;  // until it has not failed
    }
    worker = slot.worker;
  }
  const auto deadline = std::chrono::steady_clock::now() + options_.start_timeout;
  const HostWorker::Status status = worker->wait_started(deadline);
  const std::lock_guard lock(mutex_);
  Slot& slot = slots_[key];
  switch (status.state) {
    case HostWorker::State::kReady:
      slot.failed_starts = 0;
      acquired.info = status.info;
      acquired.info.name = options_.subject;
      acquired.worker = std::move(worker);
      break;
    case HostWorker::State::kStarting:
      slot.refusal = "the worker was not ready within " +
                     std::to_string(options_.start_timeout.count()) + " s";
      acquired.reason = slot.refusal;
      worker->stop();
      break;
    case HostWorker::State::kUnavailable:
      acquired.reason = slot.refusal = status.reason;
      break;
    case HostWorker::State::kGone:
      acquired.reason = slot.refusal;
      if (!slot.refusal.empty()) break;
      acquired.reason = status.was_ready ? "the worker was lost: " + status.reason
                                         : "the worker did not start: " + status.reason;
      if (slot.failed_starts >= kMostFailedStarts) slot.refusal = acquired.reason;
      break;
  }
  return acquired;
}

std::shared_ptr<HostWorker> HostedSubject::make_worker(const json::Value& env) const {
  std::vector<std::string> argv = {options_.worker_path, "--subject", options_.subject, "--venv",
                                   options_.venv};
  if (!options_.adapter_dir.empty()) {
    argv.insert(argv.end(), {"--adapters", options_.adapter_dir});
  }
  return std::make_shared<HostWorker>(std::move(argv), worker_environment(env));
}

}  // namespace codex::harness
