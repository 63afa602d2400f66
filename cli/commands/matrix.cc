#include <CLI/CLI.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <utility>

#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/interrupt.h"
#include "cli/inventories.h"
#include "cli/job_options.h"
#include "cli/output_file.h"
#include "cli/places.h"
#include "cli/progress.h"
#include "cli/session_job.h"
#include "cli/terminal.h"
#include "golden/files.h"
#include "golden/json_text.h"
#include "golden/policy.h"
#include "harness/model/data_dir.h"
#include "harness/model/nearest.h"
#include "harness/normalize/pattern.h"
#include "matrix/accepted.h"
#include "matrix/assemble.h"
#include "matrix/matrix_forms.h"
#include "matrix/report.h"
#include "matrix/results_file.h"

namespace codex::cli {
namespace {

using matrix::AcceptedMatrix;
using matrix::Areas;
using matrix::ParityMatrix;

struct Matrix {
  JobOptions job;
  std::string golden = kDefaultGoldens;
  std::string accepted;  // empty: the project's
  bool inventory = false;
  bool unexercised = false;
  bool figures = false;
  bool accept = false;
  std::vector<std::string> from;
  std::string feature;  // pattern; empty: all
  std::string format = "text";
  std::string output;
};

struct MatrixData {
  Areas areas;
  AcceptedMatrix accepted;
  std::string accepted_file;  // where --accept writes
};

harness::Result<MatrixData> load_data(const Matrix& options) {
  MatrixData data;
  auto areas = Areas::load(harness::data_file("matrix/areas.json"));
  if (!areas) return areas.error();
  data.areas = std::move(areas.value());
  data.accepted_file = options.accepted.empty() ? accepted_matrix() : options.accepted;
  std::error_code error;
  if (std::filesystem::exists(data.accepted_file, error)) {
    auto accepted = AcceptedMatrix::load(data.accepted_file);
    if (!accepted) return accepted.error();
    data.accepted = std::move(accepted.value());
  }
  return data;
}

// Of every environment; of further ones each version once, and a client that is not there is left
// out: its column says why.
Inventories read_all_inventories(const SubjectChoice& choice) {
  Inventories all = read_inventories(choice.venv, choice.names);
  for (const std::string& venv : choice.further) {
    Inventories more = read_inventories(venv, choice.names);
    for (matrix::Inventory& each : more.found) {
      const bool is_known =
          std::any_of(all.found.begin(), all.found.end(), [&](const matrix::Inventory& known) {
            return known.package == each.package && known.version == each.version;
          });
      if (!is_known) all.found.push_back(std::move(each));
    }
  }
  return all;
}

// The run that results files of `nightly` tell; nothing where they can't be read.
std::optional<matrix::Report> read_run(const Matrix& options, const Console& console,
                                       bool& whole_corpus) {
  std::vector<matrix::ShardResults> shards;
  for (const std::string& given : options.from) {
    std::error_code error;
    const bool is_folder = std::filesystem::is_directory(given, error);
    const std::string path = is_folder ? given + "/results.jsonl" : given;
    const auto bytes = golden::disk().read(path);
    if (!bytes || !bytes.value()) {
      console.error(bytes ? harness::Error{.message = "there is no such file",
                                           .file = path,
                                           .hint = "codex-telemetry-diff nightly writes one"}
                          : bytes.error());
      return std::nullopt;
    }
    auto results = matrix::parse_results(*bytes.value(), path);
    if (!results) {
      console.error(results.error());
      return std::nullopt;
    }
    shards.push_back(std::move(results.value()));
  }
  whole_corpus = shards.front().covers_corpus;
  auto joined = matrix::join(std::move(shards), {});
  if (!joined) {
    console.error(joined.error());
    return std::nullopt;
  }
  for (const harness::Error& error : joined->unreadable) console.error(error);
  return std::move(joined.value());
}

// The sessions, and what the clients declare; nothing where that could not be had: `status`.
std::optional<matrix::Report> run_corpus(Matrix& options, const Console& console, int& status) {
  status = kUsage;
  options.job.want_coverage = true;
  if (const auto missing = missing_golden_folder(options.golden)) {
    console.error(*missing);
    return std::nullopt;
  }
  options.job.goldens = golden_folder(options.golden);
  const auto data = JobData::load();
  if (!data) {
    console.error(data.error());
    return std::nullopt;
  }
  SelectedTapes selected = select_tapes(options.job);
  for (const harness::Error& error : selected.errors) console.error(error);
  const std::vector<harness::Error> broken = broken_goldens(options.job, selected.tapes);
  for (const harness::Error& error : broken) console.error(error);
  if (!selected.errors.empty() || !broken.empty()) return std::nullopt;

  handle_interrupts();
  matrix::Report report;
  // Takes seconds, and needs little of the processors.
  auto inventories = std::async(std::launch::async, read_all_inventories, options.job.subjects);
  Progress progress(console, "sessions", selected.tapes.size());
  JobResult result = run_job(selected.tapes, *data.operator->(), options.job, interrupted(),
                             [&](std::size_t done) { progress.show(done); });
  progress.next("reading what the clients declare");
  Inventories declared = inventories.get();
  progress.clear();
  for (const harness::Error& error : result.errors) console.error(error);
  if (result.interrupted || interrupted()) {
    status = kInterrupted;
    return std::nullopt;
  }
  if (!result.errors.empty()) return std::nullopt;
  report.subjects = std::move(result.subjects);
  report.columns = std::move(result.columns);
  for (SessionOutcome& session : result.sessions)
    report.sessions.push_back(std::move(session.report));
  for (const harness::Error& error : declared.errors) console.error(error);
  report.inventories = std::move(declared.found);
  if (!declared.errors.empty()) report.exit = kUnavailable;
  return report;
}

std::string rendered(const ParityMatrix& matrix, const matrix::Report& report,
                     const Matrix& options, bool whole_corpus, const Console& console) {
  const std::vector<matrix::Column> columns = matrix::columns_of(report);
  if (options.format == "json") return golden::pretty_text(golden::encode(to_json(matrix))) + "\n";
  if (options.inventory || !options.feature.empty()) return render_inventory_text(matrix, columns);
  if (options.unexercised) return render_unexercised(matrix);
  if (options.figures) return render_figures(matrix);
  if (options.format == "markdown") return render_matrix_markdown(matrix, columns);
  return render_matrix_text(
      matrix, columns, {.every_feature = console.verbose, .whole_corpus = whole_corpus,
                        .width = options.output.empty() ? terminal_width(STDOUT_FILENO) : 0});
}

// The matrix shows no session: what made the exit status is said beside it.
void tell_why_not_parity(const matrix::Report& report, const Console& console) {
  const golden::Totals sums = matrix::totals(report);
  std::string text;
  for (const auto& [verdict, count] : sums.by_verdict) {
    if (count == 0 || verdict == golden::Verdict::kMatch) continue;
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + golden::verdict_name(verdict);
  }
  if (text.empty()) return;
  console.note("no parity: " + text + " (codex-telemetry-diff replay shows each)");
}

// Leaves only the features of that name; what is wrong with it where it leaves none.
std::optional<harness::Error> choose_features(const std::string& pattern, ParityMatrix& matrix) {
  std::vector<std::string> names;
  for (const matrix::Feature& feature : matrix.features) names.push_back(feature.id);
  std::erase_if(matrix.features, [&](const matrix::Feature& feature) {
    return !harness::matches_glob(pattern, feature.id);
  });
  if (!matrix.features.empty()) return std::nullopt;
  std::string meant(harness::nearest_name(pattern, {names.begin(), names.end()}));
  for (std::size_t i = 0; i < names.size() && meant.empty(); ++i) {
    if (names[i].find(pattern) != std::string::npos) meant = names[i];
  }
  return harness::Error{.message = "no feature matches " + pattern,
                        .hint = (meant.empty() ? "" : "did you mean \"" + meant + "\"? ") +
                                std::string("a pattern is for the whole name: '*' is any of its "
                                            "characters; --inventory tells the names")};
}

// Why nothing may be accepted, whatever comes out.
std::optional<harness::Error> refusal(bool whole_corpus) {
  const char* ci = std::getenv("CI");
  const auto value = ci == nullptr ? std::nullopt : std::optional<std::string_view>(ci);
  if (auto not_here = golden::write_refusal(value, "codex-telemetry-diff matrix --accept")) {
    return not_here;
  }
  if (whole_corpus) return std::nullopt;
  return harness::Error{.message = "a part of the corpus is no ground for a matrix",
                        .hint = "run matrix --accept without PATH, --session and --subject"};
}

// Nothing where the matrix was accepted, else why not.
std::optional<harness::Error> accept(const ParityMatrix& matrix, const MatrixData& data,
                                     const matrix::Report& report) {
  for (const matrix::Column& column : matrix::columns_of(report)) {
    if (column.unavailable.empty() || column.further) continue;
    return harness::Error{.message = column.name + " could not run: " + column.unavailable,
                          .hint = "codex-telemetry-diff doctor says what is missing"};
  }
  if (report.inventories.size() < reference_subjects().size()) {
    return harness::Error{.message = "not every client could say what it declares",
                          .hint = "see above"};
  }
  return AcceptedMatrix::of(matrix, data.accepted).write(golden::disk(), data.accepted_file);
}

int run(Matrix& options, const Console& console) {
  const auto data = load_data(options);
  if (!data) {
    console.error(data.error());
    return kUsage;
  }
  bool whole_corpus = covers_corpus(options.job);
  if (options.accept) {
    if (const auto why = refusal(whole_corpus || !options.from.empty())) {
      console.error(*why);
      return kUsage;
    }
  }
  int status = kUsage;
  std::optional<matrix::Report> report = options.from.empty()
                                             ? run_corpus(options, console, status)
                                             : read_run(options, console, whole_corpus);
  if (!report) return status;
  auto computed = compute_matrix(*report, data->areas, data->accepted, whole_corpus);
  if (!computed) {
    console.error(computed.error());
    return kUsage;
  }
  ParityMatrix& matrix = computed.value();
  if (options.accept) {
    if (const auto why = refusal(whole_corpus)) {
      console.error(*why);
      return kUsage;
    }
    if (const auto why = accept(matrix, data.value(), *report)) {
      console.error(*why);
      return kUsage;
    }
    console.note("accepted: " + data->accepted_file);
    matrix.regressions.clear();
    matrix.improvements.clear();
  }
  report->matrix_regressions = matrix.regressions.size();
  if (!options.feature.empty()) {
    if (const auto why = choose_features(options.feature, matrix)) {
      console.error(*why);
      return kUsage;
    }
  }
  const std::string text = rendered(matrix, *report, options, whole_corpus, console);
  if (options.output.empty()) {
    console.out << text << std::flush;
  } else if (!write_output(options.output, text, console)) {
    return kUsage;
  }
  const int found = golden::exit_code(matrix::totals(*report));
  if (found != kParity) tell_why_not_parity(*report, console);
  return found == kParity && report->exit ? *report->exit : found;
}

}  // namespace

void add_matrix(CLI::App& app, Context& context) {
  auto options = std::make_shared<Matrix>();
  CLI::App* command = app.add_subcommand(
      "matrix", "What the clients declare, and what became of each of it in the sessions");
  command->footer(
      "Runs the sessions as replay does, reads what the installed clients declare, and shows what\n"
      "each session reaches of it. -v shows every feature.\n"
      "Example: codex-telemetry-diff matrix --unexercised\n"
      "Exit status: as of replay; 1 also where a cell is worse than matrix/accepted.json has it.");
  add_job_options(*command, options->job, Environments::kSeveral);
  command
      ->add_option("--from", options->from,
                   "The run that this results.jsonl of nightly tells (or its folder) instead of a "
                   "new one; may be repeated, for shards")
      ->type_name("FILE")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option("--golden", options->golden, "Folder of goldens")
      ->type_name("DIR")
      ->capture_default_str();
  command->add_option("--accepted", options->accepted,
                      "The accepted matrix (default: matrix/accepted.json of the project)")
      ->type_name("FILE");
  auto* inventory = command->add_flag("--inventory", options->inventory,
                                      "Every entry: its source, the sessions that reach it, cells");
  auto* feature = command->add_option("--feature", options->feature,
                                      "--inventory of the entries whose name matches (glob)")
                      ->type_name("GLOB");
  auto* unexercised = command->add_flag("--unexercised", options->unexercised,
                                        "Only the entries and fields that no session reaches");
  auto* figures =
      command->add_flag("--figures", options->figures, "Only the figures, as Markdown");
  inventory->excludes(unexercised)->excludes(figures);
  unexercised->excludes(figures);
  feature->excludes(figures)->excludes(unexercised);
  command->add_flag("--accept", options->accept, "Write the accepted matrix: this one")
      ->excludes(feature);
  command->add_option("--format", options->format, "Form of the matrix")
      ->type_name("FORM")
      ->check(CLI::IsMember({"text", "json", "markdown"}))
      ->capture_default_str();
  command->add_option("-o,--output", options->output, "Write it to this file")->type_name("FILE");
  command->callback([options, &context] { context.status = run(*options, context.console); });
}

}  // namespace codex::cli
