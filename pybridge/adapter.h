// The Python module that drives one client: `<subject>_subject.py`, with PACKAGE, prepare() and
// run(driver, peer, env, emit), or with three more where it is conducted (session.h).
#ifndef PYBRIDGE_ADAPTER_H_
#define PYBRIDGE_ADAPTER_H_

#include <string>
#include <variant>

#include <pybind11/pybind11.h>

#include "codex/telemetry/json.h"

namespace codex::pybridge {

// Hidden as pybind11's types are, which it holds.
class __attribute__((visibility("hidden"))) Adapter {
 public:
  // Imports the adapter of `subject` and with it the client, asks for the client's version, calls
  // prepare(), and makes sure that no thread runs: what a fork would not take along. The second
  // alternative says why this can't be, and what to do.
  static std::variant<Adapter, std::string> load(const std::string& subject,
                                                 const std::string& venv);

  // {"name","package","version","python"}
  json::Value info() const;
  const pybind11::object& run() const { return run_; }

 private:
  Adapter() = default;
  std::string name_;
  std::string package_;
  std::string version_;
  pybind11::object run_;
};

// The traceback as Python prints it. Never throws; needs the GIL, as what() of pybind11 2.10 does
// too, so call it where the exception is caught.
std::string traceback_of(const pybind11::error_already_set& error);

}  // namespace codex::pybridge

#endif  // PYBRIDGE_ADAPTER_H_
