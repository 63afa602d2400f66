#include "cli/console.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "matrix/printable.h"

namespace codex::cli {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// What comes from a file or a session must not act on a terminal; line ends of ours may stay.
std::string harmless(std::string_view text) {
  std::string out;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    out += matrix::printable(text.substr(start, end - start));
    if (end < text.size()) out += '\n';
    start = end + 1;
  }
  return out;
}

}  // namespace

bool use_color(ColorMode mode, bool is_terminal) {
  if (mode != ColorMode::kAuto) return mode == ColorMode::kAlways;
  if (!variable("NO_COLOR").empty()) return false;
  const std::string force = variable("CLICOLOR_FORCE");
  if (!force.empty() && force != "0") return true;
  if (variable("CLICOLOR") == "0" || variable("TERM") == "dumb") return false;
  return is_terminal;
}

bool Console::out_color() const { return use_color(color, isatty(STDOUT_FILENO) != 0); }
bool Console::err_terminal() const { return isatty(STDERR_FILENO) != 0; }

void Console::error(std::string_view text) const {
  err << "codex-telemetry-diff: " << harmless(text) << '\n';
}
void Console::error(const harness::Error& error_value) const { error(error_value.text()); }
void Console::note(std::string_view text) const {
  if (!quiet) err << "codex-telemetry-diff: " << harmless(text) << '\n';
}

}  // namespace codex::cli
