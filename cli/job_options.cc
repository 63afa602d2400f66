#include "cli/job_options.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <system_error>
#include <thread>

#include "cli/places.h"
#include "harness/model/nearest.h"

namespace codex::cli {
namespace {

// What is wrong with the name, empty where nothing is.
std::string known_subject(const std::string& name) {
  const std::vector<std::string>& names = subject_names();
  if (std::find(names.begin(), names.end(), name) != names.end()) return "";
  return "there is no subject " + name + ": " +
         harness::known_names_hint(name, {names.begin(), names.end()});
}

}  // namespace

void add_job_options(CLI::App& command, JobOptions& options, Environments environments) {
  add_corpus_options(command, options, environments);
  command.add_option("--session", options.session_globs,
                     "Only sessions whose name matches (glob); may be repeated")
      ->type_name("GLOB")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command
      .add_option("--subject", options.subjects.names, "Only this subject, and sessions that it can run; may be repeated")
      ->check(CLI::Validator(known_subject, "cpp|agents|codex-sdk"))
      ->type_name("SUBJECT")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void add_corpus_options(CLI::App& command, JobOptions& options, Environments environments) {
  options.paths = {nearest(kDefaultTapes)};
  options.subjects.venv = nearest_venv();
  options.jobs = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  command.add_option("PATH", options.paths, "Tapes, raw exec logs, or folders of them")
      ->type_name("")
      ->default_str(kDefaultTapes);
  constexpr const char* kPython = "Environment with the clients (default: the nearest .venv upwards)";
  if (environments == Environments::kOne) {
    command.add_option("--python", options.subjects.venv, kPython)->type_name("DIR");
  } else {
    command
        .add_option_function<std::vector<std::string>>(
            "--python",
            [&options](const std::vector<std::string>& given) {
              options.subjects.venv = given.front();
              options.subjects.further.assign(given.begin() + 1, given.end());
            },
            std::string(kPython) + "; repeated: the clients of further ones beside it, as columns")
        ->type_name("DIR")
        ->expected(1)
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
  command.add_option("--jobs", options.jobs, "Sessions at a time (default: the processors)")
      ->type_name("N")
      ->check(CLI::Range(1, 256));
  command
      .add_option("--timeout", options.timeout_seconds,
                  "Seconds without any progress after which a session is over")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.1, 86400.0))
      ->capture_default_str();
}

matrix::Invocation invocation_of(const JobOptions& options, const std::string& golden,
                                 const Console& console) {
  matrix::Invocation called;
  called.program = console.program;
  if (options.paths != std::vector{nearest(kDefaultTapes)}) called.paths = options.paths;
  called.sessions = options.session_globs;
  called.subjects = options.subjects.names;
  if (golden != kDefaultGoldens) called.golden = golden;
  const SubjectChoice& subjects = options.subjects;
  if (subjects.venv != nearest_venv() || !subjects.further.empty()) {
    if (!subjects.venv.empty()) called.python.push_back(subjects.venv);
    called.python.insert(called.python.end(), subjects.further.begin(), subjects.further.end());
  }
  const std::vector<std::vector<matrix::Column>> columns = further_columns(subjects);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    for (const matrix::Column& column : columns[i]) called.further[column.name] = subjects.further[i];
  }
  if (options.timeout_seconds != JobOptions().timeout_seconds) {
    std::ostringstream seconds;
    seconds << options.timeout_seconds;
    called.timeout = seconds.str();
  }
  return called;
}

bool covers_corpus(const JobOptions& options) {
  std::error_code error;
  const auto corpus = std::filesystem::canonical(nearest(kDefaultTapes), error);
  if (error || options.only || !options.session_globs.empty() || !options.subjects.names.empty()) return false;
  return std::any_of(options.paths.begin(), options.paths.end(), [&](const std::string& path) {
    std::error_code ignored;
    return std::filesystem::canonical(path, ignored) == corpus;
  });
}

}  // namespace codex::cli
