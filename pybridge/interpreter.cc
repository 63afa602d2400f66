#include "pybridge/interpreter.h"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include <pybind11/pybind11.h>

#include "pybridge/environment.h"

namespace codex::pybridge {
namespace {

namespace fs = std::filesystem;
namespace py = pybind11;

void check(PyStatus status) {
  if (!PyStatus_Exception(status)) return;
  const std::string where = status.func ? std::string(status.func) + ": " : std::string();
  throw std::runtime_error(where + (status.err_msg ? status.err_msg : "Python did not start"));
}

class Config {
 public:
  Config() { PyConfig_InitIsolatedConfig(&config_); }
  ~Config() { PyConfig_Clear(&config_); }
  Config(const Config&) = delete;
  Config& operator=(const Config&) = delete;
  PyConfig* get() { return &config_; }
  PyConfig* operator->() { return &config_; }

 private:
  PyConfig config_;
};

void preinitialize() {
  // What a program reads and writes is UTF-8 because the locale says so, as for a user of the
  // clients, not by Python's UTF-8 mode.
  ::setenv("LANG", "C.UTF-8", 1);
  ::setenv("LC_ALL", "C.UTF-8", 1);
  PyPreConfig config;
  PyPreConfig_InitIsolatedConfig(&config);
  config.configure_locale = 1;
  config.utf8_mode = 0;
  check(Py_PreInitialize(&config));
}

void initialize(const std::string& program) {
  Config config;
  config->user_site_directory = 0;
  config->write_bytecode = 0;
  config->buffered_stdio = 0;
  config->pathconfig_warnings = 0;
  // SIGPIPE and SIGXFSZ ignored, as under the ordinary `python`: writing to a process that has gone
  // must be an error that the client sees.
  config->install_signal_handlers = 1;
  check(PyConfig_SetBytesString(config.get(), &config->program_name, program.c_str()));
  check(PyConfig_SetBytesString(config.get(), &config->executable, program.c_str()));
  check(Py_InitializeFromConfig(config.get()));
}

std::optional<std::string> prefix_problem(const fs::path& venv, const PythonBuild& python) {
  const auto prefix = py::module_::import("sys").attr("prefix").cast<std::string>();
  std::error_code error;
  if (fs::equivalent(prefix, venv, error) && !error) return std::nullopt;
  return "Python started with the prefix " + prefix + " and not with " + venv.string() + "; " +
         mending_command(venv.string(), python);
}

}  // namespace

std::optional<std::string> start_interpreter(const InterpreterOptions& options) {
  if (auto problem = embedded_python_problem()) return problem;
  const PythonBuild python = embedded_python();
  if (auto problem = environment_problem(options.venv, python)) return problem;
  std::error_code error;
  const fs::path venv = fs::canonical(options.venv, error);
  if (error) return options.venv + ": " + error.message();
  try {
    preinitialize();
    initialize((venv / "bin" / "python").string());
  } catch (const std::runtime_error& failure) {
    return "Python " + python.version + " did not start in " + options.venv + " (" +
           failure.what() + "); " + mending_command(options.venv, python);
  }
  if (auto problem = prefix_problem(venv, python)) return problem;
  if (!options.adapters.empty()) {
    py::list path = py::module_::import("sys").attr("path");
    path.insert(0, options.adapters);
  }
  return std::nullopt;
}

}  // namespace codex::pybridge
