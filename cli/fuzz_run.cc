#include "cli/fuzz_run.h"

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <thread>
#include <utility>

#include "cli/night_files.h"
#include "golden/files.h"
#include "harness/fuzz/minimize.h"
#include "harness/model/sha256.h"
#include "matrix/difference_text.h"
#include "matrix/printable.h"
#include "matrix/shell_word.h"

namespace codex::cli {
namespace {

using harness::Outcome;
using harness::Transport;
using harness::fuzz::Draft;

constexpr std::size_t kMostKept = 40;      // of a lineage
constexpr std::size_t kMostUnsteady = 3;   // sessions of one cause that are looked into
constexpr std::size_t kTimesSteady = 6;    // that the smallest tape has to show it, at once
constexpr std::size_t kMostShown = 20;     // differences in a finding's text
constexpr std::size_t kLongestValue = 400;
constexpr std::size_t kInvestigators = 4;  // causes that are looked into at once
constexpr std::size_t kMostCandidates = 8;  // of the minimizer, at once; most are for nothing
// Of what a finding needs; that of a session is its number and one more.
constexpr std::uint64_t kFirstTurn = 0;

// Sets `stop` when the time is over or somebody else says so; ends with its own life.
class Alarm {
 public:
  Alarm(std::atomic<bool>& stop, const std::atomic<bool>& outer, std::optional<double> seconds)
      : thread_([this, &stop, &outer, seconds] {
          const auto start = std::chrono::steady_clock::now();
          while (!over_) {
            const double passed =
                std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
            if (outer || (seconds && passed >= *seconds)) stop = true;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
          }
        }) {}
  ~Alarm() {
    over_ = true;
    thread_.join();
  }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

 private:
  std::atomic<bool> over_{false};
  std::thread thread_;
};

std::string name_of(std::uint64_t number) {
  std::string digits = std::to_string(number);
  return "s" + std::string(digits.size() < 7 ? 7 - digits.size() : 0, '0') + digits;
}

}  // namespace

Transport transport_of_session(const FuzzOptions& options, std::uint64_t number) {
  if (options.transport == "exec") return Transport::kExec;
  if (options.transport == "app-server") return Transport::kAppServer;
  return number % 6 == 0 ? Transport::kExec : Transport::kAppServer;
}

FuzzSession FuzzRun::Numbered::session() const { return {name_of(number), made.draft}; }

FuzzRun::FuzzRun(const FuzzOptions& options, const JobData& data,
                 const harness::fuzz::Material& material, const std::string& folder,
                 const Console& console)
    : options_(options),
      material_(material),
      console_(console),
      bench_(data, options.job, folder) {}

double FuzzRun::seconds() const {
  return std::chrono::duration<double>(Clock::now() - start_).count();
}

FuzzSummary FuzzRun::run(const std::atomic<bool>& stop) {
  start_ = Clock::now();
  progress_.emplace(console_, "sessions", 0);
  {
    const Alarm alarm(stop_, stop, options_.seconds);
    for (std::uint64_t lineage = 0; lineage < kLineages; ++lineage) {
      if (matrix::contains(options_.shard, "lineage " + std::to_string(lineage))) {
        begin_batch(lineage);
      }
    }
    while (running_ > 0 || investigations_ > 0) {
      std::unique_lock lock(mutex_);
      posted_.wait(lock, [this] { return !inbox_.empty(); });
      const std::function<void()> what = std::move(inbox_.front());
      inbox_.pop_front();
      lock.unlock();
      what();
    }
    for (std::thread& thread : investigators_) thread.join();
  }
  progress_.reset();
  // Of a cause that somebody had, and that was not steady in the end.
  for (const auto& [id, suspect] : suspects_) {
    const std::size_t left = suspect.finding.empty() ? 0 : std::exchange(uncounted_[suspect.finding], 0);
    if (left > 0) summary_.unsteady[suspect.words] += left;
  }
  std::string digests;
  for (const auto& [number, digest] : digests_) digests += digest + '\n';
  summary_.seconds = seconds();
  summary_.digest = harness::sha256_hex(digests);
  summary_.shapes = all_shapes_.size();
  summary_.interrupted = stop;
  return std::move(summary_);
}

void FuzzRun::post(std::function<void()> what) {
  const std::lock_guard lock(mutex_);
  inbox_.push_back(std::move(what));
  posted_.notify_one();
}

void FuzzRun::fail(const harness::Error& error) {
  if (!summary_.error) summary_.error = error;
  stop_ = true;
}

// ---- sessions ----

void FuzzRun::begin_batch(std::uint64_t number) {
  if (stop_) return;
  Lineage& lineage = lineages_[number];
  const std::uint64_t first = lineage.batch++ * kLineages * kBatchOfLineage;
  lineage.sessions.clear();
  for (std::uint64_t i = 0; i < kBatchOfLineage; ++i) {
    const std::uint64_t session = first + i * kLineages + number;
    if (options_.runs && session >= *options_.runs) break;
    const Transport transport = transport_of_session(options_, session);
    lineage.sessions.push_back(
        {session, transport,
         harness::fuzz::make_session(material_, transport, options_.seed, session, lineage.kept)});
  }
  lineage.results.assign(lineage.sessions.size(), {});
  lineage.left = lineage.sessions.size();
  for (std::size_t i = 0; i < lineage.sessions.size(); ++i) {
    const Numbered& each = lineage.sessions[i];
    FuzzSession session = each.session();
    if (!options_.tapes.empty()) {
      const auto failed = replace_file(golden::disk(),
                                       options_.tapes + "/" + session.name + ".tape.jsonl",
                                       session.draft.text());
      if (failed) fail(*failed);
    }
    ++running_;
    bench_.submit(std::move(session),
                  {.timeout_seconds = options_.job.timeout_seconds,
                   .stop = &stop_,
                   .turn = kFirstTurn + 1 + each.number},
                  [this, number, i](harness::Result<FuzzResult> result) {
                    post([this, number, i, result = std::move(result)]() mutable {
                      take_in(number, i, std::move(result));
                    });
                  });
  }
}

void FuzzRun::take_in(std::uint64_t number, std::size_t index,
                      harness::Result<FuzzResult> result) {
  --running_;
  Lineage& lineage = lineages_[number];
  const Numbered& session = lineage.sessions[index];
  if (!result) return fail(result.error());
  lineage.results[index] = std::move(result.value());
  const FuzzResult& what = lineage.results[index];
  if (!what.ran) return;
  digests_[session.number] = what.tape_digest;
  if (!what.unavailable.empty()) {
    summary_.unavailable = what.unavailable;
    stop_ = true;
  }
  FuzzTally& tally = summary_.tally[session.transport];
  if (what.script != FuzzScript::kKept) {
    ++tally.off_script;
    if (what.script == FuzzScript::kLeftAlone) ++tally.client_alone;
  } else {
    ++tally.compared;
    if (what.cpp == Outcome::kHang && what.python == Outcome::kHang) ++tally.hangs;
  }
  if (what.cause) {
    ++tally.differing;
    suspect(session, *what.cause);
  }
  if (--lineage.left == 0) {
    for (std::size_t i = 0; i < lineage.sessions.size(); ++i) {
      keep_new(lineage, lineage.sessions[i], lineage.results[i]);
    }
    begin_batch(number);
  }
  say_progress();
}

void FuzzRun::keep_new(Lineage& lineage, const Numbered& session, const FuzzResult& result) {
  bool is_new = false;
  for (const std::uint64_t shape : result.shapes) {
    is_new = lineage.seen.insert(shape).second || is_new;
    all_shapes_.insert(shape);
  }
  // A hang costs its time-out every time. What the client does is not asked: its timing may vary.
  if (!is_new || result.cpp == Outcome::kHang || result.cpp == Outcome::kOffScript) return;
  lineage.kept.push_back({session.made.base, session.made.draft});
  if (lineage.kept.size() > kMostKept) lineage.kept.erase(lineage.kept.begin());
  ++summary_.kept;
}

// ---- what differs ----

void FuzzRun::suspect(const Numbered& session, const FuzzCause& cause) {
  Suspect& suspect = suspects_[cause.id];
  suspect.words = cause.where + ": " + cause.what;
  if (!suspect.finding.empty()) return count(suspect.finding);
  suspect.waiting.push_back(session);
  look_into_suspects();
}

void FuzzRun::look_into_suspects() {
  for (auto& [id, suspect] : suspects_) {
    if (suspect.busy || suspect.waiting.empty()) continue;
    if (suspect.looked_at >= kMostUnsteady || stop_) {
      summary_.unsteady[suspect.words] += suspect.waiting.size();
      suspect.waiting.clear();
      continue;
    }
    if (investigations_ >= kInvestigators) continue;
    ++investigations_;
    ++suspect.looked_at;
    suspect.busy = true;
    investigators_.emplace_back(
        [this, id = id, session = std::move(suspect.waiting.front())] {
          Investigated found = investigate(session);
          post([this, id, found = std::move(found)]() mutable { conclude(id, std::move(found)); });
        });
    suspect.waiting.pop_front();
  }
}

void FuzzRun::conclude(const std::string& id, Investigated found) {
  --investigations_;
  Suspect& suspect = suspects_[id];
  suspect.busy = false;
  if (found.error) fail(*found.error);
  if (found.is_elsewhere || (found.finding && found.finding->is_steady)) {
    suspect.finding = found.cause;
    if (found.is_elsewhere) count(found.cause);
    for (std::size_t i = 0; i < suspect.waiting.size(); ++i) count(found.cause);
    suspect.waiting.clear();
  } else {
    ++summary_.unsteady[found.words.empty() ? suspect.words : found.words];
  }
  if (found.finding) write(std::move(*found.finding), found.draft, found.shown);
  look_into_suspects();
}

// One more session of that finding's.
void FuzzRun::count(const std::string& id) {
  for (FuzzFinding& finding : summary_.findings) {
    if (finding.cause.id != id) continue;
    ++finding.sessions;
    return;
  }
  ++uncounted_[id];
}

FuzzRun::Investigated FuzzRun::investigate(const Numbered& session) {
  Investigated found;
  FuzzSession one = session.session();
  one.name += "-once";
  FuzzSession other = session.session();
  other.name += "-again";
  auto results = bench_.run({std::move(one), std::move(other)},
                            {options_.confirm_timeout, &stop_, kFirstTurn});
  if (!results) {
    found.error = results.error();
    return found;
  }
  const FuzzResult& a = results.value()[0];
  const FuzzResult& b = results.value()[1];
  if (!a.ran || !b.ran || !a.cause || a.cause != b.cause) return found;
  found.cause = a.cause->id;
  found.words = a.cause->where + ": " + a.cause->what;
  {
    const std::lock_guard lock(mutex_);
    found.is_elsewhere = !claimed_.insert(found.cause).second;
    if (found.is_elsewhere) return found;
  }
  minimize(session, *a.cause, found);
  if (found.finding && found.finding->is_steady) return found;
  // Another session may show it every time.
  const std::lock_guard lock(mutex_);
  claimed_.erase(found.cause);
  return found;
}

void FuzzRun::minimize(const Numbered& session, const FuzzCause& cause, Investigated& found) {
  const std::string name = "m" + cause.id + "-";
  std::size_t asked = 0;
  bool failed = false;
  const auto run = [&](const std::vector<Draft>& drafts, double patience,
                       const std::atomic<bool>* stop) {
    std::vector<FuzzSession> sessions;
    for (const Draft& draft : drafts) sessions.push_back({name + std::to_string(asked++), draft});
    auto results = bench_.run(std::move(sessions), {patience, stop, kFirstTurn});
    if (results) return std::move(results.value());
    found.error = results.error();
    failed = true;
    return std::vector<FuzzResult>();
  };
  const auto shows_it = [&](const FuzzResult& result) {
    return result.ran && result.cause == cause;
  };
  const harness::fuzz::Oracle oracle =
      [&](const std::vector<Draft>& candidates) -> std::optional<std::size_t> {
    const auto results = run(candidates, options_.job.timeout_seconds, &stop_);
    const auto first = std::find_if(results.begin(), results.end(), shows_it);
    if (first == results.end()) return std::nullopt;
    return static_cast<std::size_t>(first - results.begin());
  };
  harness::fuzz::MinimizeLimits limits;
  // After an interruption nothing holds any more, and what is there is kept as it is.
  limits.most_tries = options_.most_tries;
  limits.at_once = std::min(static_cast<std::size_t>(bench_.jobs()), kMostCandidates);
  harness::fuzz::Minimized small = harness::fuzz::minimize(session.made.draft, oracle, limits);
  FuzzFinding finding;
  finding.cause = cause;
  finding.session = session.number;
  finding.base = session.made.base;
  for (const std::string_view bend : session.made.bends) finding.bends.emplace_back(bend);
  finding.is_minimal = small.is_minimal && !stop_;
  finding.lines = small.draft.lines.size();
  // Slowly, for the words of the finding; several times, for it may be one that comes and goes.
  const auto results =
      run(std::vector(kTimesSteady, small.draft), options_.confirm_timeout, nullptr);
  if (failed) return;
  finding.is_steady = std::all_of(results.begin(), results.end(), shows_it);
  const auto shown = std::find_if(results.begin(), results.end(), shows_it);
  if (shown == results.end()) return;
  found.finding = std::move(finding);
  found.draft = std::move(small.draft);
  found.shown = *shown;
}

void FuzzRun::write(FuzzFinding finding, const Draft& draft, const FuzzResult& result) {
  const std::string folder = options_.output + (finding.is_steady ? "" : "/unsteady");
  finding.file = folder + "/" + finding.cause.id + ".tape.jsonl";
  std::string text = finding.cause.where + "\n  " + finding.cause.what + "\n\n";
  text += "codex-telemetry-diff replay " + matrix::shell_word(finding.file) + " --no-golden\n\n";
  text += "session " + std::to_string(finding.session) + " of seed " +
          std::to_string(options_.seed) + ", bent from " + finding.base + " by";
  for (const std::string& bend : finding.bends) text += " " + bend;
  text += "\n" + std::string(finding.is_minimal ? "minimal" : "not minimal: it was not tried to its end") + "\n";
  if (!finding.is_steady) text += "it comes and goes: a matter of the client's timing, or of ours\n";
  for (const auto& [name, subject] : result.report.subjects) {
    text += name + ": " + harness::outcome_name(subject.outcome);
    if (!subject.reason.empty()) text += ", " + matrix::printable(subject.reason);
    text += "\n";
  }
  std::size_t shown = 0;
  for (const golden::JudgedDifference& each : result.report.judgement.differences) {
    if (shown++ == kMostShown) {
      text += "…\n";
      break;
    }
    const matrix::DifferenceText words = matrix::describe(each, kLongestValue);
    text += each.difference.lane + " " + words.place + "\n  Python " + words.expected +
            "\n  C++    " + words.actual + "\n";
  }
  golden::Files& files = golden::disk();
  golden::Status failed = files.make_folders(folder);
  if (!failed) failed = replace_file(files, finding.file, draft.text(finding.cause.where));
  if (!failed) {
    failed = replace_file(files, folder + "/" + finding.cause.id + ".txt", text);
  }
  if (failed) return fail(*failed);
  if (!finding.is_steady) return;
  progress_->clear();
  console_.err << matrix::printable("finding " + finding.cause.id + ", " +
                                    std::to_string(finding.lines) + " lines: " +
                                    finding.cause.where + ": " + finding.cause.what)
               << "\n"
               << std::flush;
  finding.sessions += std::exchange(uncounted_[finding.cause.id], 0);
  summary_.findings.push_back(std::move(finding));
}

void FuzzRun::say_progress() {
  std::size_t done = 0;
  for (const auto& [transport, tally] : summary_.tally) done += tally.compared + tally.off_script;
  progress_->show(done, {matrix::counted(summary_.findings.size(), "finding", "findings"),
                         matrix::counted(all_shapes_.size(), "shape", "shapes")});
}

}  // namespace codex::cli
