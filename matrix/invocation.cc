#include "matrix/invocation.h"

#include "matrix/shell_word.h"

namespace codex::matrix {

CommandLine::CommandLine(const Invocation& invocation, std::string_view command)
    : invocation_(invocation), text_(shell_word(invocation.program) + " " + std::string(command)) {}

CommandLine& CommandLine::path(const std::string& path) {
  text_ += " " + shell_word(path.starts_with('-') ? "./" + path : path);
  return *this;
}

CommandLine& CommandLine::flag(std::string_view name) {
  text_ += " " + std::string(name);
  return *this;
}

CommandLine& CommandLine::option(std::string_view name, const std::string& value) {
  if (value.empty()) return *this;
  // What begins like an option would be taken for one.
  text_ += " " + std::string(name) + (value.starts_with('-') ? "=" : " ") + shell_word(value);
  return *this;
}

CommandLine& CommandLine::options(std::string_view name, const std::vector<std::string>& values) {
  for (const std::string& each : values) option(name, each);
  return *this;
}

CommandLine& CommandLine::selection() {
  for (const std::string& each : invocation_.paths) path(each);
  return options("--session", invocation_.sessions);
}

// A tape that is given by itself has its file's name; one below a folder has the folders' too, and
// its golden is found by that name.
CommandLine& CommandLine::session(const std::string& name, const std::string& tape) {
  const std::size_t at = name.find('/') == std::string::npos ? std::string::npos
                                                             : tape.rfind("/" + name + ".");
  if (at == std::string::npos) return path(tape);
  return path(at == 0 ? "/" : tape.substr(0, at)).option("--session", name);
}

CommandLine& CommandLine::goldens() {
  if (invocation_.no_golden) return flag("--no-golden");
  return option("--golden", invocation_.golden);
}

CommandLine& CommandLine::environments() {
  for (const std::string& each : invocation_.python) option("--python", each);
  return *this;
}

CommandLine& CommandLine::environment() {
  return option("--python", invocation_.python.empty() ? "" : invocation_.python.front());
}

CommandLine& CommandLine::environment_of(const std::string& column) {
  const auto found = invocation_.further.find(column);
  return found == invocation_.further.end() ? *this : option("--python", found->second);
}

CommandLine& CommandLine::subjects() {
  for (const std::string& each : invocation_.subjects) option("--subject", each);
  return *this;
}

CommandLine& CommandLine::references() {
  for (const std::string& each : invocation_.subjects) {
    if (each != "cpp") option("--subject", each);
  }
  return *this;
}

CommandLine& CommandLine::timeout() { return option("--timeout", invocation_.timeout); }

}  // namespace codex::matrix
