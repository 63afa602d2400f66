#include <CLI/CLI.hpp>

#include <memory>
#include <ostream>
#include <set>

#include "cli/commands/commands.h"
#include "cli/commands/golden.h"
#include "cli/exit_codes.h"
#include "cli/golden_job.h"
#include "cli/job_options.h"
#include "cli/session_job.h"
#include "golden/store.h"
#include "matrix/invocation.h"
#include "matrix/report.h"

namespace codex::cli {
namespace {

int list(const GoldenOptions& options, const Console& console) {
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
    const matrix::Invocation called = invocation_of(options.job, options.folder, console);
    console.error("no golden in " + folder + ": record some with " +
                  matrix::CommandLine(called, "golden update").option("--golden", called.golden).text());
    return kUsage;
  }
  return status;
}

struct Written {
  std::size_t added = 0, changed = 0, unchanged = 0, failed = 0;
};

// What waited for review is decided with it.
void keep(golden::Store& store, const SessionOutcome& session, const harness::Transcript& transcript,
          Written& written, const Console& console) {
  const golden::StoredTranscript fresh{session.provenance, transcript};
  const auto old = store.read(transcript.session);
  const bool had = !old || old.value();
  if (old && old.value() &&
      golden::print_transcript(*old.value()) == golden::print_transcript(fresh)) {
    ++written.unchanged;
    store.reject(transcript.session);
    return;
  }
  golden::Status status = store.write(fresh);
  if (!status) status = store.reject(transcript.session);
  if (status) {
    console.error(*status);
    ++written.failed;
    return;
  }
  ++(had ? written.changed : written.added);
  console.out << (had ? "changed  " : "added    ") << plain(transcript.session) << "  "
              << transcript.lines.size() << " observations, "
              << harness::outcome_name(transcript.outcome) << '\n';
}

int update(GoldenOptions& options, const Console& console) {
  if (!may_write("update", console)) return kUsage;
  const auto data = JobData::load();
  if (!data) {
    console.error(data.error());
    return kUsage;
  }
  const SelectedTapes selected = select_tapes(options.job);
  for (const harness::Error& error : selected.errors) console.error(error);
  if (!selected.errors.empty()) return kUsage;
  if (!choose_references(options, console)) return kUsage;
  const auto result = reference_runs(options, data.value(), selected.tapes, console);
  if (!result) return kUsage;

  golden::Store store(golden_folder(options.folder));
  Written written;
  const Refused refused = for_each_keepable(
      *result, console, [&](const SessionOutcome& session, const harness::Transcript& transcript) {
        keep(store, session, transcript, written, console);
      });
  console.out << written.added << " added, " << written.changed << " changed, "
              << written.unchanged << " unchanged, " << refused.count << " without a golden, in "
              << store.root() << '\n';
  if (result->interrupted) return kInterrupted;
  if (written.failed != 0) return kUsage;
  if (refused.unavailable) return kUnavailable;
  return refused.count == 0 ? kParity : kDifferences;
}

// The goldens against today's clients; goldens that no tape has are told too.
int check(GoldenOptions& options, const Console& console) {
  const auto data = JobData::load();
  if (!data) {
    console.error(data.error());
    return kUsage;
  }
  const SelectedTapes selected = select_tapes(options.job);
  for (const harness::Error& error : selected.errors) console.error(error);
  if (!selected.errors.empty()) return kUsage;
  if (const auto missing = missing_golden_folder(options.folder)) {
    console.error(*missing);
    return kUsage;
  }
  options.job.goldens = golden_folder(options.folder);
  options.job.require_golden = true;
  const std::vector<harness::Error> broken = broken_goldens(options.job, selected.tapes);
  for (const harness::Error& error : broken) console.error(error);
  if (!broken.empty()) return kUsage;
  const bool whole_corpus = covers_corpus(options.job);
  matrix::Report report;
  report.invocation = invocation_of(options.job, options.folder, console);
  if (!choose_references(options, console)) return kUsage;
  const auto result = reference_runs(options, data.value(), selected.tapes, console);
  if (!result) return kUsage;
  report.subjects = result->subjects;
  for (const SessionOutcome& session : result->sessions) report.sessions.push_back(session.report);
  if (result->interrupted) report.exit = kInterrupted;
  matrix::TextOptions text;
  text.color = console.out_color();
  console.out << matrix::render_text(report, text);
  int status = matrix::exit_code(report);
  if (whole_corpus) {
    std::set<std::string> names;
    for (const harness::Tape& tape : selected.tapes) names.insert(tape.name);
    const auto orphans = golden::Store(*options.job.goldens).orphans(names);
    if (orphans) {
      for (const std::string& session : orphans.value()) {
        matrix::CommandLine prune(report.invocation, "golden prune");
        console.error("golden of " + session + ": there is no such tape any more; `" +
                      prune.option("--golden", report.invocation.golden).text() + "` removes it");
        if (status == kParity) status = kDifferences;
      }
    }
  }
  return status;
}

}  // namespace

void add_golden(CLI::App& app, Context& context) {
  auto options = std::make_shared<GoldenOptions>();
  CLI::App* command = app.add_subcommand("golden", "List, record or check the accepted transcripts");
  command->footer(
      "Goldens come from the real Python clients, never from this project's own output.\n"
      "Example: codex-telemetry-diff golden update --session 'odd/*'");
  command->require_subcommand(1);
  const auto add = [&](const char* name, const char* about, bool runs,
                       int (*action)(GoldenOptions&, const Console&)) {
    CLI::App* sub = command->add_subcommand(name, about);
    sub->footer(std::string("Example: codex-telemetry-diff golden ") + name +
                (runs ? " harness/sessions" : ""));
    sub->add_option("--golden", options->folder, "Folder of goldens")->type_name("DIR")->capture_default_str();
    if (runs) add_job_options(*sub, options->job);
    sub->callback(
        [options, &context, action] { context.status = action(*options, context.console); });
  };
  add("list", "What goldens there are", false,
      [](GoldenOptions& o, const Console& c) { return list(o, c); });
  add("update", "Record goldens from the Python clients; never under CI", true, update);
  add_golden_review(*command, context);
  add("check", "Do the Python clients still show what the goldens hold?", true, check);
}

}  // namespace codex::cli
