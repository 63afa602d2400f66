#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/interrupt.h"
#include "cli/night_job.h"
#include "cli/progress.h"
#include "cli/session_job.h"
#include "golden/files.h"
#include "matrix/results_file.h"

namespace codex::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kResults = "results.jsonl";

struct Merge {
  std::vector<std::string> folders;
  NightOptions night;
};

// Every results file below the folder, sorted; nothing of the folder that is written to.
std::vector<std::string> results_below(const std::string& folder, const std::string& output) {
  std::error_code error;
  const fs::path own = fs::weakly_canonical(output, error);
  std::vector<std::string> found;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_directory(ignored) && fs::weakly_canonical(entry->path(), ignored) == own) {
      entry.disable_recursion_pending();
    } else if (entry->path().filename() == kResults) {
      found.push_back(entry->path().string());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

// False where the file cannot be read; then it is among the problems.
bool read(const std::string& path, std::vector<matrix::ShardResults>& shards,
          std::vector<harness::Error>& problems) {
  const auto bytes = golden::disk().read(path);
  if (!bytes) {
    problems.push_back(bytes.error());
    return false;
  }
  const std::optional<std::string>& text = *bytes.operator->();
  auto results = matrix::parse_results(text.value_or(""), path);
  if (!results) {
    problems.push_back(results.error());
    return false;
  }
  shards.push_back(std::move(results.value()));
  return true;
}

int run(const Merge& options, const Console& console) {
  const auto data = JobData::load();
  const auto inputs = NightInputs::load();
  for (const auto* error : {data ? nullptr : &data.error(), inputs ? nullptr : &inputs.error()}) {
    if (error == nullptr) continue;
    console.error(*error);
    return kUsage;
  }
  handle_interrupts();
  std::vector<matrix::ShardResults> shards;
  std::vector<harness::Error> problems;
  std::vector<std::string> files;
  for (const std::string& folder : options.folders) {
    std::error_code error;
    const std::vector<std::string> found = fs::is_regular_file(folder, error)
                                               ? std::vector{folder}
                                               : results_below(folder, options.night.output);
    if (found.empty()) {
      problems.push_back({"there is no results.jsonl: no shard ended here", folder, 0,
                          "run that shard again"});
    }
    files.insert(files.end(), found.begin(), found.end());
  }
  {
    Progress progress(console, "shards", files.size());
    for (std::size_t i = 0; i < files.size() && !interrupted(); ++i) {
      read(files[i], shards, problems);
      progress.show(i + 1);
    }
  }
  if (interrupted()) return kInterrupted;
  if (shards.empty()) {
    for (const harness::Error& problem : problems) console.error(problem);
    console.error("there is no shard to merge: give the folders that `nightly --shard K/N -o` wrote");
    return kUsage;
  }
  if (shards.front().report.rules != data->rules.version() ||
      shards.front().report.tool != CTD_VERSION) {
    console.error(shards.front().file + " was made by " + shards.front().report.tool + " with " +
                  shards.front().report.rules + "; this is " CTD_VERSION " with " +
                  data->rules.version() + ": merge with the program that ran the shards");
    return kUsage;
  }
  if (const auto status = prepare_output(options.night)) {
    console.error(*status);
    return kUsage;
  }
  matrix::Invocation called;  // where the shards ran, and with what, is not known here
  called.program = console.program;
  return finish_night(std::move(shards), std::move(problems), *inputs.operator->(), data->known,
                      options.night, called, console);
}

}  // namespace

void add_merge(CLI::App& app, Context& context) {
  auto options = std::make_shared<Merge>();
  CLI::App* command =
      app.add_subcommand("merge", "Make one night's reports of the shards of `nightly --shard K/N`");
  command->footer(
      "The reports are those of one run without shards, outside `run`. A shard that is missing, cut,\n"
      "or there twice with two answers is red; shards of different runs are an error.\n"
      "Example: codex-telemetry-diff merge parts -o build/nightly\n"
      "Exit status: as of replay.");
  command
      ->add_option("DIR", options->folders,
                   "Folders of shards, or folders that hold those, or results files")
      ->type_name("")
      ->required();
  add_night_options(*command, options->night);
  command->callback([options, &context] { context.status = run(*options, context.console); });
}

}  // namespace codex::cli
