#include "cli/fuzz_run.h"

#include <algorithm>
#include <cstdio>
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

std::string one_decimal(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

}  // namespace

Transport transport_of_session(const FuzzOptions& options, std::uint64_t number) {
  if (options.transport == "exec") return Transport::kExec;
  if (options.transport == "app-server") return Transport::kAppServer;
  return number % 6 == 0 ? Transport::kExec : Transport::kAppServer;
}

FuzzSession FuzzRun::Numbered::session() const { return {name_of(number), made.base, made.draft}; }

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

std::vector<FuzzRun::Numbered> FuzzRun::make_batch(std::uint64_t first) {
  std::vector<Numbered> batch;
  for (std::uint64_t number = first; number < first + kLineages * kBatchOfLineage; ++number) {
    if (options_.runs && number >= *options_.runs) break;
    const std::uint64_t lineage = number % kLineages;
    if (!matrix::contains(options_.shard, "lineage " + std::to_string(lineage))) continue;
    const Transport transport = transport_of_session(options_, number);
    batch.push_back({number, transport,
                     harness::fuzz::make_session(material_, transport, options_.seed, number,
                                                 lineages_[lineage].kept)});
  }
  return batch;
}

FuzzSummary FuzzRun::run(const std::atomic<bool>& stop) {
  start_ = last_word_ = Clock::now();
  const Alarm alarm(stop_, stop, options_.seconds);
  for (std::uint64_t first = 0; !stop_; first += kLineages * kBatchOfLineage) {
    if (options_.runs && first >= *options_.runs) break;
    const std::vector<Numbered> batch = make_batch(first);
    std::vector<FuzzSession> sessions;
    for (const Numbered& each : batch) sessions.push_back(each.session());
    for (std::size_t i = 0; i < batch.size() && !options_.tapes.empty(); ++i) {
      const auto failed = replace_file(golden::disk(),
                                       options_.tapes + "/" + sessions[i].name + ".tape.jsonl",
                                       sessions[i].draft.text());
      if (failed) summary_.error = *failed;
    }
    if (summary_.error) break;
    run_batch(batch, sessions);
    if (summary_.error || !summary_.unavailable.empty()) break;
  }
  if (shown_) console_.err << "\r\x1b[K" << std::flush;
  summary_.seconds = seconds();
  summary_.digest = harness::sha256_hex(digests_);
  summary_.shapes = all_shapes_.size();
  summary_.interrupted = stop;
  return std::move(summary_);
}

void FuzzRun::run_batch(const std::vector<Numbered>& batch,
                        const std::vector<FuzzSession>& sessions) {
  const auto from = [](const auto& all, std::size_t begin, std::size_t end) {
    return std::vector(all.begin() + static_cast<std::ptrdiff_t>(begin),
                       all.begin() + static_cast<std::ptrdiff_t>(end));
  };
  for (std::size_t begin = 0; begin < batch.size() && !stop_;) {
    const std::size_t end = std::min(begin + at_once_, batch.size());
    auto results = bench_.run(from(sessions, begin, end), options_.job.timeout_seconds, stop_,
                              [&](std::size_t done) { say_progress(done); });
    if (!results) {
      summary_.error = results.error();
      return;
    }
    take_in(from(batch, begin, end), results.value());
    if (summary_.error || !summary_.unavailable.empty()) return;
    begin = end;
    at_once_ *= 2;
  }
}

void FuzzRun::take_in(const std::vector<Numbered>& batch, std::vector<FuzzResult>& results) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const FuzzResult& result = results[i];
    if (!result.ran) continue;
    ++done_;
    digests_ += result.tape_digest + '\n';
    if (!result.unavailable.empty()) summary_.unavailable = result.unavailable;
    FuzzTally& tally = summary_.tally[batch[i].transport];
    if (result.python == Outcome::kOffScript ||
        (result.cpp == Outcome::kOffScript && result.python == Outcome::kUnavailable)) {
      ++tally.off_script;
    } else {
      ++tally.compared;
      if (result.cpp == Outcome::kHang && result.python == Outcome::kHang) ++tally.hangs;
    }
    keep_new(batch[i], result);
    if (result.cause) ++tally.differing;
  }
  // What is long comes after what the next batch needs.
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (results[i].ran && results[i].cause) investigate(batch[i], results[i]);
    if (summary_.error) return;
  }
}

void FuzzRun::keep_new(const Numbered& session, const FuzzResult& result) {
  Lineage& lineage = lineages_[session.number % kLineages];
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

std::optional<FuzzResult> FuzzRun::confirmed(const Numbered& session) {
  FuzzSession one = session.session();
  FuzzSession other = one;
  other.name += "-again";
  auto results = bench_.run({one, other}, options_.confirm_timeout, stop_, [](std::size_t) {});
  if (!results) {
    summary_.error = results.error();
    return std::nullopt;
  }
  const FuzzResult& a = results.value()[0];
  const FuzzResult& b = results.value()[1];
  if (!a.ran || !b.ran || !a.cause || a.cause != b.cause) return std::nullopt;
  return a;
}

void FuzzRun::investigate(const Numbered& session, const FuzzResult& first) {
  const auto counted = [this](const std::string& id) {
    for (FuzzFinding& finding : summary_.findings) {
      if (finding.cause.id == id) ++finding.sessions;
    }
  };
  const auto known = raw_causes_.find(first.cause->id);
  if (known != raw_causes_.end()) return counted(known->second);
  std::size_t& looked_at = looked_at_[first.cause->id];
  const std::string words = first.cause->where + ": " + first.cause->what;
  if (looked_at >= kMostUnsteady || stop_) {
    ++summary_.unsteady[words];
    return;
  }
  ++looked_at;
  const std::optional<FuzzResult> again = confirmed(session);
  if (!again) {
    ++summary_.unsteady[words];
    return;
  }
  const auto same = raw_causes_.find(again->cause->id);
  if (same != raw_causes_.end()) return counted(same->second);
  minimize(session, first.cause->id, *again->cause);
}

void FuzzRun::minimize(const Numbered& session, const std::string& first_seen,
                       const FuzzCause& cause) {
  std::size_t asked = 0;
  FuzzResult last;
  const harness::fuzz::Oracle shows_it =
      [&](const std::vector<Draft>& candidates) -> std::optional<std::size_t> {
    std::vector<FuzzSession> sessions;
    for (const Draft& draft : candidates) {
      sessions.push_back({"m" + std::to_string(asked++), session.made.base, draft});
    }
    auto results = bench_.run(sessions, options_.job.timeout_seconds, stop_, [](std::size_t) {});
    if (!results) {
      summary_.error = results.error();
      return std::nullopt;
    }
    for (std::size_t i = 0; i < results->size(); ++i) {
      const FuzzResult& result = results.value()[i];
      if (result.ran && result.cause == cause) return i;
    }
    return std::nullopt;
  };
  harness::fuzz::MinimizeLimits limits;
  // After an interruption nothing holds any more, and what is there is kept as it is.
  limits.most_tries = options_.most_tries;
  limits.at_once = static_cast<std::size_t>(bench_.jobs());
  harness::fuzz::Minimized small = harness::fuzz::minimize(session.made.draft, shows_it, limits);
  FuzzFinding finding;
  finding.cause = cause;
  finding.session = session.number;
  finding.base = session.made.base;
  for (const std::string_view bend : session.made.bends) finding.bends.emplace_back(bend);
  finding.is_minimal = small.is_minimal && !stop_;
  // Slowly, for the words of the finding; several times, for it may be one that comes and goes.
  std::vector<FuzzSession> copies;
  for (std::size_t i = 0; i < kTimesSteady; ++i) {
    copies.push_back({"last" + std::to_string(i), session.made.base, small.draft});
  }
  const std::atomic<bool> never{false};
  auto results = bench_.run(copies, options_.confirm_timeout, never, [](std::size_t) {});
  if (!results) {
    summary_.error = results.error();
    return;
  }
  finding.is_steady = std::all_of(results->begin(), results->end(), [&](const FuzzResult& result) {
    return result.cause == cause;
  });
  if (finding.is_steady) {
    raw_causes_[first_seen] = raw_causes_[cause.id] = cause.id;
  } else {
    ++summary_.unsteady[cause.where + ": " + cause.what];
  }
  const auto shown = std::find_if(results->begin(), results->end(), [&](const FuzzResult& result) {
    return result.cause == cause;
  });
  if (shown == results->end()) return;
  finding.lines = small.draft.lines.size();
  write(std::move(finding), small.draft, *shown);
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
  if (failed) {
    summary_.error = *failed;
    return;
  }
  if (!finding.is_steady) return;
  say("finding " + finding.cause.id + ", " + std::to_string(finding.lines) + " lines: " +
      finding.cause.where + ": " + finding.cause.what);
  summary_.findings.push_back(std::move(finding));
}

void FuzzRun::say(const std::string& line) {
  if (shown_) console_.err << "\r\x1b[K";
  shown_ = false;
  console_.err << matrix::printable(line) << "\n" << std::flush;
}

void FuzzRun::say_progress(std::size_t of_batch) {
  const std::size_t done = done_ + of_batch;
  const bool terminal = !console_.quiet && console_.err_terminal();
  const double since = std::chrono::duration<double>(Clock::now() - last_word_).count();
  if (!terminal || since < 0.2) return;
  last_word_ = Clock::now();
  console_.err << "\r\x1b[K" << done << " sessions, " << one_decimal(static_cast<double>(done) / seconds())
               << "/s, " << summary_.findings.size() << " findings, " << all_shapes_.size()
               << " shapes" << std::flush;
  shown_ = true;
}

}  // namespace codex::cli
