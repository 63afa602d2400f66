// Whether a virtual environment was made by the Python that this program embeds. Looked at before
// the interpreter starts, because a wrong one fails in quiet ways: extension modules of another
// build die on import, another version's packages are not found, a missing folder becomes /usr.
#ifndef PYBRIDGE_ENVIRONMENT_H_
#define PYBRIDGE_ENVIRONMENT_H_

#include <optional>
#include <string>

namespace codex::pybridge {

// A Python, as `pyvenv.cfg` tells of one.
struct PythonBuild {
  std::string version;     // "3.11.2"
  std::string executable;  // the program that `-m venv` is run with
};

// The Python that this program was built with and runs with. Where these are two (the library was
// upgraded since), `problem` says so.
PythonBuild embedded_python();
std::optional<std::string> embedded_python_problem();

// Nothing when `venv` was made by `python`. Else one sentence: what was found, what is needed, and
// the command that mends it.
std::optional<std::string> environment_problem(const std::string& venv, const PythonBuild& python);

// The commands that make `venv` (again, where there is something), as part of a sentence.
std::string mending_command(const std::string& venv, const PythonBuild& python);

}  // namespace codex::pybridge

#endif  // PYBRIDGE_ENVIRONMENT_H_
