#include "pybridge/adapter.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <optional>

#include "pybridge/convert.h"
#include "pybridge/environment.h"

namespace codex::pybridge {
namespace {

namespace fs = std::filesystem;
namespace py = pybind11;

std::string module_name(const std::string& subject) {
  std::string name = subject + "_subject";
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

// "ModuleNotFoundError: No module named 'agents'"
std::string last_line(const std::string& traceback) {
  const auto end = traceback.find_last_not_of('\n');
  if (end == std::string::npos) return {};
  const auto newline = traceback.rfind('\n', end);
  const auto start = newline == std::string::npos ? 0 : newline + 1;
  return traceback.substr(start, end - start + 1);
}

// With `include-system-site-packages` a package of the system would be taken for the pinned one.
std::optional<std::string> place_problem(const py::object& distribution, const std::string& venv) {
  const std::string place =
      py::str(distribution.attr("locate_file")("")).cast<std::string>();
  const fs::path root = fs::weakly_canonical(venv);
  const fs::path found = fs::weakly_canonical(place);
  const auto [in_root, rest] = std::mismatch(root.begin(), root.end(), found.begin(), found.end());
  if (in_root == root.end()) return std::nullopt;
  return "it is installed in " + place + ", which is outside of " + venv;
}

std::optional<std::string> thread_problem(const std::string& subject) {
  const auto known = py::module_::import("threading").attr("active_count")().cast<long>();
  const auto tasks = std::distance(fs::directory_iterator("/proc/self/task"), {});
  if (known == 1 && tasks == 1) return std::nullopt;
  return "importing the client of `" + subject + "` started threads (" + std::to_string(known) +
         " known to Python, " + std::to_string(tasks) +
         " of the process); sessions are forked and need a single-threaded parent";
}

}  // namespace

std::string traceback_of(const py::error_already_set& error) {
  try {
    const py::object lines = py::module_::import("traceback")
                                 .attr("format_exception")(error.type(), error.value(),
                                                           error.trace() ? error.trace()
                                                                         : py::none());
    // Through the conversion, because the text of an exception may hold a lone surrogate.
    return std::string(from_python(py::str("").attr("join")(lines)).text());
  } catch (const std::exception&) {
    return "an exception that could not be printed\n";
  }
}

std::variant<Adapter, std::string> Adapter::load(const std::string& subject,
                                                 const std::string& venv) {
  const std::string mend = mending_command(venv, embedded_python());
  Adapter adapter;
  adapter.name_ = subject;
  try {
    const auto module = py::module_::import(module_name(subject).c_str());
    adapter.package_ = module.attr("PACKAGE").cast<std::string>();
    adapter.run_ = module.attr("run");
    const py::object distribution =
        py::module_::import("importlib.metadata").attr("distribution")(adapter.package_);
    adapter.version_ = distribution.attr("version").cast<std::string>();
    if (const auto problem = place_problem(distribution, venv)) {
      return adapter.package_ + " is not the one of the environment: " + *problem + "; " + mend;
    }
    module.attr("prepare")();
    if (auto problem = thread_problem(subject)) return std::move(*problem);
  } catch (const py::error_already_set& error) {
    const std::string traceback = traceback_of(error);
    std::fprintf(stderr, "%s", traceback.c_str());
    return "the client of `" + subject + "` could not be imported from " + venv + " (" +
           last_line(traceback) + "); " + mend;
  } catch (const std::exception& error) {
    return "the adapter of `" + subject + "` is not one: " + error.what();
  }
  return adapter;
}

json::Value Adapter::info() const {
  return json::Value(json::Object{{"name", name_},
                                  {"package", package_},
                                  {"version", version_},
                                  {"python", embedded_python().version}});
}

}  // namespace codex::pybridge
