#include "tests/mutations/mutation_bench.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "golden/json_text.h"
#include "golden/observability.h"
#include "golden/store.h"
#include "golden/transcript_file.h"
#include "harness/normalize/scope.h"
#include "harness/normalize/walk.h"
#include "harness/normalize/wire_ids.h"
#include "harness/subject/hosted_subject.h"
#include "harness/subject/outcome.h"
#include "matrix/report.h"
#include "tests/support/tape_edit.h"

namespace codex::test {
namespace {

namespace fs = std::filesystem;
using cli::SessionOutcome;
using harness::Observation;
using harness::Subject;
using harness::SubjectRun;
using harness::Tape;

constexpr const char* kWhole = "observation";
constexpr const char* kKeyOrder = "key order: told of spans alone";
constexpr const char* kRenamed = "member renamed";
constexpr const char* kNoRule = "nothing";

// A subject that shows what was recorded, or what was made of that.
class Recorded : public Subject {
 public:
  explicit Recorded(SubjectRun run) : run_(std::move(run)) {}
  harness::SubjectInfo info() override { return run_.info; }
  bool applies(const Tape&) const override { return true; }
  SubjectRun run(const Tape&, const harness::SubjectOptions&) override { return run_; }

 private:
  const SubjectRun run_;
};

// A subject that this only points to.
class Borrowed : public Subject {
 public:
  explicit Borrowed(Subject& subject) : subject_(subject) {}
  harness::SubjectInfo info() override { return subject_.info(); }
  bool applies(const Tape& tape) const override { return subject_.applies(tape); }
  SubjectRun run(const Tape& tape, const harness::SubjectOptions& options) override {
    return subject_.run(tape, options);
  }

 private:
  Subject& subject_;
};

// As its worker's lines bring them: each goes through JSON.
SubjectRun changed(SubjectRun run, const ObservationEdit& edit) {
  apply(edit, run.observations);
  for (Observation& each : run.observations) {
    const std::string line = json::dump(harness::to_json(each), json::kCompact);
    std::string why;
    if (!harness::from_json(json::parse(line).value(), each, why)) throw std::runtime_error(why);
  }
  if (run.outcome == harness::Outcome::kCompleted || run.outcome == harness::Outcome::kFailed) {
    const std::optional<harness::Outcome> told = harness::told_outcome(run);
    if (told) {
      run.outcome = *told;
    } else {
      harness::conclude(run, harness::Outcome::kCrash, "it ended without an outcome");
    }
  }
  return run;
}

std::string with_any_index(const std::string& pointer) {
  harness::Path path = harness::from_pointer(pointer);
  for (std::string& segment : path) {
    if (!segment.empty() &&
        std::all_of(segment.begin(), segment.end(), [](char c) { return c >= '0' && c <= '9'; })) {
      segment = "*";
    }
  }
  return harness::to_pointer(path);
}

// One is the other, or stands below it. Indices may differ: of two equal elements either is lost.
bool related(const std::string& a, const std::string& b) {
  const std::string x = with_any_index(a) + "/";
  const std::string y = with_any_index(b) + "/";
  return x.starts_with(y) || y.starts_with(x);
}

constexpr std::string_view kExport = "/export";

// Where in normalized observations a place of a raw one is: a span's exports stand beside each other.
std::vector<std::string> shown_places(const MutantResult& result) {
  std::vector<std::string> places = {"/data" + result.place};
  if (result.lane.starts_with("span/") && result.place.starts_with(kExport)) {
    const std::string below = result.place.substr(kExport.size());
    places = {"/data/start" + below, "/data/end" + below};
  }
  // Under the new name, where nobody observes the old one.
  if (result.kind == kRenamed) places.push_back(places.front() + "_");
  return places;
}

bool is_lane(const std::string& told, const std::string& lane) {
  if (lane == "span/run") return told.starts_with("span/");
  return told == lane;
}

std::string_view channel_of(const std::string& lane) {
  return std::string_view(lane).substr(0, lane.find('/'));
}

// Which member of the header is another; "/lines" where it is something else.
std::string changed_member(const std::string& before, const std::string& after) {
  const json::ParseResult was = json::parse(before.substr(0, before.find('\n')));
  const json::ParseResult now = json::parse(after.substr(0, after.find('\n')));
  if (now && now.value().is_object()) {
    for (const auto& [key, value] : *was.value().object()) {
      const json::Value* other = now.value().get(key);
      if (other == nullptr || *other != value) return harness::to_pointer({key});
    }
  }
  return "/lines";
}

std::string_view text(const json::Value& object, const char* key) {
  const json::Value* value = object.get(key);
  return value == nullptr ? std::string_view() : value->text();
}

}  // namespace

json::Value to_json(const MutantResult& result) {
  json::Object object{{"side", result.side},       {"session", result.session},
                      {"channel", result.channel}, {"lane", result.lane},
                      {"name", result.name},       {"place", result.place},
                      {"kind", result.kind},       {"verdict", result.verdict},
                      {"red", result.red},         {"told", result.told}};
  if (!result.hidden_by.empty()) object.append("hidden_by", result.hidden_by);
  return object;
}

std::string hidden_line(const MutantResult& result) {
  const bool anywhere = result.hidden_by == kKeyOrder;
  return json::dump(json::Object{{"rule", result.hidden_by},
                                 {"channel", result.channel},
                                 {"place", anywhere ? "*" : with_any_index(result.place)}},
                    json::kCompactUnicode);
}

MutationBench::MutationBench(const cli::JobData& data, std::vector<Tape> tapes, std::string goldens,
                             const Programs& programs)
    : data_(data),
      goldens_(std::move(goldens)),
      cpp_({.worker_path = programs.cpp_worker, .version = "mutations"}),
      edited_cpp_({.worker_path = folder_.path() + "/worker", .version = "mutations"}) {
  fs::create_symlink(programs.edited_cpp_worker, folder_.path() + "/worker");
  std::vector<std::shared_ptr<Subject>> hosts;
  for (const auto transport : {harness::Transport::kExec, harness::Transport::kAppServer}) {
    harness::HostOptions host;
    host.subject = cli::reference_subject(transport);
    host.transport = transport;
    host.worker_path = programs.py_worker;
    host.venv = programs.venv;
    host.peer_path = programs.peer;
    hosts.push_back(std::make_shared<harness::HostedSubject>(host));
  }
  const auto make = [&] {
    std::vector<std::shared_ptr<Subject>> subjects = {std::make_shared<harness::CppSubject>(
        harness::CppOptions{.worker_path = programs.cpp_worker, .version = "mutations"})};
    subjects.insert(subjects.end(), hosts.begin(), hosts.end());
    return subjects;
  };
  std::vector<std::vector<SubjectRun>> runs(tapes.size());
  std::mutex mutex;
  harness::RunOptions options;
  options.jobs = 2;
  harness::run_tapes(tapes, make, options,
                     [&](std::size_t index, const Tape&, std::vector<SubjectRun> shown) {
                       const std::lock_guard lock(mutex);
                       runs[index] = std::move(shown);
                     });
  for (std::size_t i = 0; i < tapes.size(); ++i) {
    Case one{std::move(tapes[i]), std::move(runs[i]), {}, {}};
    bool unreadable = false;
    std::string why;
    one.outcome = judge(one.tape, recorded(one, true, true), goldens_, unreadable, why);
    if (unreadable || one.runs.size() != 2 ||
        one.outcome.report.verdict() != golden::Verdict::kMatch) {
      left_out_.push_back(one.tape.name);
      continue;
    }
    one.golden_text = file_text(golden::Store(goldens_).path(one.tape.name).value());
    cases_.push_back(std::move(one));
  }
}

std::vector<std::shared_ptr<Subject>> MutationBench::recorded(const Case& one, bool cpp,
                                                              bool python) const {
  std::vector<std::shared_ptr<Subject>> subjects;
  for (const SubjectRun& run : one.runs) {
    if (run.info.name == "cpp" ? cpp : python) subjects.push_back(std::make_shared<Recorded>(run));
  }
  return subjects;
}

SessionOutcome MutationBench::judge(const Tape& tape,
                                    const std::vector<std::shared_ptr<Subject>>& subjects,
                                    const std::string& goldens, bool& unreadable,
                                    std::string& why) const {
  cli::JobOptions options;
  options.goldens = goldens;
  options.require_golden = true;
  const std::atomic<bool> stop = false;
  cli::JobResult result = cli::run_job({tape}, data_, options, [&] { return subjects; }, stop,
                                       [](std::size_t) {});
  unreadable = !result.errors.empty();
  if (unreadable) why = result.errors.front().text();
  return std::move(result.sessions.at(0));
}

std::map<std::string, std::vector<const MutationBench::Case*>> MutationBench::by_channel(
    bool cpp) const {
  std::map<std::string, std::vector<const Case*>> found;
  for (const Case& one : cases_) {
    const SubjectRun& run = one.runs[cpp ? 0 : 1];
    std::set<std::string> channels;
    for (const Observation& each : run.observations) channels.emplace(each.channel());
    for (const std::string& channel : channels) found[channel].push_back(&one);
  }
  return found;
}

std::vector<MutantResult> MutationBench::run(const std::string& side, std::size_t count,
                                             std::uint64_t seed) {
  std::vector<MutantResult> results;
  const bool cpp = side == "cpp";
  const bool of_run = cpp || side == "python";
  // Goldens are the client's transcripts.
  const auto channels = by_channel(cpp);
  std::uint64_t of_side = seed;
  for (const char c : side) of_side = of_side * 1000003 + static_cast<unsigned char>(c);
  std::uint64_t number = 0;
  for (auto channel = channels.begin(); results.size() < count; ++number) {
    Draw draw(of_side + number);
    if (!of_run && side != "golden") {
      if (auto result = draw_file(side, draw)) results.push_back(std::move(*result));
      continue;
    }
    const Case& one = *draw.one_of(channel->second);
    std::vector<Observation> observations;
    if (of_run) {
      observations = one.runs[cpp ? 0 : 1].observations;
    } else {
      const auto stored = golden::parse_transcript(one.golden_text, one.tape.name);
      for (const auto& line : stored.value().transcript.lines) {
        observations.push_back(line.observation);
      }
    }
    const auto drawn = draw_edit(observations, channel->first, draw);
    if (!drawn) continue;  // the same channel again
    results.push_back(of_run ? of_observation(one, *drawn, cpp) : of_golden(one, *drawn));
    results.back().side = side;
    if (++channel == channels.end()) channel = channels.begin();
  }
  return results;
}

MutantResult MutationBench::of_observation(const Case& one, const DrawnEdit& drawn, bool cpp) {
  std::vector<std::shared_ptr<Subject>> subjects = recorded(one, !cpp, cpp);
  if (cpp) {
    folder_.write("worker.edit", json::dump(json::Object{{"session", one.tape.name},
                                                         {"edit", to_json(drawn.edit)}},
                                            json::kCompact));
    subjects.insert(subjects.begin(), std::make_shared<Borrowed>(edited_cpp_));
  } else {
    subjects.push_back(std::make_shared<Recorded>(changed(one.runs[1], drawn.edit)));
  }
  bool unreadable = false;
  std::string why;
  const SessionOutcome outcome = judge(one.tape, subjects, goldens_, unreadable, why);

  MutantResult result;
  result.session = one.tape.name;
  result.channel = channel_of(drawn.lane);
  result.kind = drawn.kind;
  result.name = drawn.name;
  result.place = drawn.place;
  result.lane = drawn.lane;
  std::string lane = drawn.lane;
  harness::number_scope(harness::wire_identities(one.tape), lane);
  tell_place(outcome, lane, result);
  if (!result.red) {
    result.hidden_by = hiding_rule(one, outcome, one.runs[cpp ? 0 : 1].info.name, lane, drawn,
                                   result);
  }
  return result;
}

// Reads the report, as a user does.
void MutationBench::tell_place(const SessionOutcome& outcome, const std::string& lane,
                               MutantResult& result) {
  matrix::Report report;
  report.sessions.push_back(outcome.report);
  const json::Value built = matrix::build_report(report);
  const json::Value& session = built.get("sessions")->array()->at(0);
  result.verdict = text(session, "verdict");
  result.red = built.get("exit")->as_int64() == 1;
  const bool whole = result.place.empty();
  for (const json::Value& each : *session.get("differences")->array()) {
    if (!is_lane(std::string(text(each, "lane")), lane)) continue;
    const std::string path(text(each, "path"));
    if (path.empty()) {
      if (result.told.empty()) result.told = kWhole;
      continue;
    }
    if (whole) {
      // Of a swap, or of one that is taken for its neighbour.
      if (result.told.empty()) result.told = path;
      continue;
    }
    const std::vector<std::string> places = shown_places(result);
    if (std::any_of(places.begin(), places.end(),
                    [&](const std::string& place) { return related(path, place); })) {
      result.told = path;
      return;
    }
  }
}

std::string MutationBench::hiding_rule(const Case& one, const SessionOutcome& outcome,
                                       const std::string& subject, const std::string& lane,
                                       const DrawnEdit& drawn, const MutantResult& result) const {
  const harness::Transcript& now = outcome.transcripts.at(subject);
  const harness::Transcript& was = one.outcome.transcripts.at(subject);
  const bool spans = lane == "span/run";
  if (now.lines == was.lines) {
    const std::vector<std::string> places = shown_places(result);
    for (const harness::RuleUse& use : now.uses) {
      // An id that the subject makes is known by its place: another one there is the same.
      if (!is_lane(use.lane, lane)) continue;
      if (std::find(places.begin(), places.end(), use.path) != places.end()) return use.rule;
      // An unordered list hides what order its elements are in.
      if (drawn.kind == "elements swapped" && related(use.path, places.front())) return use.rule;
    }
    if (now.outcome != harness::Outcome::kCompleted && now.outcome != harness::Outcome::kFailed &&
        now.outcome != harness::Outcome::kHang) {
      return "what a client that was killed managed to say";
    }
    if (spans && drawn.place.starts_with("/task")) return "task of a span: tells siblings apart";
    if (spans && drawn.edit.act != ObservationEdit::Act::kSet) return "order of exports: a tree";
    return kNoRule;
  }
  if (drawn.kind == "members reordered" && !spans) return kKeyOrder;
  if (now.outcome == harness::Outcome::kHang && lane == harness::kOutcomeLane) {
    return "hang on both sides";
  }
  const json::Value* api = one.tape.driver.get("api");
  const std::string reference = cli::reference_subject(one.tape.transport);
  auto declared = data_.subjects.end();
  if (api != nullptr) declared = data_.subjects.find(reference + "/" + std::string(api->text()));
  if (declared == data_.subjects.end()) declared = data_.subjects.find(reference);
  if (subject != "cpp") return kNoRule;
  const golden::Observability& shown = declared->second;
  if (!shown.declares_lane(lane)) return "not observed: lane";
  if (!shown.shows(channel_of(lane), drawn.name)) return "not observed: observation";
  if (!shown.fields(channel_of(lane), drawn.name).empty()) return "not observed: field";
  return kNoRule;
}

MutantResult MutationBench::of_golden(const Case& one, const DrawnEdit& drawn) const {
  golden::StoredTranscript stored =
      golden::parse_transcript(one.golden_text, one.tape.name).value();
  std::vector<harness::TranscriptLine>& lines = stored.transcript.lines;
  std::vector<Observation> observations;
  for (const auto& line : lines) observations.push_back(line.observation);
  apply(drawn.edit, observations);
  std::vector<harness::TranscriptLine> fresh;
  for (std::size_t i = 0; i < observations.size(); ++i) {
    fresh.push_back({std::move(observations[i]), lines[std::min(i, lines.size() - 1)].origin});
  }
  lines = std::move(fresh);
  const TempFolder goldens;
  if (const auto error = golden::Store(goldens.path()).write(stored)) {
    throw std::runtime_error(error->text());
  }
  bool unreadable = false;
  std::string why;
  const SessionOutcome outcome =
      judge(one.tape, recorded(one, true, true), goldens.path(), unreadable, why);
  MutantResult result;
  result.session = one.tape.name;
  result.channel = channel_of(drawn.lane);
  result.kind = drawn.kind;
  result.lane = drawn.lane;
  result.name = drawn.name;
  result.place = drawn.place;
  tell_place(outcome, drawn.lane, result);
  if (unreadable) {
    result.verdict = "unreadable";
    result.red = true;
    result.told = why;
  } else if (!result.red) {
    const harness::TranscriptLine& line = stored.transcript.lines[drawn.edit.at];
    const json::Value* leaf =
        harness::resolve(line.observation.data, harness::from_pointer(drawn.place));
    std::string rule;
    const bool reordered = drawn.kind == "members reordered";
    if (reordered && channel_of(drawn.lane) != "span") {
      result.hidden_by = kKeyOrder;
    } else if (leaf != nullptr && data_.rules.is_mask(*leaf, &rule)) {
      result.hidden_by = rule;
    } else {
      result.hidden_by = kNoRule;
    }
  }
  return result;
}

// The golden's file is `text`.
MutantResult MutationBench::of_golden_text(const Case& one, const std::string& side,
                                           const std::string& golden,
                                           const ValueChange& change) const {
  const TempFolder goldens;
  const std::string path = golden::Store(goldens.path()).path(one.tape.name).value();
  goldens.write(path.substr(goldens.path().size() + 1), golden);
  bool unreadable = false;
  std::string why;
  const SessionOutcome outcome =
      judge(one.tape, recorded(one, true, true), goldens.path(), unreadable, why);
  MutantResult result;
  result.side = side;
  result.session = one.tape.name;
  result.channel = "file";
  result.kind = change.kind;
  result.place = change.place;
  tell_place(outcome, "", result);
  if (unreadable) {
    result.verdict = "unreadable";
    result.red = true;
    if (why.starts_with(path)) result.told = why.substr(goldens.path().size() + 1);
  } else if (!outcome.report.judgement.notes.empty()) {
    result.told = outcome.report.judgement.notes.front();
  } else if (result.red && !outcome.report.judgement.differences.empty()) {
    const golden::Difference& first = outcome.report.judgement.differences.front().difference;
    result.told = first.lane + first.path;
  }
  if (result.red) return result;
  result.hidden_by = change.place.starts_with("/packages") || change.place.starts_with("/subject")
                         ? "versions of packages: told, not compared"
                         : kNoRule;
  return result;
}

// The tape's file is `text`; cpp reads it, the client showed what it did.
MutantResult MutationBench::of_tape(const Case& one, const std::string& side,
                                    const std::string& text, const ValueChange& change) {
  MutantResult result;
  result.side = side;
  result.session = one.tape.name;
  result.channel = "file";
  result.kind = change.kind;
  result.place = change.place;
  const TempFolder tapes;
  const std::string suffix = one.tape.raw ? ".exec.jsonl" : ".tape.jsonl";
  const std::string path = tapes.write(one.tape.name + suffix, text);
  const auto tape = harness::read_tape(path, tapes.path());
  if (!tape) {
    result.verdict = "unreadable";
    result.red = true;
    const std::string told = tape.error().text();
    if (told.starts_with(path)) result.told = told.substr(tapes.path().size() + 1);
    return result;
  }
  std::vector<std::shared_ptr<Subject>> subjects = recorded(one, false, true);
  subjects.insert(subjects.begin(), std::make_shared<Borrowed>(cpp_));
  bool unreadable = false;
  std::string why;
  const SessionOutcome outcome = judge(tape.value(), subjects, goldens_, unreadable, why);
  tell_place(outcome, "", result);
  if (!outcome.report.judgement.notes.empty()) result.told = outcome.report.judgement.notes.front();
  if (!result.red) result.hidden_by = kNoRule;
  return result;
}

std::optional<MutantResult> MutationBench::draw_file(const std::string& side, Draw& draw) {
  const Case& one = draw.one_of(cases_);
  const std::string& golden = one.golden_text;
  if (side == "bytes") {
    std::string text = golden;
    const std::size_t at = draw.below(text.size());
    const auto byte = static_cast<unsigned char>(text[at]);
    text[at] = static_cast<char>(byte ^ (1U << draw.below(8)));
    return of_golden_text(one, side, text, {"one bit", "", changed_member(golden, text), nullptr});
  }
  if (side == "header") {
    const std::size_t end = golden.find('\n');
    json::Value header = json::parse(golden.substr(0, end)).value();
    const auto change = draw_change(header, draw);
    if (!change) return std::nullopt;
    *value_at(header, change->path) = change->value;
    return of_golden_text(one, side, golden::line_text(header) + golden.substr(end), *change);
  }
  std::istringstream file(file_text(one.tape.path));
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  const bool driver = side == "driver";
  if (lines.size() < 2 || (driver && one.tape.raw)) return std::nullopt;
  const std::size_t first = driver || one.tape.raw ? 0 : 1;  // after the header
  const std::size_t at = driver ? 0 : first + draw.below(lines.size() - first);
  const json::ParseResult parsed = json::parse(lines[at]);
  if (!parsed) return std::nullopt;
  json::Value value = parsed.value();
  json::Value* within = driver ? value_at(value, "/driver") : &value;
  if (within == nullptr) return std::nullopt;
  const auto change = draw_change(*within, draw);
  if (!change) return std::nullopt;
  *value_at(*within, change->path) = change->value;
  lines[at] = json::dump(value, json::kCompactUnicode);
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return of_tape(one, side, text, *change);
}

}  // namespace codex::test
