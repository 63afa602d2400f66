// Where the program's words go, and how they may look there.
#ifndef CLI_CONSOLE_H_
#define CLI_CONSOLE_H_

#include <iosfwd>
#include <string>
#include <string_view>

#include "harness/model/result.h"

namespace codex::cli {

enum class ColorMode { kAuto, kAlways, kNever };

// --color, else NO_COLOR, else CLICOLOR_FORCE, else CLICOLOR=0, else TERM=dumb, else a terminal.
bool use_color(ColorMode mode, bool is_terminal);

struct Console {
  std::ostream& out;  // data
  std::ostream& err;  // messages and progress
  ColorMode color = ColorMode::kAuto;
  bool quiet = false;
  bool verbose = false;
  std::string program = "codex-telemetry-diff";  // as it was called, for commands to paste

  bool out_color() const;
  bool err_terminal() const;
  // "codex-telemetry-diff: SENTENCE", with control characters escaped.
  void error(std::string_view text) const;
  void error(const harness::Error& error) const;
  void note(std::string_view text) const;  // not when quiet
};

}  // namespace codex::cli

#endif  // CLI_CONSOLE_H_
