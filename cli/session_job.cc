#include "cli/session_job.h"

#include <chrono>
#include <ctime>
#include <filesystem>
#include <mutex>
#include <utility>

#include "cli/places.h"

#include "golden/transcript_file.h"
#include "harness/model/data_dir.h"
#include "harness/normalize/pattern.h"

namespace codex::cli {
namespace {

using harness::SubjectRun;
using harness::Tape;

std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", &parts);
  return text;
}

// One session's way from runs to its report.
class SessionJudge {
 public:
  SessionJudge(const JobData& data, const JobOptions& options) : data_(data), options_(options) {}

  SessionOutcome judge(const Tape& tape, std::vector<SubjectRun> runs,
                       std::vector<harness::Error>& errors) const {
    SessionOutcome out;
    out.report.session = tape.name;
    out.report.path = tape.path;
    std::map<std::string, std::string> packages;
    for (const SubjectRun& run : runs) {
      const std::string& name = run.info.name;
      if (name != "cpp" && !run.info.package.empty()) packages[run.info.package] = run.info.version;
      out.report.seconds += run.seconds;
      harness::Transcript& transcript = out.transcripts[name];
      transcript = data_.rules.normalize(tape, run);
      matrix::SubjectReport& report = out.report.subjects[name];
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
    if (options_.goldens) {
      auto read = golden::Store(*options_.goldens).read(tape.name);
      if (!read) {
        errors.push_back(read.error());
      } else {
        stored = std::move(read.value());
      }
    }
    if (stored) input.golden = &*stored;
    out.report.judgement = golden::judge(input);
    out.report.coverage = std::move(out.report.judgement.coverage);
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
};

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
    auto loaded = matrix::KnownDifferences::load(known_file, today());
    if (!loaded) return loaded.error();
    known = std::move(loaded.value());
  }
  return JobData{std::move(rules.value()), std::move(subjects.value()), std::move(known)};
}

SelectedTapes select_tapes(const JobOptions& options) {
  SelectedTapes out;
  const auto files = harness::find_tapes(options.paths);
  if (!files) {
    out.errors.push_back(files.error());
    return out;
  }
  for (const harness::TapeFile& file : *files.operator->()) {
    if (!options.session_glob.empty() &&
        !harness::matches_glob(options.session_glob, harness::session_name(file.path, file.root))) {
      continue;
    }
    auto tape = harness::read_tape(file.path, file.root);
    if (!tape) {
      out.errors.push_back(tape.error());
    } else {
      out.tapes.push_back(std::move(tape.value()));
    }
  }
  if (out.tapes.empty() && out.errors.empty()) {
    out.errors.push_back({"no session matches " + options.session_glob, "", 0,
                          "codex-telemetry-diff replay --help shows the patterns"});
  }
  return out;
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

JobResult run_job(const std::vector<harness::Tape>& tapes, const JobData& data,
                  const JobOptions& options, const std::atomic<bool>& stop,
                  const std::function<void(std::size_t)>& progress) {
  JobResult result;
  result.sessions.resize(tapes.size());
  std::vector<bool> done(tapes.size(), false);
  std::size_t count = 0;
  std::mutex mutex;
  const SessionJudge judge(data, options);
  harness::RunOptions run;
  run.jobs = options.jobs;
  run.subject.timeout_seconds = options.timeout_seconds;
  run.stop = &stop;
  harness::run_tapes(
      tapes, make_subjects(options.subjects), run,
      [&](std::size_t index, const Tape& tape, std::vector<SubjectRun> runs) {
        std::vector<harness::Error> errors;
        std::map<std::string, harness::SubjectInfo> infos;
        for (const SubjectRun& each : runs) infos[each.info.name] = each.info;
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
