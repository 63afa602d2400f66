// The one embedded interpreter of this process.
#ifndef PYBRIDGE_INTERPRETER_H_
#define PYBRIDGE_INTERPRETER_H_

#include <optional>
#include <string>

namespace codex::pybridge {

struct InterpreterOptions {
  std::string venv;      // the environment whose packages are used
  std::string adapters;  // put first on sys.path; empty: nothing is
};

// Starts it, once in a process; the calling thread holds the GIL from then on. The interpreter is
// isolated: it reads no PYTHON* variable, no user site and no current folder, and writes no
// bytecode. It is never ended: a client may leave a thread behind that Py_Finalize would join for
// ever, so whoever started it leaves with _exit.
//
// Nothing when it runs and its prefix is the environment; else why not, and what to do. After a
// failure the process can only leave.
std::optional<std::string> start_interpreter(const InterpreterOptions& options);

}  // namespace codex::pybridge

#endif  // PYBRIDGE_INTERPRETER_H_
