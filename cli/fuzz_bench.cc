#include "cli/fuzz_bench.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
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
      subjects_(make_subjects(options_.subjects)) {}

// Exactly a known difference, whatever the session: bent tapes have names of their own, and an entry
// says lane, place and both values.
bool FuzzBench::is_known_somewhere(const golden::Difference& difference) const {
  const auto& entries = data_.known.entries();
  return std::any_of(entries.begin(), entries.end(), [&](const matrix::KnownDifference& entry) {
    return data_.known.find(entry.session, difference).has_value();
  });
}

harness::Result<std::vector<FuzzResult>> FuzzBench::run(
    const std::vector<FuzzSession>& sessions, double timeout_seconds, const std::atomic<bool>& stop,
    const std::function<void(std::size_t)>& progress) {
  std::vector<FuzzResult> results(sessions.size());
  std::vector<harness::Tape> tapes;
  std::map<std::string, std::size_t> index;
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    const std::string path = folder_ + "/" + sessions[i].name + ".tape.jsonl";
    const std::string text = sessions[i].draft.text();
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << text << std::flush;
    if (!out) return harness::Error{.message = "cannot be written", .file = path};
    auto tape = harness::parse_tape(text, path, folder_);
    if (!tape) return tape.error();
    results[i].tape_digest = tape->digest;
    index[tape->name] = i;
    tapes.push_back(std::move(tape.value()));
  }
  JobOptions options = options_;
  options.goldens.reset();
  options.timeout_seconds = timeout_seconds;
  JobResult done = run_job(tapes, data_, options, subjects_, stop, progress);
  for (const harness::Tape& tape : tapes) {
    std::error_code ignored;
    std::filesystem::remove(tape.path, ignored);
  }
  if (!done.errors.empty()) return done.errors.front();
  for (SessionOutcome& session : done.sessions) {
    const std::size_t i = index.at(session.report.session);
    FuzzResult& result = results[i];
    result.ran = true;
    result.cause = fuzz_cause(session.report, [&](const golden::Difference& difference) {
      return is_known_somewhere(difference);
    });
    result.cpp = outcome_of(session.report, true);
    result.python = outcome_of(session.report, false);
    for (const auto& [name, subject] : session.report.subjects) {
      if (subject.outcome == harness::Outcome::kUnavailable) result.unavailable = subject.reason;
    }
    const auto cpp = session.transcripts.find("cpp");
    if (cpp != session.transcripts.end()) result.shapes = shapes_of(cpp->second);
    result.report = std::move(session.report);
  }
  return results;
}

}  // namespace codex::cli
