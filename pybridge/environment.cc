#include "pybridge/environment.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <string_view>
#include <system_error>

#include <pybind11/pybind11.h>

namespace codex::pybridge {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLock = "scripts/requirements.lock";

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r") - first + 1));
}

// As site.py reads it: "key = value", keys without regard to case, other lines are passed over.
std::map<std::string, std::string> read_config(std::istream& file) {
  std::map<std::string, std::string> values;
  for (std::string line; std::getline(file, line);) {
    const auto equals = line.find('=');
    if (equals == std::string::npos) continue;
    std::string key = trimmed(std::string_view(line).substr(0, equals));
    std::transform(key.begin(), key.end(), key.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    values[key] = trimmed(std::string_view(line).substr(equals + 1));
  }
  return values;
}

// The path without links, or as it is where it leads nowhere.
fs::path resolved(const fs::path& path) {
  std::error_code error;
  fs::path result = fs::weakly_canonical(path, error);
  return error ? path : result;
}

// "3.11.2.final.0" (virtualenv) and "3.11.2" are the same version.
std::string release_of(const std::string& version) {
  std::size_t end = 0;
  for (int dots = 0; end < version.size(); ++end) {
    if (version[end] == '.' && ++dots == 3) break;
  }
  return version.substr(0, end);
}

std::string major_minor(const std::string& version) {
  return version.substr(0, version.find('.', version.find('.') + 1));
}

std::string quoted(const std::string& word) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./+:@%,";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string result = "'";
  for (const char c : word) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

std::string described(const PythonBuild& python) {
  return "Python " + python.version + " (" + python.executable + ")";
}

std::string sentence(const std::string& found, const std::string& venv,
                     const PythonBuild& python) {
  return found + "; needed is an environment made by " + described(python) +
         ", which is the Python embedded here; " + mending_command(venv, python);
}

}  // namespace

PythonBuild embedded_python() {
  // "3.11.2 (main, …) [GCC …]"
  const std::string_view running = Py_GetVersion();
  return {std::string(running.substr(0, running.find(' '))), CTD_EMBEDDED_PYTHON};
}

std::optional<std::string> embedded_python_problem() {
  const PythonBuild python = embedded_python();
  if (python.version == PY_VERSION) return std::nullopt;
  return std::string("this program was built with Python ") + PY_VERSION +
         " and found the library of Python " + python.version +
         "; build it again: `scripts/setup`";
}

std::string mending_command(const std::string& venv, const PythonBuild& python) {
  std::error_code ignored;
  const std::string clear = fs::exists(fs::symlink_status(venv, ignored)) ? " --clear" : "";
  return "make it with `scripts/setup`, or with `" + quoted(python.executable) + " -m venv" +
         clear + " " + quoted(venv) + " && " + quoted(venv + "/bin/python") +
         " -m pip install --require-hashes -r " + std::string(kLock) + "`";
}

std::optional<std::string> environment_problem(const std::string& venv,
                                               const PythonBuild& python) {
  const auto problem = [&](const std::string& found) { return sentence(found, venv, python); };
  std::error_code ignored;
  if (!fs::exists(venv, ignored)) return problem("there is no Python environment at " + venv);
  const fs::path root(venv);
  std::ifstream file(root / "pyvenv.cfg");
  if (!file) return problem(venv + " is no Python environment: it has no readable pyvenv.cfg");
  auto config = read_config(file);

  const std::string version =
      release_of(config.contains("version") ? config["version"] : config["version_info"]);
  const std::string home = config["home"];
  if (version.empty() || home.empty()) {
    return problem(venv + " is incomplete: its pyvenv.cfg names no " +
                   (home.empty() ? "home" : "version"));
  }
  const std::string maker = config.contains("executable")        ? config["executable"]
                            : config.contains("base-executable") ? config["base-executable"]
                                                                 : "";
  const std::string found = venv + " was made by Python " + version + " (" +
                            (maker.empty() ? home : maker) + ")";
  if (version != python.version) return problem(found);
  // `home` is the folder of the program as it was called, `executable` the program without links.
  const fs::path real = resolved(python.executable);
  const fs::path from = resolved(home);
  const bool same_home =
      from == resolved(fs::path(python.executable).parent_path()) || from == real.parent_path();
  const bool same_maker = maker.empty() || resolved(maker) == real;
  if (!same_home || !same_maker) return problem(found);

  const fs::path program = root / "bin" / "python";
  if (::access(program.c_str(), X_OK) != 0) {
    return problem(venv + " is incomplete: bin/python is missing or leads nowhere");
  }
  const fs::path packages = fs::path("lib") / ("python" + major_minor(version)) / "site-packages";
  if (!fs::is_directory(root / packages, ignored)) {
    return problem(venv + " is incomplete: " + packages.string() + " is missing");
  }
  return std::nullopt;
}

}  // namespace codex::pybridge
