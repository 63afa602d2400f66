#include <CLI/CLI.hpp>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include "cli/checkup.h"
#include "cli/commands/commands.h"
#include "cli/environment_checks.h"
#include "cli/exit_codes.h"
#include "cli/night_job.h"
#include "cli/places.h"
#include "cli/progress.h"
#include "cli/session_job.h"
#include "cli/subjects.h"
#include "golden/store.h"
#include "harness/model/sha256.h"
#include "harness/subject/environment.h"
#include "harness/subject/process.h"
#include "harness/tape/file.h"
#include "matrix/shell_word.h"

namespace codex::cli {
namespace {

namespace fs = std::filesystem;
using matrix::shell_word;

constexpr const char* kSetup = "scripts/setup";
constexpr int kCodexTimeoutMs = 20'000;

bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error);
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// The nearest folder, upwards, that is there.
fs::path existing(fs::path path) {
  while (!path.empty() && !is_there(path) && path != path.parent_path()) path = path.parent_path();
  return path.empty() ? fs::path(".") : path;
}

bool may_write(const fs::path& folder) { return ::access(folder.c_str(), W_OK | X_OK) == 0; }

std::string made_writable(const fs::path& folder) {
  return "sudo chown -R \"$(id -un)\" " + shell_word(folder.string()) + " && chmod -R u+rwX " +
         shell_word(folder.string());
}

// ---- what comes with the tool ----

void check_programs(Checkup& check) {
  for (const char* name :
       {"codex-telemetry-peer", "codex-telemetry-cpp-worker", "codex-telemetry-py-worker"}) {
    const std::string path = program(name);
    const bool runs = ::access(path.c_str(), X_OK) == 0;
    check.check(runs, name, path + (runs || !is_there(path) ? "" : ": may not be executed"),
                is_there(path) ? "chmod +x " + shell_word(path) : kSetup);
  }
  check.tell(Health::kNote, "exporters",
             std::string("OpenTelemetry ") + (CTD_WITH_OTLP ? "built in" : "left out") +
                 ", Prometheus " + (CTD_WITH_PROMETHEUS ? "built in" : "left out") + ", StatsD built in");
}

std::string mend_of(const harness::Error& error) {
  if (!error.hint.empty()) return error.hint;
  return error.file.empty() ? kSetup : "git checkout -- " + shell_word(error.file);
}

void check_data(Checkup& check) {
  const auto data = JobData::load();
  if (data) {
    check.tell(Health::kOk, "rules", data->rules.version());
    check.tell(Health::kNote, "known differences",
               std::to_string(data->known.entries().size()) + " in " + nearest(kKnownDifferences));
  } else {
    check.tell(Health::kMissing, "rules, subjects, known differences", data.error().text(),
               mend_of(data.error()));
  }
  const auto inputs = NightInputs::load();
  check.check(inputs.ok(), "matrix", inputs ? accepted_matrix() : inputs.error().text(),
              inputs ? "" : mend_of(inputs.error()));
}

// ---- Python and the clients ----

// "version = 3.11.2" of pyvenv.cfg.
std::string python_of(const std::string& venv) {
  std::ifstream config(fs::path(venv) / "pyvenv.cfg");
  for (std::string line; std::getline(config, line);) {
    std::istringstream words(line);
    std::string name, equals, value;
    if (words >> name >> equals >> value && name == "version" && equals == "=") return value;
  }
  return "unknown version";
}

bool is_the_projects(const std::string& venv) {
  std::error_code error;
  return fs::equivalent(venv, nearest_venv(), error) && !error;
}

// Is it what the project's lock says? It says nothing of other environments than its own.
void check_lock(const std::string& venv, Checkup& check) {
  const std::string lock = nearest("scripts/requirements.lock");
  const harness::Result<std::string> pinned = harness::read_file(lock);
  if (!pinned || !is_the_projects(venv)) return;
  std::ifstream stamp(fs::path(venv) / ".lock-sha256");
  std::string digest;
  stamp >> digest;
  const bool same = digest == harness::sha256_hex(pinned.value());
  check.check(same, "packages of the environment",
              (same ? "as in " : digest.empty() ? "not made by scripts/setup, maybe not as in "
                                                : "no longer as in ") + lock,
              kSetup, Health::kLimited);
}

// "0.24.0", of "openai-agents==0.24.0"; empty where it is not pinned.
std::string pinned_version(const std::string& package) {
  std::istringstream pins(CTD_PINNED_CLIENTS);
  for (std::string pin; std::getline(pins, pin);) {
    if (pin.starts_with(package + "==")) return pin.substr(package.size() + 2);
  }
  return "";
}

struct Started {
  std::string reason;  // why it cannot run, or empty
  harness::SubjectInfo info;
};

// Imports each client, which takes seconds.
void check_clients(const std::string& venv, const Console& console, Checkup& check) {
  std::vector<std::future<Started>> starting;
  for (const auto transport : {harness::Transport::kExec, harness::Transport::kAppServer}) {
    starting.push_back(std::async(std::launch::async, [&venv, transport] {
      const auto host = host_of(venv, transport);
      std::string reason = host->unavailable_reason();
      return Started{std::move(reason), host->info()};
    }));
  }
  std::vector<Started> clients;
  {
    Progress progress(console, "clients started", starting.size());
    for (auto& each : starting) {
      clients.push_back(each.get());
      progress.show(clients.size());
    }
  }
  for (const Started& client : clients) {
    const std::string& package = client.info.package;
    check.check(client.reason.empty(), "subject " + client.info.name,
                client.reason.empty() ? package + " " + client.info.version : client.reason, kSetup);
    const std::string pinned = pinned_version(package);
    if (!client.reason.empty() || pinned.empty() || client.info.version == pinned) continue;
    check.tell(Health::kLimited, "version of " + package,
               client.info.version + ", and the goldens are of " + pinned,
               is_the_projects(venv) ? kSetup : "leave --python out");
  }
}

void check_python(const std::string& venv, const Console& console, Checkup& check) {
  check.tell(Health::kNote, "embedded Python", CTD_EMBEDDED_PYTHON);
  check.check(!venv.empty() && is_there(venv), "environment with the clients",
              venv.empty() ? "none found" : venv + (is_there(venv) ? "" : ": there is no such folder"),
              kSetup);
  if (is_there(fs::path(venv) / "pyvenv.cfg")) {
    const std::string python = (fs::path(venv) / "bin/python").string();
    const bool runs = ::access(python.c_str(), X_OK) == 0;
    check.check(runs, "its interpreter",
                python + (runs ? ", " + python_of(venv) : ": is not there, or its Python is gone"),
                kSetup);
    check_lock(venv, check);
  }
  check_clients(venv, console, check);
}

// ---- codex ----

// Comes with openai-codex, in whatever Python's folder; empty where there is none.
std::string codex_binary(const std::string& venv) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(fs::path(venv) / "lib", error)) {
    const fs::path binary = entry.path() / "site-packages/codex_cli_bin/bin/codex";
    if (is_there(binary)) return binary.string();
  }
  return "";
}

// Why it does not run, or empty.
std::string does_not_run(const std::string& binary) {
  auto process = harness::Process::spawn(
      {.argv = {binary, "--version"}, .environment = harness::worker_environment(json::Object())});
  if (!process) return process.error().text();
  const auto end = process->wait(kCodexTimeoutMs);
  if (!end) return binary + " --version does not end";
  return end->status == 0 && end->signal == 0 ? "" : binary + " --version " + end->text();
}

std::string on_path(const std::string& name) {
  std::istringstream folders(variable("PATH"));
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string path = (fs::path(folder.empty() ? "." : folder) / name).string();
    std::error_code error;
    if (fs::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0) return path;
  }
  return "";
}

void check_codex(const std::string& venv, Checkup& check) {
  const std::string codex = codex_binary(venv);
  const std::string wrong = codex.empty() ? "none in the environment" : does_not_run(codex);
  const auto version = installed_version(venv, "openai-codex-cli-bin");
  check.check(wrong.empty(), "codex binary, for recording",
              wrong.empty() ? codex + (version ? ", " + *version : "") : wrong, kSetup,
              Health::kLimited);
  const std::string found = on_path("codex");
  if (!found.empty()) {
    check.tell(Health::kNote, "codex on PATH, for observe", found);
  } else {
    const std::string folder = fs::path(codex).parent_path().string();
    check.tell(Health::kLimited, "codex on PATH, for observe", "none; its path may be given too",
               codex.empty() ? kSetup : "export PATH=\"$PATH:\"" + shell_word(folder));
  }
  const std::string recorder = nearest("scripts/record.py");
  if (!is_there(recorder)) {
    check.tell(Health::kLimited, "recorder", recorder + " is not here or upwards",
               "run `record` in a checkout of the project");
  }
}

// ---- the project ----

void check_project(Checkup& check) {
  const std::string folder = nearest(kDefaultTapes);
  const auto tapes = harness::find_tapes({folder});
  check.tell(Health::kNote, "tapes",
             tapes ? std::to_string(tapes.value().size()) + " in " + folder : tapes.error().text());
  const golden::Store store(nearest(kDefaultGoldens));
  const auto goldens = store.list();
  const auto waiting = store.list(golden::Slot::kPending);
  if (!goldens || !waiting) {
    const harness::Error& error = goldens ? waiting.error() : goldens.error();
    check.tell(Health::kLimited, "goldens", error.text(), mend_of(error));
    return;
  }
  check.tell(Health::kNote, "goldens",
             std::to_string(goldens.value().size()) + " in " + store.root() + ", " +
                 std::to_string(waiting.value().size()) + " changes wait for review");
}

// ---- permissions ----

void check_folders(Checkup& check) {
  const std::string set = variable("TMPDIR");
  const std::string temporary = set.empty() ? "/tmp" : set;
  std::string probe = temporary + "/ctd-doctor-XXXXXX";
  const bool works = ::mkdtemp(probe.data()) != nullptr;
  if (works) ::rmdir(probe.c_str());
  check.check(works, "temporary folder", temporary + (works ? "" : ": no folder can be made there"),
              set.empty() ? "export TMPDIR=FOLDER, one that can be written to"
                          : "unset TMPDIR");
  // Only `golden`, `--since-last` and `record` write to these.
  const auto writable = [&check](const std::string& what, const fs::path& folder,
                                 const std::string& otherwise) {
    const fs::path there = existing(folder);
    const bool good = may_write(there);
    check.check(good, what, folder.string() + (good ? "" : ": " + otherwise), made_writable(there),
                Health::kLimited);
  };
  const fs::path goldens = nearest(kDefaultGoldens);
  if (is_there(goldens)) writable("folder of goldens", goldens, "no golden can be written");
  const std::string project = project_folder();
  if (!project.empty()) {
    writable("state of the project", fs::path(project) / ".codex-telemetry-diff",
             "--since-last knows of no run");
  }
  const std::string cache = variable("XDG_CACHE_HOME");
  const fs::path home = variable("HOME");
  if (cache.empty() && home.empty()) {
    check.tell(Health::kLimited, "folder to record in", "neither XDG_CACHE_HOME nor HOME is set",
               "export HOME=FOLDER");
  } else {
    writable("folder to record in", cache.empty() ? home / ".cache" : fs::path(cache),
             "nothing can be recorded");
  }
}

int run(const std::string& venv, const Console& console) {
  Checkup check(console);
  check.tell(Health::kNote, "codex-telemetry-diff", CTD_VERSION);
  check_programs(check);
  check_data(check);
  check_python(venv, console, check);
  check_codex(venv, check);
  check_project(check);
  check_folders(check);
  check_environment(variables_here(), check);
  return check.anything_missing() ? kUnavailable : kParity;
}

}  // namespace

void add_doctor(CLI::App& app, Context& context) {
  auto venv = std::make_shared<std::string>(nearest_venv());
  CLI::App* command =
      app.add_subcommand("doctor", "What is installed, what is missing and how to get it");
  command->footer(
      "A line each: ok; missing, what every run needs; limited, what one command cannot do, or does\n"
      "otherwise than one may think; note. No value that may be a secret is told.\n"
      "Example: codex-telemetry-diff doctor --python .venv\n"
      "Exit status: 0 all there, 3 something is missing.");
  command->add_option("--python", *venv, "Environment with the clients");
  command->callback([venv, &context] { context.status = run(*venv, context.console); });
}

}  // namespace codex::cli
