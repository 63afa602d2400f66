#include <CLI/CLI.hpp>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <ostream>
#include <string>

#include "cli/commands/commands.h"
#include "cli/exit_codes.h"
#include "cli/places.h"
#include "cli/subjects.h"
#include "golden/json_text.h"
#include "golden/store.h"
#include "harness/model/data_dir.h"
#include "harness/normalize/normalize.h"

namespace codex::cli {
namespace {

namespace fs = std::filesystem;

class Checkup {
 public:
  explicit Checkup(const Console& console) : console_(console) {}

  void line(bool good, const std::string& what, const std::string& found,
            const std::string& mend = "") {
    const std::string shown = golden::shown(json::Value(found));
    console_.out << (good ? "ok       " : "missing  ") << what << ": "
                 << shown.substr(1, shown.size() - 2) << '\n';
    if (!good && !mend.empty()) console_.out << "         mend: " << mend << '\n';
    all_good_ = all_good_ && good;
  }
  void note(const std::string& what, const std::string& found) {
    console_.out << "note     " << what << ": " << found << '\n';
  }
  bool all_good() const { return all_good_; }

 private:
  const Console& console_;
  bool all_good_ = true;
};

// Comes with openai-codex, in whatever Python's folder; empty where there is none.
std::string codex_binary(const std::string& venv) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(fs::path(venv) / "lib", error)) {
    const fs::path binary = entry.path() / "site-packages/codex_cli_bin/bin/codex";
    std::error_code ignored;
    if (fs::exists(binary, ignored)) return binary.string();
  }
  return "";
}

int run(const std::string& venv, const Console& console) {
  Checkup check(console);
  for (const char* name :
       {"codex-telemetry-peer", "codex-telemetry-cpp-worker", "codex-telemetry-py-worker"}) {
    std::error_code error;
    const std::string path = program(name);
    check.line(fs::exists(path, error), name, path, "scripts/setup");
  }
  const auto rules = harness::RuleSet::load(harness::data_file("harness/data/rules.json"));
  check.line(rules.ok(), "rules", rules ? rules->version() : rules.error().text(),
             "CODEX_TELEMETRY_DATA_DIR names the folder with rules.json");
  check.note("embedded Python", CTD_EMBEDDED_PYTHON);
  check.line(!venv.empty(), "environment with the clients", venv.empty() ? "none found" : venv,
             "scripts/setup makes .venv; --python names another");
  for (const auto transport : {harness::Transport::kExec, harness::Transport::kAppServer}) {
    const auto host = host_of(venv, transport);
    const std::string reason = host->unavailable_reason();
    const harness::SubjectInfo info = host->info();
    check.line(reason.empty(), "subject " + info.name,
               reason.empty() ? info.package + " " + info.version : reason, "scripts/setup");
  }
  const std::string codex = codex_binary(venv);
  check.note("codex binary, for recording",
             codex.empty() ? "none (scripts/setup installs one)" : codex);
  const golden::Store store(nearest(kDefaultGoldens));
  const auto goldens = store.list();
  check.note("goldens", goldens ? std::to_string(goldens.value().size()) + " in " + store.root()
                                : goldens.error().text());
  for (const char* name : {"CI", "NO_COLOR", "CLICOLOR_FORCE", "CODEX_TELEMETRY_DATA_DIR"}) {
    const char* value = std::getenv(name);
    if (value != nullptr) check.note(std::string("variable ") + name, "set");
  }
  return check.all_good() ? kParity : kUnavailable;
}

}  // namespace

void add_doctor(CLI::App& app, Context& context) {
  auto venv = std::make_shared<std::string>(nearest_venv());
  CLI::App* command =
      app.add_subcommand("doctor", "What is installed, what is missing and how to get it");
  command->footer("Example: codex-telemetry-diff doctor --python .venv\n"
                  "Exit status: 0 all there, 3 something is missing.");
  command->add_option("--python", *venv, "Environment with the clients");
  command->callback([venv, &context] { context.status = run(*venv, context.console); });
}

}  // namespace codex::cli
