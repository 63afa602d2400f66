// An executable that starts codex behind `observe`, for clients that only take a path.
#ifndef CLI_SHIM_H_
#define CLI_SHIM_H_

#include <optional>
#include <string>
#include <vector>

#include "cli/observe_outputs.h"
#include "harness/model/result.h"

namespace codex::cli {

// The file that running `program` would run: itself where it has a slash, else the first of PATH.
// Absolute; nothing where there is none that may be executed.
std::optional<std::string> executable(const std::string& program);

// The text of the shim. `observer` is this program, `words` the options that it gives to `observe`,
// `command` codex, with what is to stand before the client's own arguments.
std::string shim_text(const std::string& observer, const std::vector<std::string>& words,
                      const std::vector<std::string>& command);

// Writes options.shim. It takes the place of another shim, never of any other file.
std::optional<harness::Error> write_shim(const ObserveOptions& options);

}  // namespace codex::cli

#endif  // CLI_SHIM_H_
