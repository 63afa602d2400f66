// The recorder is scripts/record.py: it needs the Python that the clients are in, which this
// program does not. This finds both, and becomes it.
#include <CLI/CLI.hpp>

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <system_error>
#include <vector>

#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/places.h"

namespace codex::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRecorder = "scripts/record.py";

struct Record {
  std::vector<std::string> scripts;
  std::string folder;
  std::string transport;
  std::string codex;
  std::string venv;
  std::string timeout;
  std::string settle;
  bool short_name = false;
  bool raw = false;
};

std::vector<std::string> command_line(const Record& options, const std::string& python,
                                      const std::string& recorder, bool quiet) {
  // No module is written beside the sources, and no setting of the user's Python reaches them.
  std::vector<std::string> words = {python, "-B", "-E", "-s", recorder, "-o", options.folder,
                                    "--python", options.venv};
  const auto add = [&words](const char* name, const std::string& value) {
    if (!value.empty()) words.insert(words.end(), {name, value});
  };
  add("--transport", options.transport);
  add("--codex", options.codex);
  add("--timeout", options.timeout);
  add("--settle", options.settle);
  if (options.short_name) words.emplace_back("--short");
  if (options.raw) words.emplace_back("--raw");
  if (quiet) words.emplace_back("--quiet");
  words.emplace_back("--");
  words.insert(words.end(), options.scripts.begin(), options.scripts.end());
  return words;
}

// Comes back only where it cannot be run.
int become(const std::vector<std::string>& words, const Console& console) {
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  console.out << std::flush;
  console.err << std::flush;
  ::execv(argv[0], argv.data());
  console.error(words[0] + ": cannot be run: " + std::strerror(errno) +
                "; scripts/setup makes .venv, --python names another environment");
  return kUnavailable;
}

int run(const Record& options, const Console& console) {
  std::error_code error;
  if (options.venv.empty()) {
    console.error(
        "there is no .venv here or upwards, whose codex and Python record: scripts/setup makes it, "
        "--python names another environment");
    return kUnavailable;
  }
  const std::string python = (fs::path(options.venv) / "bin/python").string();
  if (!fs::exists(python, error)) {
    console.error(options.venv + ": is no environment of Python, it has no bin/python: "
                                 "scripts/setup makes .venv, --python names another one");
    return kUnavailable;
  }
  const std::string recorder = nearest(kRecorder);
  if (!fs::exists(recorder, error)) {
    console.error(std::string(kRecorder) +
                  ": the recorder is not here or upwards: run this in a checkout of the project");
    return kUnavailable;
  }
  return become(command_line(options, python, recorder, console.quiet), console);
}

}  // namespace

void add_record(CLI::App& app, Context& context) {
  auto options = std::make_shared<Record>();
  options->venv = nearest_venv();
  CLI::App* command =
      app.add_subcommand("record", "Record sessions of the real codex against a scripted model");
  command->footer(
      "A SCRIPT is a session's data file; scripts/recording/README.md describes it. Nothing\n"
      "leaves the machine, and its paths, user and name do not get onto a tape.\n"
      "Example: codex-telemetry-diff record harness/recordings/echo.json -o tapes\n"
      "Exit status: 0 recorded, 2 a SCRIPT is wrong or codex did not do what it says, 3 codex or\n"
      "the environment cannot run, 130 interrupted.");
  command->add_option("SCRIPT", options->scripts, "harness/recordings/NAME.json, or your own")
      ->type_name("")
      ->required();
  command
      ->add_option("-o,--output,--out", options->folder,
                   "Folder for NAME-exec.tape.jsonl and NAME-app-server.tape.jsonl")
      ->type_name("DIR")
      ->required();
  command
      ->add_option("--transport", options->transport,
                   "Record this one alone (default: all that the SCRIPT can)")
      ->type_name("KIND")
      ->check(CLI::IsMember({"exec", "app-server"}));
  command->add_option("--python", options->venv,
                      "Environment with codex and clients (default: the nearest .venv upwards)")
      ->type_name("DIR");
  command->add_option("--codex", options->codex, "Another codex executable")->type_name("FILE");
  command->add_flag("--short", options->short_name, "Name the tape of exec NAME.tape.jsonl");
  command->add_flag("--raw", options->raw, "Write NAME.exec.jsonl: exec's stdout and nothing else");
  command->add_option("--timeout", options->timeout, "Seconds for a process or a step (60)")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.1, 86400.0));
  command
      ->add_option("--settle", options->settle,
                   "Seconds of silence before an app-server is sent the next request (0.4)")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.0, 60.0));
  command->callback([options, &context] { context.status = run(*options, context.console); });
}

}  // namespace codex::cli
