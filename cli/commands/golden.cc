#include <CLI/CLI.hpp>

#include <cstdlib>
#include <memory>
#include <ostream>

#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/interrupt.h"
#include "cli/job_options.h"
#include "cli/places.h"
#include "cli/progress.h"
#include "cli/session_job.h"
#include "golden/json_text.h"
#include "golden/policy.h"
#include "golden/store.h"
#include "matrix/report.h"

namespace codex::cli {
namespace {

struct Golden {
  JobOptions job;
  std::string folder = kDefaultGoldens;
};

std::string plain(const std::string& text) {
  const std::string quoted = golden::shown(json::Value(text));
  return quoted.substr(1, quoted.size() - 2);
}

// Runs the reference clients over the selected tapes. Nothing: said on the console already.
std::optional<JobResult> reference_runs(Golden& options, const JobData& data,
                                        const std::vector<harness::Tape>& tapes,
                                        const Console& console) {
  handle_interrupts();
  Progress progress(console, tapes.size());
  JobResult result = run_job(tapes, data, options.job, interrupted(),
                             [&](std::size_t done) { progress.show(done); });
  progress.clear();
  for (const harness::Error& error : result.errors) console.error(error);
  if (!result.errors.empty()) return std::nullopt;
  return result;
}

int list(const Golden& options, const Console& console) {
  const std::string folder = golden_folder(options.folder);
  const golden::Store store(folder);
  const auto sessions = store.list();
  if (!sessions) {
    console.error(sessions.error());
    return kUsage;
  }
  int status = kParity;
  for (const std::string& session : sessions.value()) {
    const auto golden = store.read(session);
    if (!golden) {
      console.error(golden.error());
      status = kUsage;
      continue;
    }
    if (!golden.value()) continue;
    const harness::Transcript& transcript = golden.value()->transcript;
    console.out << plain(session) << "  " << transcript.lines.size() << " observations, "
                << harness::outcome_name(transcript.outcome) << ", "
                << plain(transcript.subject.package) << ' ' << plain(transcript.subject.version)
                << '\n';
  }
  if (sessions.value().empty()) {
    console.error("no golden in " + folder + ": record some with codex-telemetry-diff golden update");
    return kUsage;
  }
  return status;
}

// A golden is kept from a run that ended by itself: a crash, an off-script or a missing client
// says nothing about the client's telemetry.
bool keepable(const harness::Transcript& transcript) {
  return transcript.outcome == harness::Outcome::kCompleted ||
         transcript.outcome == harness::Outcome::kFailed ||
         transcript.outcome == harness::Outcome::kHang;
}

struct Written {
  std::size_t added = 0, changed = 0, unchanged = 0, refused = 0, failed = 0;
};

void keep(golden::Store& store, const SessionOutcome& session, const harness::Transcript& transcript,
          Written& written, const Console& console) {
  const golden::StoredTranscript fresh{session.provenance, transcript};
  const auto old = store.read(transcript.session);
  const bool had = !old || old.value();
  if (old && old.value() &&
      golden::print_transcript(*old.value()) == golden::print_transcript(fresh)) {
    ++written.unchanged;
    return;
  }
  if (const golden::Status status = store.write(fresh)) {
    console.error(*status);
    ++written.failed;
    return;
  }
  ++(had ? written.changed : written.added);
  console.out << (had ? "changed  " : "added    ") << plain(transcript.session) << "  "
              << transcript.lines.size() << " observations, "
              << harness::outcome_name(transcript.outcome) << '\n';
}

int update(Golden& options, const Console& console) {
  const char* ci = std::getenv("CI");
  const std::optional<std::string_view> value =
      ci == nullptr ? std::nullopt : std::optional<std::string_view>(ci);
  if (const auto refusal = golden::write_refusal(value, "codex-telemetry-diff golden update")) {
    console.error(*refusal);
    return kUsage;
  }
  const auto data = JobData::load();
  if (!data) {
    console.error(data.error());
    return kUsage;
  }
  const SelectedTapes selected = select_tapes(options.job);
  for (const harness::Error& error : selected.errors) console.error(error);
  if (!selected.errors.empty()) return kUsage;
  options.job.subjects.names = {"agents"};
  const auto result = reference_runs(options, data.value(), selected.tapes, console);
  if (!result) return kUsage;

  golden::Store store(golden_folder(options.folder));
  Written written;
  bool unavailable = false;
  for (const SessionOutcome& session : result->sessions) {
    for (const auto& [name, transcript] : session.transcripts) {
      if (keepable(transcript)) {
        keep(store, session, transcript, written, console);
        continue;
      }
      unavailable = unavailable || transcript.outcome == harness::Outcome::kUnavailable;
      ++written.refused;
      console.error(session.report.path + ": no golden from " + name + ", outcome " +
                    harness::outcome_name(transcript.outcome) + ": " +
                    session.report.subjects.at(name).reason);
    }
  }
  console.out << written.added << " added, " << written.changed << " changed, "
              << written.unchanged << " unchanged, " << written.refused << " without a golden, in "
              << store.root() << '\n';
  if (result->interrupted) return kInterrupted;
  if (written.failed != 0) return kUsage;
  if (unavailable) return kUnavailable;
  return written.refused == 0 ? kParity : kDifferences;
}

// The goldens against today's clients; goldens that no tape has are told too.
int check(Golden& options, const Console& console) {
  const auto data = JobData::load();
  if (!data) {
    console.error(data.error());
    return kUsage;
  }
  const SelectedTapes selected = select_tapes(options.job);
  for (const harness::Error& error : selected.errors) console.error(error);
  if (!selected.errors.empty()) return kUsage;
  options.job.goldens = golden_folder(options.folder);
  options.job.require_golden = true;
  const std::vector<harness::Error> broken = broken_goldens(options.job, selected.tapes);
  for (const harness::Error& error : broken) console.error(error);
  if (!broken.empty()) return kUsage;
  options.job.subjects.names = {"agents"};
  const auto result = reference_runs(options, data.value(), selected.tapes, console);
  if (!result) return kUsage;
  matrix::Report report;
  report.subjects = result->subjects;
  for (const SessionOutcome& session : result->sessions) report.sessions.push_back(session.report);
  if (result->interrupted) report.exit = kInterrupted;
  matrix::TextOptions text;
  text.color = console.out_color();
  console.out << matrix::render_text(report, text);
  int status = matrix::exit_code(report);
  options.job.subjects.names.clear();
  if (covers_corpus(options.job)) {
    std::set<std::string> names;
    for (const harness::Tape& tape : selected.tapes) names.insert(tape.name);
    const auto orphans = golden::Store(*options.job.goldens).orphans(names);
    if (orphans) {
      for (const std::string& session : orphans.value()) {
        console.error("golden of " + session + ": there is no such tape any more; remove the file");
        if (status == kParity) status = kDifferences;
      }
    }
  }
  return status;
}

}  // namespace

void add_golden(CLI::App& app, Context& context) {
  auto options = std::make_shared<Golden>();
  CLI::App* command = app.add_subcommand("golden", "List, record or check the accepted transcripts");
  command->footer(
      "Goldens come from the real Python clients, never from this project's own output.\n"
      "Example: codex-telemetry-diff golden update --session 'odd/*'");
  command->require_subcommand(1);
  const auto add = [&](const char* name, const char* about, bool runs,
                       int (*action)(Golden&, const Console&)) {
    CLI::App* sub = command->add_subcommand(name, about);
    sub->footer(std::string("Example: codex-telemetry-diff golden ") + name +
                (runs ? " harness/sessions" : ""));
    sub->add_option("--golden", options->folder, "Folder of goldens")->capture_default_str();
    if (runs) add_job_options(*sub, options->job);
    sub->callback(
        [options, &context, action] { context.status = action(*options, context.console); });
  };
  add("list", "What goldens there are", false,
      [](Golden& o, const Console& c) { return list(o, c); });
  add("update", "Record goldens from the Python clients; never under CI", true, update);
  add("check", "Do the Python clients still show what the goldens hold?", true, check);
}

}  // namespace codex::cli
