#include "harness/subject/cpp_subject.h"

#include <poll.h>

#include <utility>

#include "harness/subject/environment.h"
#include "harness/subject/outcome.h"
#include "harness/subject/timeout.h"

namespace codex::harness {
namespace {

constexpr const char* kPackage = "codex-telemetry-diff";
// From the end of its socket to the end of its process.
constexpr int kLeaveTimeoutMs = 1000;
constexpr int kWriteTimeoutMs = 2000;

// The folder that the session's name is relative to: the worker gives the tape the same name.
std::string root_of(const Tape& tape) {
  const std::size_t name = tape.path.rfind(tape.name);
  return name == std::string::npos || name == 0 ? std::string() : tape.path.substr(0, name - 1);
}

}  // namespace

SubjectInfo CppSubject::info() {
  return {.name = "cpp", .package = kPackage, .version = options_.version};
}

bool CppSubject::applies(const Tape&) const { return true; }

SubjectRun CppSubject::run(const Tape& tape, const SubjectOptions& options) {
  const Clock::time_point begin = Clock::now();
  SubjectRun run;
  run.info = info();
  if (const auto error = ensure_worker()) {
    conclude(run, Outcome::kUnavailable, error->text());
  } else {
    converse(tape, timeout_of(options), options.stop, run);
  }
  run.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  return run;
}

std::optional<Error> CppSubject::ensure_worker() {
  if (worker_ && !worker_->wait(0)) return std::nullopt;
  lose_worker();
  auto [ours, theirs] = socket_pair();
  if (!ours || !set_nonblocking(ours.get())) {
    return Error{.message = "no socket could be made for it", .file = options_.worker_path};
  }
  Result<Process> process = Process::spawn({.argv = {options_.worker_path},
                                            .environment = worker_environment({}),
                                            .socket = theirs.get()});
  if (!process) return process.error();
  worker_ = std::move(process.value());
  socket_ = std::move(ours);
  lines_ = LineReader(socket_.get());
  return std::nullopt;
}

void CppSubject::lose_worker() {
  if (worker_) worker_->kill_group();
  worker_.reset();
  socket_.reset();
}

void CppSubject::converse(const Tape& tape, std::chrono::nanoseconds timeout,
                          const std::atomic<bool>* stop, SubjectRun& run) {
  json::Object names;
  names.append("path", tape.path);
  names.append("root", root_of(tape));
  names.append("timeout_ms", std::chrono::ceil<std::chrono::milliseconds>(timeout).count());
  json::Object request;
  request.append("run", std::move(names));
  // A worker that does not take it has died or is stuck: what follows finds out which.
  write_line(socket_.get(), json::Value(std::move(request)), kWriteTimeoutMs);

  Clock::time_point progress = Clock::now();
  std::size_t bytes = 0;
  for (;;) {
    while (const std::optional<std::string> line = lines_.next()) {
      progress = Clock::now();
      bytes += line->size();
      if (bytes > options_.most_bytes) {
        conclude(run, Outcome::kHang,
                 "it has sent more than " + std::to_string(options_.most_bytes) +
                     " bytes of observations and goes on");
        return lose_worker();
      }
      if (!hear(*line, run)) return;
    }
    pollfd waiting{socket_.get(), POLLIN, 0};
    const int time = poll_time(progress + timeout - Clock::now(), stop);
    if (is_stopped(stop)) {
      conclude(run, Outcome::kCrash, "it was interrupted");
      return lose_worker();
    }
    if (::poll(&waiting, 1, time) > 0) {
      if (lines_.fill()) continue;
      const std::optional<ProcessExit> exit = worker_->wait(kLeaveTimeoutMs);
      conclude(run, Outcome::kCrash,
               "the worker " + (exit ? exit->text() : "has closed its socket"));
      return lose_worker();
    }
    if (Clock::now() < progress + timeout) continue;
    conclude(run, Outcome::kHang, "the worker has said nothing for " + seconds_text(timeout));
    return lose_worker();
  }
}

// Whether the session goes on.
bool CppSubject::hear(const std::string& line, SubjectRun& run) {
  json::ParseResult parsed = json::parse(line);
  const auto crash = [&](const std::string& reason) {
    conclude(run, Outcome::kCrash, reason);
    lose_worker();
    return false;
  };
  if (!parsed) return crash("the worker sent a line that is no JSON");
  const json::Value& said = parsed.value();
  if (const json::Value* error = said.get("error")) {
    conclude(run, Outcome::kCrash, std::string(error->text()));
    return false;
  }
  if (said.get("end") != nullptr) {
    if (const json::Value* extra = said.get("extra")) run.extra = *extra;
    if (json::Object* extra = run.extra.object()) {
      if (const json::Value* reason = extra->find("reason")) run.reason = reason->text();
      extra->erase("reason");
    }
    const std::optional<Outcome> told = told_outcome(run);
    if (!told) return crash("the worker ended the session without an outcome");
    run.outcome = *told;
    return false;
  }
  Observation observation;
  std::string why;
  if (!from_json(said, observation, why)) {
    return crash("the worker sent what is no observation: " + why);
  }
  run.observations.push_back(std::move(observation));
  return true;
}

}  // namespace codex::harness
