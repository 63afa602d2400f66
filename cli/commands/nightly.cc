#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <utility>

#include "cli/clock.h"
#include "cli/commands/commands.h"
#include "cli/corpus.h"
#include "cli/exit_codes.h"
#include "cli/interrupt.h"
#include "cli/inventories.h"
#include "cli/job_options.h"
#include "cli/night_files.h"
#include "cli/night_job.h"
#include "cli/places.h"
#include "cli/progress.h"
#include "cli/session_job.h"
#include "matrix/invocation.h"
#include "matrix/printable.h"
#include "matrix/report.h"
#include "matrix/results_file.h"
#include "matrix/shard.h"

namespace codex::cli {
namespace {

struct Nightly {
  JobOptions job;
  NightOptions night;
  std::string golden = kDefaultGoldens;
  std::string shard;
  std::string run;  // of all shards
};

std::optional<std::string> environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

// What shards of one run have in common, and those of last night have not.
std::string run_id(const Nightly& options, const matrix::ShardSource& shard) {
  if (!options.run.empty() || shard.shard.count == 1) return options.run;
  for (const char* name : {"CTD_RUN", "SLURM_ARRAY_JOB_ID", "GITHUB_RUN_ID"}) {
    if (auto value = environment(name)) return *value;
  }
  return "";
}

bool ran(const matrix::Report& report, const std::string& subject) {
  return std::any_of(report.sessions.begin(), report.sessions.end(), [&](const auto& session) {
    const auto found = session.subjects.find(subject);
    return found != session.subjects.end() &&
           found->second.outcome != harness::Outcome::kUnavailable;
  });
}

// What each client declares, once for each version.
void add_inventories(const SubjectChoice& choice, matrix::Report& report) {
  std::vector<std::string> venvs = {choice.venv};
  venvs.insert(venvs.end(), choice.further.begin(), choice.further.end());
  for (std::size_t i = 0; i < venvs.size(); ++i) {
    for (const std::string& subject : reference_subjects()) {
      if (i > 0 && !is_asked_for(venvs[i], subject)) continue;
      Inventories inventories = read_inventories(venvs[i], {subject});
      for (matrix::Inventory& inventory : inventories.found) {
        const bool known = std::any_of(
            report.inventories.begin(), report.inventories.end(), [&](const auto& each) {
              return each.package == inventory.package && each.version == inventory.version;
            });
        if (!known) report.inventories.push_back(std::move(inventory));
      }
      // A further column without one is not judged; of a client that cannot run at all its
      // sessions say so.
      if (i > 0 || !ran(report, subject)) continue;
      report.unreadable.insert(report.unreadable.end(), inventories.errors.begin(),
                               inventories.errors.end());
    }
  }
}

// The part's own words: it knows nothing of the others.
int finish_shard(matrix::ShardResults results, const NightOptions& options,
                 const matrix::Invocation& called, const Console& console) {
  for (const harness::Error& error : results.report.unreadable) console.error(error);
  matrix::TextOptions text;
  text.color = console.out_color();
  results.report.invocation = called;
  console.out << matrix::render_text(results.report, text) << "shard " << results.shard.text()
              << ": " << matrix::printable(options.output)
              << "/results.jsonl, for codex-telemetry-diff merge\n"
              << std::flush;
  // A part may well be empty, of a corpus that is not.
  if (results.report.sessions.empty() && results.report.unreadable.empty()) return kParity;
  return matrix::exit_code(results.report);
}

int run(Nightly& options, const Console& console) {
  const auto shard = matrix::find_shard(options.shard, environment);
  if (!shard) {
    console.error(shard.error());
    return kUsage;
  }
  // Bazel takes a test that does not touch it for one that runs everything in every shard.
  if (!shard->status_file.empty()) std::ofstream(shard->status_file).flush();
  if (const auto missing = missing_golden_folder(options.golden)) {
    console.error(*missing);
    return kUsage;
  }
  options.job.goldens = golden_folder(options.golden);
  options.job.require_golden = options.job.want_digests = true;
  options.job.want_coverage = options.job.want_sides = true;
  const auto data = JobData::load();
  const auto inputs = NightInputs::load();
  Corpus corpus = read_corpus(options.job, shard->shard);
  const auto refused = [&console](const harness::Error& error) {
    console.error(error);
    return kUsage;
  };
  if (!data) return refused(data.error());
  if (!inputs) return refused(inputs.error());
  if (corpus.error) return refused(*corpus.error);
  if (const auto status = prepare_output(options.night)) return refused(*status);

  handle_interrupts();
  matrix::ShardResults results;
  results.shard = shard->shard;
  results.inputs = std::move(corpus.digests);
  results.corpus = std::move(corpus.sessions);
  results.covers_corpus = covers_corpus(options.job);
  matrix::Report& report = results.report;
  report.tool = CTD_VERSION;
  report.rules = data->rules.version();
  report.whole_corpus = true;
  report.run.id = run_id(options, *shard.operator->());
  report.run.started = utc_now_exactly();
  report.run.jobs = static_cast<std::size_t>(options.job.jobs);
  const auto start = std::chrono::steady_clock::now();
  Progress progress(console, "sessions", corpus.tapes.size());
  JobResult result = run_job(corpus.tapes, *data.operator->(), options.job, interrupted(),
                             [&](std::size_t done) { progress.show(done); });
  progress.next("reading what the clients declare");
  report.run.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (result.interrupted) return kInterrupted;  // what is drawn goes with `progress`
  report.subjects = std::move(result.subjects);
  report.columns = std::move(result.columns);
  for (SessionOutcome& session : result.sessions) {
    report.sessions.push_back(std::move(session.report));
  }
  report.unreadable = std::move(corpus.unreadable);
  report.unreadable.insert(report.unreadable.end(), result.errors.begin(), result.errors.end());
  // Only now: importing clients beside the sessions would make those wait.
  add_inventories(options.job.subjects, report);
  progress.clear();
  if (interrupted()) return kInterrupted;

  if (const auto status = replace_file(golden::disk(), options.night.output + "/results.jsonl",
                                       matrix::print_results(results))) {
    console.error(*status);
    return kUsage;
  }
  matrix::Invocation called = invocation_of(options.job, options.golden, console);
  if (results.shard.count > 1) return finish_shard(std::move(results), options.night, called, console);
  called.results = options.night.output;
  std::vector<matrix::ShardResults> whole;
  whole.push_back(std::move(results));
  return finish_night(std::move(whole), {}, *inputs.operator->(), data->known, options.night, called,
                      console);
}

}  // namespace

void add_nightly(CLI::App& app, Context& context) {
  auto options = std::make_shared<Nightly>();
  CLI::App* command = app.add_subcommand(
      "nightly", "The whole job: replay the corpus, matrix, history, reports in a folder");
  command->footer(
      "Writes report.html, report.json, junit.xml, summary.md, matrix.json, results.jsonl and\n"
      "history.sqlite, and issue.md where it is red. A tape or golden that cannot be read is red,\n"
      "and the rest runs. With a shard only results.jsonl is written, for `merge`.\n"
      "Example: codex-telemetry-diff nightly -o build/nightly\n"
      "Example: codex-telemetry-diff nightly -o part --shard 2/8 --python .venv --python .venv-latest\n"
      "Exit status: as of replay.");
  add_corpus_options(*command, options->job, Environments::kSeveral);
  command->add_option("--golden", options->golden, "Folder of goldens")
      ->type_name("DIR")
      ->capture_default_str();
  add_night_options(*command, options->night);
  command
      ->add_option("--shard", options->shard,
                   "Run only this part of the corpus; else what Slurm, Kubernetes or Bazel say")
      ->type_name("K/N");
  command->add_option("--run", options->run,
                      "Name of the run that a shard is part of (else CTD_RUN, SLURM_ARRAY_JOB_ID, "
                      "GITHUB_RUN_ID): merge takes no shard of another one")
      ->type_name("NAME");
  command->callback([options, &context] { context.status = run(*options, context.console); });
}

}  // namespace codex::cli
