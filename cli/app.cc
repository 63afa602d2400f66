#include "cli/app.h"

#include <CLI/CLI.hpp>

#include <unistd.h>

#include <exception>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "cli/ascii_stream.h"
#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/help_text.h"
#include "cli/terminal.h"
#include "cli/usage_error.h"
#include "harness/model/data_dir.h"
#include "harness/normalize/normalize.h"

namespace codex::cli {
namespace {

// Tool, rule set, and the clients that the goldens are pinned to.
std::string version_text() {
  const auto rules = harness::RuleSet::load(harness::data_file("harness/data/rules.json"));
  return std::string("codex-telemetry-diff ") + CTD_VERSION + "\nrules " +
         (rules ? rules->version() : "unreadable: " + rules.error().text()) + "\n" +
         CTD_PINNED_CLIENTS;
}

// `replay -q` is `-q replay`: people write such options where they think of them.
void take_global_options(CLI::App& app) {
  for (CLI::App* sub : app.get_subcommands({})) {
    sub->fallthrough();
    take_global_options(*sub);
  }
}

int dispatch(int argc, const char* const* argv, std::ostream& out, std::ostream& err) {
  Context context{{out, err}};
  if (argc > 0 && *argv[0] != '\0') context.console.program = argv[0];
  CLI::App app("Replays Codex sessions through C++ telemetry and the real Python clients, and "
               "compares what both observe.",
               "codex-telemetry-diff");
  app.require_subcommand(1);
  app.set_version_flag("--version", version_text);
  const std::map<std::string, ColorMode> colors = {
      {"auto", ColorMode::kAuto}, {"always", ColorMode::kAlways}, {"never", ColorMode::kNever}};
  app.add_option("--color", context.console.color, "Colour the output (default: auto)")
      ->transform(CLI::CheckedTransformer(colors).description("auto|always|never"))
      ->type_name("WHEN");
  CLI::Option* quiet = app.add_flag("-q,--quiet", context.console.quiet, "Say only what matters");
  app.add_flag("-v,--verbose", context.console.verbose, "Show values whole")->excludes(quiet);
  app.footer("Example: codex-telemetry-diff replay harness/sessions\n"
             "`codex-telemetry-diff COMMAND --help` shows a command's options and an example.\n"
             "Exit status: 0 parity, 1 differences, 2 usage or unreadable input, 3 a subject could not\n"
             "run, 70 a bug of ours, 130 interrupted.");
  add_replay(app, context);
  add_diff(app, context);
  add_golden(app, context);
  add_matrix(app, context);
  add_record(app, context);
  add_observe(app, context);
  add_nightly(app, context);
  add_merge(app, context);
  add_fuzz(app, context);
  add_doctor(app, context);
  add_completion(app, context);
  take_global_options(app);
  const std::vector<std::string> words = without_help_command(app, {argv + 1, argv + argc});
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::CallForHelp&) {
    out << fitted_help(app.help(), terminal_width(STDOUT_FILENO));
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error, out, err);
    const UsageError wrong = usage_error(app, words, error);
    context.console.error(wrong.message);
    err << "See " << wrong.help << ".\n";
    return kUsage;
  }
  return context.status;
}

}  // namespace

int run_app(int argc, const char* const* argv, std::ostream& out, std::ostream& err) {
  const bool has_utf8 = locale_here().is_utf8;
  AsciiStream ascii_out(out);
  AsciiStream ascii_err(err);
  try {
    return dispatch(argc, argv, has_utf8 || ::isatty(STDOUT_FILENO) == 0 ? out : ascii_out,
                    has_utf8 || ::isatty(STDERR_FILENO) == 0 ? err : ascii_err);
  } catch (const std::exception& error) {
    err << "codex-telemetry-diff: a bug of ours: " << error.what()
        << "\nPlease report it with the command that you ran.\n";
    return kBug;
  }
}

}  // namespace codex::cli
