#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <sstream>
#include <thread>

#include "cli/clock.h"
#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/explain.h"
#include "cli/interrupt.h"
#include "cli/job_options.h"
#include "cli/last_run.h"
#include "cli/output_file.h"
#include "cli/places.h"
#include "cli/progress.h"
#include "cli/session_job.h"
#include "golden/files.h"
#include "matrix/difference_text.h"
#include "matrix/printable.h"
#include "matrix/report.h"

namespace codex::cli {
namespace {

constexpr std::size_t kLongestExplained = 120;  // characters of a value

struct Replay {
  JobOptions job;
  std::string golden = kDefaultGoldens;
  bool no_golden = false;
  bool explain = false;
  bool since_last = false;
  bool list = false;
  std::string format = "text";
  std::string output;
};

std::string rendered(const matrix::Report& report, const Replay& options, const Console& console) {
  if (options.format == "json") return matrix::render_json(report);
  if (options.format == "jsonl") return matrix::render_jsonl(report);
  if (options.format == "junit") return matrix::render_junit(report);
  if (options.format == "markdown") return matrix::render_markdown(report);
  if (options.format == "html") return matrix::render_html(report);
  matrix::TextOptions text;
  text.color = options.output.empty() && console.out_color();
  text.all_sessions = !console.quiet;
  if (console.verbose) text.longest_value = text.most_differences = text.most_of_cause = 0;
  return matrix::render_text(report, text);
}

// Names alone where only what matters is asked for: completions read them.
int list(const Replay& options, const Console& console) {
  const SelectedTapes selected = select_tapes(options.job);
  for (const harness::Error& error : selected.errors) console.error(error);
  std::size_t width = 0;
  for (const harness::Tape& tape : selected.tapes) {
    width = std::max(width, matrix::printable(tape.name).size());
  }
  for (const harness::Tape& tape : selected.tapes) {
    const std::string name = matrix::printable(tape.name);
    console.out << name;
    if (!console.quiet) {
      const bool is_exec = tape.transport == harness::Transport::kExec;
      console.out << std::string(width - name.size() + 2, ' ') << (is_exec ? "exec" : "app-server");
      if (!tape.title.empty()) console.out << (is_exec ? "        " : "  ") << matrix::printable(tape.title);
    }
    console.out << '\n';
  }
  return selected.errors.empty() ? kParity : kUsage;
}

// False when the output could not be written.
bool deliver(const std::string& text, const std::string& file, const Console& console) {
  if (file.empty()) {
    console.out << text << std::flush;
    return true;
  }
  return write_output(file, text, console);
}

int run(Replay& options, const Console& console) {
  if (options.list) return list(options, console);
  if (!options.no_golden) {
    if (const auto missing = missing_golden_folder(options.golden)) {
      console.error(*missing);
      return kUsage;
    }
    options.job.goldens = golden_folder(options.golden);
  }
  const auto data = JobData::load();
  if (!data) {
    console.error(data.error());
    return kUsage;
  }
  LastRun last = LastRun::of_project();
  if (options.since_last) {
    if (!last.has_project()) {
      console.error(std::string("--since-last: there is no ") + kDefaultGoldens +
                    " here or upwards, beside which it would be kept what failed: run this in a project");
      return kUsage;
    }
    options.job.only = [&last](const std::string& path) { return last.failed(path); };
  }
  SelectedTapes selected = select_tapes(options.job);
  for (const harness::Error& error : selected.errors) console.error(error);
  const std::vector<harness::Error> broken = broken_goldens(options.job, selected.tapes);
  for (const harness::Error& error : broken) console.error(error);
  if (!selected.errors.empty() || !broken.empty()) return kUsage;

  handle_interrupts();
  matrix::Report report;
  report.invocation = invocation_of(options.job, options.golden, console);
  report.invocation.no_golden = options.no_golden;
  report.run.started = utc_now();
  report.run.jobs = static_cast<std::size_t>(options.job.jobs);
  const auto start = std::chrono::steady_clock::now();
  Progress progress(console, "sessions", selected.tapes.size());
  JobResult result = run_job(selected.tapes, *data.operator->(), options.job, interrupted(),
                             [&](std::size_t done) { progress.show(done); });
  progress.clear();
  report.run.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  report.subjects = std::move(result.subjects);
  if (!options.job.subjects.further.empty()) report.columns = std::move(result.columns);
  for (SessionOutcome& session : result.sessions) report.sessions.push_back(session.report);
  if (covers_corpus(options.job)) {
    std::vector<std::string> names;
    for (const harness::Tape& tape : selected.tapes) names.push_back(tape.name);
    report.stale_entries = data->known.unmatched(names);
  }
  for (const matrix::KnownDifference& entry : data->known.entries())
    report.known_links[entry.id] = entry.link;
  for (const harness::Error& error : result.errors) console.error(error);
  if (const auto wrong = last.record(report.sessions)) console.note(wrong->text());
  if (result.interrupted) report.exit = kInterrupted;
  if (!result.errors.empty()) report.exit = kUsage;

  std::string text = rendered(report, options, console);
  if (options.explain) {
    const std::string explained = explain(result.sessions, console.verbose ? 0 : kLongestExplained);
    // Other forms are read by programs: the explanation goes beside them.
    if (options.format == "text") {
      text += explained;
    } else {
      console.err << explained;
    }
  }
  if (!deliver(text, options.output, console)) return kUsage;
  if (result.interrupted) {
    console.error("interrupted: " + std::to_string(report.sessions.size()) + " of " +
                  matrix::counted(selected.tapes.size(), "session", "sessions") + " ran");
  }
  return matrix::exit_code(report);
}

}  // namespace

void add_replay(CLI::App& app, Context& context) {
  auto options = std::make_shared<Replay>();
  CLI::App* command = app.add_subcommand("replay", "Replay tapes through the subjects and compare");
  command->footer(
      "A PATH is a tape, a raw `codex exec --json` log, or a folder of them.\n"
      "Example: codex-telemetry-diff replay harness/sessions --session 'odd/*'\n"
      "What may differ is matrix/known_differences.jsonl, what makes values equal\n"
      "harness/data/rules.json; docs/how-to/triage-a-red-night.md says which to change.\n"
      "Exit status: 0 parity, 1 differences, 2 usage or unreadable input, 3 a subject could not\n"
      "run, 70 a bug of ours, 130 interrupted.");
  add_job_options(*command, options->job, Environments::kSeveral);
  command->add_option("--golden", options->golden, "Folder of goldens")
      ->type_name("DIR")
      ->capture_default_str();
  command->add_flag("--no-golden", options->no_golden, "Compare the subjects with each other alone");
  command->add_flag("--require-golden", options->job.require_golden,
                    "A session without a golden is golden-missing, exit 1")
      ->excludes("--no-golden");
  command->add_flag("--list", options->list,
                    "Run nothing: the sessions, what each speaks, and its title; with -q the names");
  command->add_flag("--since-last", options->since_last,
                    "Of these sessions, only those that failed when they last ran");
  command->add_option("--transcripts", options->job.transcripts,
                      "Folder to write each subject's normalized transcript to")
      ->type_name("DIR");
  command->add_flag("--explain", options->explain, "Say which rule made which values equal");
  command->add_option("--format", options->format, "Form of the report")
      ->type_name("FORM")
      ->check(CLI::IsMember({"text", "json", "jsonl", "junit", "markdown", "html"}))
      ->capture_default_str();
  command->add_option("-o,--output", options->output, "Write the report to this file")->type_name("FILE");
  command->callback([options, &context] { context.status = run(*options, context.console); });
}

}  // namespace codex::cli
