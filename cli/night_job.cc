#include "cli/night_job.h"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <ostream>
#include <utility>

#include "cli/exit_codes.h"
#include "cli/interrupt.h"
#include "cli/night_files.h"
#include "cli/places.h"
#include "cli/progress.h"
#include "harness/model/data_dir.h"
#include "matrix/assemble.h"
#include "matrix/report_night_text.h"

namespace codex::cli {
namespace {

using harness::Error;
using harness::Result;

bool exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

std::string history_file(const NightOptions& options) {
  return options.history.empty() ? options.output + "/history.sqlite" : options.history;
}

Error for_history(Error error) {
  error.message = "the history: " + error.message;
  return error;
}

}  // namespace

void add_night_options(CLI::App& command, NightOptions& options) {
  command.add_option("-o,--output", options.output, "Folder for the reports")
      ->type_name("DIR")
      ->required();
  command.add_option("--history", options.history,
                     "File with the nights before (default: history.sqlite in the folder)")
      ->type_name("FILE");
  command.add_option("--keep", options.keep, "Nights that the history keeps; 0: all")
      ->type_name("N")
      ->capture_default_str();
}

Result<NightInputs> NightInputs::load() {
  NightInputs inputs;
  auto areas = matrix::Areas::load(harness::data_file("matrix/areas.json"));
  if (!areas) return areas.error();
  inputs.areas = std::move(areas.value());
  if (const std::string path = accepted_matrix(); exists(path)) {
    auto accepted = matrix::AcceptedMatrix::load(path);
    if (!accepted) return accepted.error();
    inputs.accepted = std::move(accepted.value());
  }
  return inputs;
}

golden::Status prepare_output(const NightOptions& options) {
  if (const auto status = golden::disk().make_folders(options.output)) return status;
  const std::string folder = std::filesystem::path(history_file(options)).parent_path().string();
  if (folder.empty() || exists(folder)) return std::nullopt;
  return Error{"there is no such folder for the history", folder, 0, "make it, or give another --history"};
}

int finish_night(std::vector<matrix::ShardResults> shards, std::vector<Error> problems,
                 const NightInputs& inputs, const matrix::KnownDifferences& known,
                 const NightOptions& options, const matrix::Invocation& called,
                 const Console& console) {
  Progress progress(console, "writing the reports", 0);
  auto history = matrix::History::open(history_file(options));
  if (!history) problems.push_back(for_history(history.error()));
  matrix::NightData data;
  data.areas = &inputs.areas;
  data.accepted = &inputs.accepted;
  data.known = &known;
  data.history = history ? &history.value() : nullptr;
  auto assembled = matrix::assemble(std::move(shards), std::move(problems), data);
  if (!assembled) {
    progress.clear();
    console.error(assembled.error());
    return kUsage;
  }
  matrix::Report& report = assembled.value();
  if (interrupted()) return kInterrupted;

  auto status = write_reports(golden::disk(), options.output, report);
  // Only a night whose reports are there is in the history: what was new in one that nobody could
  // read is new in the next.
  if (!status && history) {
    const auto recorded = history->record(report, options.keep);
    if (!recorded) {
      report.unreadable.push_back(for_history(recorded.error()));
      status = write_reports(golden::disk(), options.output, report);
    }
  }
  progress.clear();
  for (const Error& error : report.unreadable) console.error(error);
  if (status) {
    console.error(*status);
    return kUsage;
  }
  // Not in the files: they are the same wherever and however the parts ran.
  report.invocation = called;
  console.out << matrix::render_night_text(report, options.output, console.out_color())
              << std::flush;
  return matrix::exit_code(report);
}

}  // namespace codex::cli
