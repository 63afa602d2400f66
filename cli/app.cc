#include "cli/app.h"

#include <CLI/CLI.hpp>

#include <exception>
#include <map>
#include <ostream>

#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "harness/model/data_dir.h"
#include "harness/model/nearest.h"
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

// CLI11 only says that a subcommand is missing. The word that stands in its place, when it is
// none; what an unknown option leaves behind is not blamed.
std::string unknown_command(const CLI::App& app, const std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--color") {
      ++i;  // its value
    } else if (!word.empty() && word[0] == '-') {
      if (app.get_option_no_throw(word.substr(0, word.find('='))) == nullptr) return "";
    } else {
      for (const CLI::App* sub : app.get_subcommands({})) {
        if (sub->get_name() != word) continue;
        if (sub->get_subcommands({}).empty()) return "";
        return unknown_command(*sub, {words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end()});
      }
      std::vector<std::string> names;
      for (const CLI::App* sub : app.get_subcommands({})) names.push_back(sub->get_name());
      const std::vector<std::string_view> known(names.begin(), names.end());
      return "there is no command `" + word + "`: " + harness::known_names_hint(word, known);
    }
  }
  return "";
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
             "`codex-telemetry-diff COMMAND --help` shows a command's options and an example.");
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
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error, out, err);
    const std::string unknown = unknown_command(app, {argv + 1, argv + argc});
    context.console.error(unknown.empty() ? error.what() : unknown);
    err << "See codex-telemetry-diff --help.\n";
    return kUsage;
  }
  return context.status;
}

}  // namespace

int run_app(int argc, const char* const* argv, std::ostream& out, std::ostream& err) {
  try {
    return dispatch(argc, argv, out, err);
  } catch (const std::exception& error) {
    err << "codex-telemetry-diff: a bug of ours: " << error.what()
        << "\nPlease report it with the command that you ran.\n";
    return kBug;
  }
}

}  // namespace codex::cli
