#include "cli/session_job.h"

#include <chrono>
#include <filesystem>
#include <iterator>
#include <mutex>
#include <set>
#include <utility>

#include "cli/clock.h"
#include "cli/places.h"

#include "golden/transcript_file.h"
#include "harness/model/data_dir.h"
#include "harness/model/sha256.h"

namespace codex::cli {
namespace {

using harness::SubjectRun;
using harness::Tape;

// One session's way from runs to its report.
class SessionJudge {
 public:
  SessionJudge(const JobData& data, const JobOptions& options,
               const std::vector<std::vector<matrix::Column>>& further)
      : data_(data), options_(options), further_(further) {}

  SessionOutcome judge(const Tape& tape, std::vector<SubjectRun> runs,
                       std::vector<harness::Error>& errors) const {
    SessionOutcome out;
    out.report.session = tape.name;
    out.report.path = tape.path;
    std::map<std::string, std::string> packages;
    for (const SubjectRun& run : runs) {
      const std::string name = column_of(run);
      if (run.environment == 0 && name != "cpp" && !run.info.package.empty()) packages[run.info.package] = run.info.version;
      out.report.seconds += run.seconds;
      harness::Transcript& transcript = out.transcripts[name];
      transcript = data_.rules.normalize(tape, run);
      matrix::SubjectReport& report = run.environment == 0 ? out.report.subjects[name]
                                                           : out.report.further[name].subject;
      report.outcome = run.outcome;
      report.observations = transcript.lines.size();
      report.reason = run.reason;
      report.scrubbed = transcript.scrubbed;
      report.extra = run.extra;
    }
    out.provenance = golden::provenance_of(tape, data_.rules.version(), packages);
    decide(tape, out, errors);
    write_transcripts(out, errors);
    return out;
  }

 private:
  // The name of the subject, or of its column in a further environment.
  std::string column_of(const SubjectRun& run) const {
    if (run.environment == 0) return run.info.name;
    for (const matrix::Column& column : further_.at(run.environment - 1)) {
      if (column.subject == run.info.name) return column.name;
    }
    return run.info.name;
  }

  golden::SubjectSide side(const SessionOutcome& out, const std::string& name) const {
    if (!selected(options_.subjects, name)) return golden::SubjectSide::not_selected();
    const auto transcript = out.transcripts.find(name);
    if (transcript == out.transcripts.end()) {
      return golden::SubjectSide::unavailable(name, "no subject of that name can run such a tape");
    }
    if (transcript->second.outcome == harness::Outcome::kUnavailable) {
      return golden::SubjectSide::unavailable(name, out.report.subjects.at(name).reason);
    }
    return golden::SubjectSide::ran(transcript->second);
  }

  // An api of the client that shows less has an entry of its own.
  golden::Observability observability(const Tape& tape, const std::string& subject) const {
    const json::Value* api = tape.driver.get("api");
    auto declared = data_.subjects.end();
    if (api != nullptr) declared = data_.subjects.find(subject + "/" + std::string(api->text()));
    if (declared == data_.subjects.end()) declared = data_.subjects.find(subject);
    return declared == data_.subjects.end() ? golden::Observability() : declared->second;
  }

  void decide(const Tape& tape, SessionOutcome& out, std::vector<harness::Error>& errors) const {
    golden::SessionInput input;
    input.session = tape.name;
    input.reference = reference_subject(tape.transport);
    input.cpp = side(out, "cpp");
    input.python = side(out, input.reference);
    input.today = out.provenance;
    input.observability = observability(tape, input.reference);
    input.is_mask = [this](const json::Value& value, std::string* rule) {
      return data_.rules.is_mask(value, rule);
    };
    input.known = &data_.known;
    input.require_golden = options_.require_golden;
    input.want_coverage = options_.want_coverage;
    std::optional<golden::StoredTranscript> stored;
    std::string unreadable;
    if (options_.goldens) {
      auto read = golden::Store(*options_.goldens).read(tape.name);
      if (!read) {
        unreadable = read.error().text();
        errors.push_back(read.error());
        input.require_golden = false;  // there is one
      } else {
        stored = std::move(read.value());
      }
    }
    if (stored) input.golden = &*stored;
    out.report.judgement = golden::judge(input);
    out.report.coverage = std::move(out.report.judgement.coverage);
    const json::Value* env = tape.driver.get("env");
    if (env != nullptr) {
      for (auto& [column, coverage] : out.report.coverage) golden::add_switches(*env, coverage);
    }
    if (!unreadable.empty()) tell_unreadable(unreadable, out.report.judgement);
    if (options_.want_digests) {
      out.report.tape_digest = tape.digest;
      if (stored) out.report.golden_digest = harness::sha256_hex(golden::print_transcript(*stored));
    }
    for (auto& [column, report] : out.report.further) {
      report.judgement = judge_further(column, input, out);
      report.coverage = std::move(report.judgement.coverage[column]);
      report.judgement.coverage.clear();
      if (env != nullptr && options_.want_coverage) golden::add_switches(*env, report.coverage);
    }
    if (options_.want_sides) {
      out.report.sides = sides_of(out, stored ? &stored->transcript : nullptr, input);
    }
  }

  // Of each pair of transcripts that has a difference; less of a further environment's, of which
  // there may be many.
  static std::vector<golden::LaneSides> sides_of(const SessionOutcome& out,
                                                 const harness::Transcript* stored,
                                                 const golden::SessionInput& input) {
    std::set<std::pair<std::string, std::string>> pairs;
    for (const golden::JudgedDifference* each : out.report.all_differences()) {
      pairs.emplace(each->subject, each->against);
    }
    golden::SideLimits fewer;
    fewer.most_rows = 40;
    fewer.most_bytes = std::size_t{16} << 10;
    std::vector<golden::LaneSides> all;
    for (const auto& [column, against] : pairs) {
      const auto actual = out.transcripts.find(column);
      const auto other = out.transcripts.find(against);
      const harness::Transcript* reference =
          other != out.transcripts.end() ? &other->second : against == "golden" ? stored : nullptr;
      if (actual == out.transcripts.end() || reference == nullptr) continue;
      const bool further = out.report.further.contains(column);
      // Of one client twice nothing is excused (golden::judge).
      const bool one_client = actual->second.subject.name == reference->subject.name;
      std::vector<golden::LaneSides> lanes =
          golden::side_by_side(actual->second, *reference,
                               one_client ? golden::Observability() : input.observability,
                               input.is_mask,
                               column, against, further ? fewer : golden::SideLimits{});
      std::move(lanes.begin(), lanes.end(), std::back_inserter(all));
    }
    return all;
  }

  static void tell_unreadable(const std::string& why, golden::Judgement& judgement) {
    judgement.causes.erase(golden::Verdict::kMatch);
    judgement.causes.insert(golden::Verdict::kGoldenMissing);
    judgement.verdict = *judgement.causes.rbegin();
    judgement.notes.push_back("the golden cannot be read: " + why);
  }

  // Against the golden; without one against the same client of the first environment.
  golden::Judgement judge_further(const std::string& column, golden::SessionInput input,
                                  const SessionOutcome& out) const {
    input.cpp = golden::SubjectSide::not_selected();
    const harness::Transcript& transcript = out.transcripts.at(column);
    const bool ran = transcript.outcome != harness::Outcome::kUnavailable;
    input.python =
        ran ? golden::SubjectSide::ran(transcript)
            : golden::SubjectSide::unavailable(column, out.report.further.at(column).subject.reason);
    input.python.name = column;
    input.require_golden = false;
    golden::StoredTranscript first;
    const bool has_golden = input.golden != nullptr;
    if (!has_golden) {
      const auto found = out.transcripts.find(input.reference);
      if (found != out.transcripts.end() &&
          found->second.outcome != harness::Outcome::kUnavailable) {
        first = {out.provenance, found->second};
        input.golden = &first;
      }
    }
    golden::Judgement judgement;
    if (ran && input.golden == nullptr) {
      judgement.verdict = golden::Verdict::kUnavailable;
      judgement.notes.push_back(column + " has nothing to be compared with: no golden, and " +
                                input.reference + " did not run");
      judgement.causes = {judgement.verdict};
      return judgement;
    }
    judgement = golden::judge(input);
    if (!has_golden) {
      for (golden::JudgedDifference& each : judgement.differences) each.against = input.reference;
    }
    return judgement;
  }

  void write_transcripts(const SessionOutcome& out, std::vector<harness::Error>& errors) const {
    if (options_.transcripts.empty()) return;
    for (const auto& [name, transcript] : out.transcripts) {
      const std::string path =
          options_.transcripts + "/" + out.report.session + "." + name + ".jsonl";
      const std::string folder = std::filesystem::path(path).parent_path().string();
      golden::Files& files = golden::disk();
      golden::Status status = files.make_folders(folder);
      if (!status) status = files.remove(path);
      if (!status) {
        status = files.write_new(path, golden::print_transcript({out.provenance, transcript}));
      }
      if (status) errors.push_back(*status);
    }
  }

  const JobData& data_;
  const JobOptions& options_;
  const std::vector<std::vector<matrix::Column>>& further_;
};

std::vector<matrix::Column> all_columns(const SubjectChoice& choice,
                                        const std::vector<std::vector<matrix::Column>>& further) {
  std::vector<matrix::Column> columns;
  for (const std::string& name : subject_names()) {
    if (!selected(choice, name)) continue;
    matrix::Column column{.name = name, .subject = name, .package = "", .version = "",
                          .further = false, .unavailable = ""};
    if (name == "cpp") {
      const harness::SubjectInfo info = cpp_info();
      column.package = info.package;
      column.version = info.version;
    } else {
      column.package = package_of(name);
      column.version = installed_version(choice.venv, column.package).value_or("none");
    }
    columns.push_back(std::move(column));
  }
  for (const auto& environment : further) {
    columns.insert(columns.end(), environment.begin(), environment.end());
  }
  return columns;
}

}  // namespace

harness::Result<JobData> JobData::load() {
  auto rules = harness::RuleSet::load(harness::data_file("harness/data/rules.json"));
  if (!rules) return rules.error();
  auto subjects = golden::load_subjects(harness::data_file("harness/data/subjects.json"));
  if (!subjects) return subjects.error();
  matrix::KnownDifferences known;
  const std::string known_file = nearest(kKnownDifferences);
  std::error_code error;
  if (std::filesystem::exists(known_file, error)) {
    auto loaded = matrix::KnownDifferences::load(known_file, utc_today());
    if (!loaded) return loaded.error();
    known = std::move(loaded.value());
  }
  return JobData{std::move(rules.value()), std::move(subjects.value()), std::move(known)};
}

std::vector<harness::Error> broken_goldens(const JobOptions& options,
                                           const std::vector<harness::Tape>& tapes) {
  std::vector<harness::Error> errors;
  if (!options.goldens) return errors;
  const golden::Store store(*options.goldens);
  for (const harness::Tape& tape : tapes) {
    const auto read = store.read(tape.name);
    if (!read) errors.push_back(read.error());
  }
  return errors;
}

std::string golden_folder(const std::string& given) {
  return given == kDefaultGoldens ? nearest(given) : given;
}

std::optional<harness::Error> missing_golden_folder(const std::string& given) {
  std::error_code error;
  if (given == kDefaultGoldens || std::filesystem::is_directory(given, error)) return std::nullopt;
  return harness::Error{.message = "there is no such folder of goldens",
                        .file = given,
                        .hint = "codex-telemetry-diff golden update --golden makes one"};
}

JobResult run_job(const std::vector<harness::Tape>& tapes, const JobData& data,
                  const JobOptions& options, const std::atomic<bool>& stop,
                  const std::function<void(std::size_t)>& progress) {
  return run_job(tapes, data, options, make_subjects(options.subjects), stop, progress);
}

JobResult run_job(const std::vector<harness::Tape>& tapes, const JobData& data,
                  const JobOptions& options, const harness::MakeSubjects& subjects,
                  const std::atomic<bool>& stop,
                  const std::function<void(std::size_t)>& progress) {
  JobResult result;
  result.sessions.resize(tapes.size());
  std::vector<bool> done(tapes.size(), false);
  std::size_t count = 0;
  std::mutex mutex;
  const std::vector<std::vector<matrix::Column>> further = further_columns(options.subjects);
  result.columns = all_columns(options.subjects, further);
  const SessionJudge judge(data, options, further);
  harness::RunOptions run;
  run.jobs = options.jobs;
  run.subject.timeout_seconds = options.timeout_seconds;
  run.stop = &stop;
  harness::run_tapes(
      tapes, subjects, run,
      [&](std::size_t index, const Tape& tape, std::vector<SubjectRun> runs) {
        std::vector<harness::Error> errors;
        std::map<std::string, harness::SubjectInfo> infos;
        for (const SubjectRun& each : runs) {
          if (each.environment == 0) infos[each.info.name] = each.info;
        }
        SessionOutcome outcome = judge.judge(tape, std::move(runs), errors);
        const std::lock_guard lock(mutex);
        result.sessions[index] = std::move(outcome);
        done[index] = true;
        // A subject that could not run in one session may still say who it is in another.
        for (auto& [name, info] : infos) {
          auto& known = result.subjects[name];
          if (known.version.empty()) known = info;
        }
        result.errors.insert(result.errors.end(), errors.begin(), errors.end());
        progress(++count);
      });
  result.interrupted = count < tapes.size();
  if (result.interrupted) {
    std::vector<SessionOutcome> kept;
    for (std::size_t i = 0; i < tapes.size(); ++i) {
      if (done[i]) kept.push_back(std::move(result.sessions[i]));
    }
    result.sessions = std::move(kept);
  }
  return result;
}

}  // namespace codex::cli
