#include <CLI/CLI.hpp>

#include <stdlib.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <ostream>
#include <utility>

#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/fuzz_run.h"
#include "cli/interrupt.h"
#include "cli/job_options.h"
#include "cli/progress.h"
#include "harness/tape/file.h"
#include "matrix/difference_text.h"
#include "matrix/printable.h"
#include "matrix/shell_word.h"

namespace codex::cli {
namespace {

namespace fs = std::filesystem;
using harness::Transport;

constexpr std::uint64_t kDefaultRuns = 1200;
// A hang costs it, and is tried again with patience before anything is said.
constexpr double kDefaultTimeout = 3;
// Most of a session's time is waiting: for the next process to have its turn, for a hang to be one.
constexpr int kJobsOfProcessor = 16;
constexpr int kMostJobs = 256;

struct Fuzz {
  FuzzOptions fuzz;
  std::string shard;
};

// Of the system's, gone at the end.
class WorkFolder {
 public:
  WorkFolder() {
    std::error_code error;
    std::string name = (fs::temp_directory_path(error) / "codex-telemetry-fuzz-XXXXXX").string();
    if (!error && ::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~WorkFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  const std::string& path() const { return path_; }  // empty: it could not be made

 private:
  std::string path_;
};

std::vector<harness::fuzz::Seed> seeds_of(const std::vector<harness::Tape>& tapes) {
  std::vector<harness::fuzz::Seed> seeds;
  for (const harness::Tape& tape : tapes) {
    const auto bytes = harness::read_file(tape.path);
    if (!bytes || tape.raw) continue;
    auto draft = harness::fuzz::read_draft(bytes.value(), tape.path);
    if (draft) seeds.push_back({tape.name, std::move(draft.value())});
  }
  return seeds;
}

int finish(const FuzzSummary& summary, const FuzzOptions& options, const Console& console) {
  std::size_t all = 0;
  std::ostream& out = console.out;
  for (const auto& [transport, tally] : summary.tally) {
    all += tally.compared + tally.off_script;
    out << (transport == Transport::kExec ? "exec" : "app-server") << ": " << tally.compared
        << " compared, " << tally.differing << " differ, " << tally.hangs << " hang alike, "
        << tally.off_script << " left the script";
    if (tally.client_alone > 0) out << " (" << tally.client_alone << " the client alone)";
    out << "\n";
  }
  const double rate = summary.seconds > 0 ? static_cast<double>(all) / summary.seconds : 0;
  out << "seed " << options.seed << ", shard " << options.shard.text() << ": "
      << matrix::counted(all, "session", "sessions") << ", " << rate_text(rate) << ", "
      << summary.shapes << " shapes, " << summary.kept << " kept\n"
      << "tapes " << summary.digest << "\n";
  for (const auto& [words, count] : summary.unsteady) {
    out << "did not come again: " << matrix::printable(words) << " ("
        << matrix::counted(count, "session", "sessions") << ")\n";
  }
  out << matrix::counted(summary.findings.size(), "finding", "findings") << "\n";
  for (const FuzzFinding& finding : summary.findings) {
    out << finding.cause.id << "  " << matrix::counted(finding.sessions, "session", "sessions")
        << "  " << matrix::printable(finding.cause.where + ": " + finding.cause.what)
        << "\n  codex-telemetry-diff replay " << matrix::printable(matrix::shell_word(finding.file))
        << " --no-golden\n";
  }
  out << std::flush;
  if (summary.error) {
    console.error(*summary.error);
    return kUsage;
  }
  if (summary.interrupted) return kInterrupted;
  if (!summary.findings.empty()) return kDifferences;
  if (!summary.unavailable.empty()) {
    console.error(summary.unavailable);
    return kUnavailable;
  }
  return kParity;
}

int run(Fuzz& command, const Console& console) {
  FuzzOptions& options = command.fuzz;
  const auto data = JobData::load();
  if (!data) {
    console.error(data.error());
    return kUsage;
  }
  if (!command.shard.empty()) {
    const auto shard = matrix::parse_shard(command.shard);
    if (!shard) {
      console.error(shard.error());
      return kUsage;
    }
    options.shard = shard.value();
  }
  if (!options.runs && !options.seconds) options.runs = kDefaultRuns;
  const SelectedTapes selected = select_tapes(options.job);
  for (const harness::Error& error : selected.errors) console.error(error);
  if (!selected.errors.empty()) return kUsage;
  const auto material = harness::fuzz::Material::make(seeds_of(selected.tapes));
  if (!material) {
    console.error(material.error());
    return kUsage;
  }
  for (const Transport transport : {Transport::kExec, Transport::kAppServer}) {
    const std::string name = transport == Transport::kExec ? "exec" : "app-server";
    if (options.transport != "all" && options.transport != name) continue;
    if (!material.value().seeds(transport).empty()) continue;
    console.error("no tape of " + name + " to start from among those given: give some, or choose "
                  "the other with --transport");
    return kUsage;
  }
  const WorkFolder folder;
  golden::Status failed = golden::disk().make_folders(options.output);
  if (!failed && !options.tapes.empty()) failed = golden::disk().make_folders(options.tapes);
  if (!failed && folder.path().empty()) {
    failed = harness::Error{.message = "no temporary folder can be made", .hint = "see TMPDIR"};
  }
  if (failed) {
    console.error(*failed);
    return kUsage;
  }
  handle_interrupts();
  FuzzRun fuzz(options, *data.operator->(), material.value(), folder.path(), console);
  return finish(fuzz.run(interrupted()), options, console);
}

}  // namespace

void add_fuzz(CLI::App& app, Context& context) {
  auto options = std::make_shared<Fuzz>();
  FuzzOptions& fuzz = options->fuzz;
  CLI::App* command = app.add_subcommand(
      "fuzz", "Generated sessions through C++ and the real clients; what differs, minimized");
  command->footer(
      "A PATH is a tape to start from, or a folder of them. A session's tape follows from seed,\n"
      "number, transport and the tapes to start from, whatever --jobs and --shard say.\n"
      "Example: codex-telemetry-diff fuzz --seed 7 --time 600 -o build/fuzz\n"
      "Example: codex-telemetry-diff fuzz --runs 20000 --transport exec --shard 2/8 -o part\n"
      "Exit status: 0 nothing found, 1 findings, 2 usage or unreadable input, 3 a client could not\n"
      "run, 130 interrupted (what was found so far is kept).");
  fuzz.job.timeout_seconds = kDefaultTimeout;
  add_corpus_options(*command, fuzz.job, Environments::kOne);
  fuzz.job.jobs = std::min(kMostJobs, fuzz.job.jobs * kJobsOfProcessor);
  command->get_option("--jobs")->description("Sessions at a time (default: 16 for each processor)");
  command
      ->add_option("--session", fuzz.job.session_globs,
                   "Start only from sessions that match (glob); may be repeated")
      ->type_name("GLOB")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command
      ->add_option("--subject", fuzz.job.subjects.names,
                   "Only C++: what crashes it or a sanitizer tells; the tapes are the same")
      ->check(CLI::IsMember({"cpp"}));
  command->add_option("--seed", fuzz.seed, "Number that all chance comes from")->capture_default_str();
  command->add_option("--runs", fuzz.runs, "Sessions, of all shards together (default 1200, where no --time is given)")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 40U));
  command->add_option("--time", fuzz.seconds, "Seconds after which no further session is begun")
      ->check(CLI::Range(0.1, 1e7));
  command->add_option("--transport", fuzz.transport, "Only sessions of one")
      ->check(CLI::IsMember({"exec", "app-server", "all"}))
      ->capture_default_str();
  command->add_option("--shard", options->shard, "Run only this part of the sessions")->type_name("K/N");
  command->add_option("-o,--output", fuzz.output, "Folder of the findings")->required();
  command->add_option("--tapes", fuzz.tapes, "Folder to keep the tape of every session in");
  command->callback([options, &context] { context.status = run(*options, context.console); });
}

}  // namespace codex::cli
