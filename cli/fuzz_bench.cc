#include "cli/fuzz_bench.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <utility>

#include "golden/shape_recorder.h"
#include "harness/model/sha256.h"

namespace codex::cli {
namespace {

std::uint64_t hash_of(const std::string& text) {
  const std::string digits = harness::sha256_hex(text).substr(0, 16);
  std::uint64_t hash = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), hash, 16);
  return hash;
}

std::set<std::uint64_t> shapes_of(const harness::Transcript& transcript) {
  golden::ComparedShapes shapes;
  for (const harness::TranscriptLine& line : transcript.lines) {
    golden::ShapeRecorder recorder(line.observation.channel(), line.observation.name, false, shapes);
    recorder.member("data");
    recorder.leaves(line.observation.data, golden::ShapeRecorder::Fate::kCompared);
  }
  std::set<std::uint64_t> hashes;
  for (const auto& [shape, tally] : shapes.all) {
    hashes.insert(hash_of(shape.channel + '\n' + shape.name + '\n' + shape.path));
  }
  return hashes;
}

harness::Outcome outcome_of(const matrix::SessionReport& report, bool cpp) {
  for (const auto& [name, subject] : report.subjects) {
    if ((name == "cpp") == cpp) return subject.outcome;
  }
  return harness::Outcome::kUnavailable;
}

}  // namespace

FuzzBench::FuzzBench(const JobData& data, JobOptions options, std::string folder)
    : data_(data),
      options_(std::move(options)),
      folder_(std::move(folder)),
      make_subjects_(make_subjects(options_.subjects)) {
  for (int i = 0; i < std::max(options_.jobs, 1); ++i) threads_.emplace_back([this] { work(); });
}

FuzzBench::~FuzzBench() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void FuzzBench::submit(FuzzSession session, const Terms& terms, Done done) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.emplace(terms.turn, Task{std::move(session), terms, std::move(done)});
  }
  changed_.notify_one();
}

harness::Result<std::vector<FuzzResult>> FuzzBench::run(std::vector<FuzzSession> sessions,
                                                        const Terms& terms) {
  std::vector<FuzzResult> results(sessions.size());
  std::optional<harness::Error> error;
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t left = sessions.size();
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    submit(std::move(sessions[i]), terms, [&, i](harness::Result<FuzzResult> result) {
      const std::lock_guard lock(mutex);
      if (result) {
        results[i] = std::move(result.value());
      } else {
        error = result.error();
      }
      // Under the lock: who waits may be gone right after it.
      if (--left == 0) changed.notify_all();
    });
  }
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return left == 0; });
  if (error) return *error;
  return results;
}

void FuzzBench::work() {
  const Subjects subjects = make_subjects_();
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return over_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const Task task = std::move(waiting_.extract(waiting_.begin()).mapped());
    lock.unlock();
    task.done(run_one(task, subjects));
    lock.lock();
  }
}

// Exactly a known difference, whatever the session: bent tapes have names of their own, and an entry
// says lane, place and both values.
bool FuzzBench::is_known_somewhere(const golden::Difference& difference) const {
  const auto& entries = data_.known.entries();
  return std::any_of(entries.begin(), entries.end(), [&](const matrix::KnownDifference& entry) {
    return data_.known.find(entry.session, difference).has_value();
  });
}

harness::Result<FuzzResult> FuzzBench::run_one(const Task& task, const Subjects& subjects) const {
  static const std::atomic<bool> never{false};
  const std::atomic<bool>& stop = task.terms.stop == nullptr ? never : *task.terms.stop;
  FuzzResult result;
  if (stop) return result;
  const std::string path = folder_ + "/" + task.session.name + ".tape.jsonl";
  const std::string text = task.session.draft.text();
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text << std::flush;
  if (!out) return harness::Error{.message = "cannot be written", .file = path};
  auto tape = harness::parse_tape(text, path, folder_);
  if (!tape) return tape.error();
  result.tape_digest = tape->digest;
  JobOptions options = options_;
  options.goldens.reset();
  options.jobs = 1;
  options.timeout_seconds = task.terms.timeout_seconds;
  std::vector<harness::Tape> tapes;
  tapes.push_back(std::move(tape.value()));
  JobResult done = run_job(tapes, data_, options, [&] { return subjects; },
                           stop, [](std::size_t) {});
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  if (!done.errors.empty()) return done.errors.front();
  if (done.sessions.empty()) return result;
  SessionOutcome& session = done.sessions.front();
  result.ran = true;
  FuzzJudgement judgement = judge_fuzz(session.report, [&](const golden::Difference& difference) {
    return is_known_somewhere(difference);
  });
  result.script = judgement.script;
  result.cause = std::move(judgement.cause);
  result.cpp = outcome_of(session.report, true);
  result.python = outcome_of(session.report, false);
  for (const auto& [name, subject] : session.report.subjects) {
    if (subject.outcome == harness::Outcome::kUnavailable) result.unavailable = subject.reason;
  }
  const auto cpp = session.transcripts.find("cpp");
  if (cpp != session.transcripts.end()) result.shapes = shapes_of(cpp->second);
  result.report = std::move(session.report);
  return result;
}

}  // namespace codex::cli
