// `observe` without a command: a session that is read from a stream.
#ifndef CLI_OBSERVE_INPUT_H_
#define CLI_OBSERVE_INPUT_H_

#include "cli/console.h"
#include "cli/observe_outputs.h"

namespace codex::cli {

// Reads `fd` to its end: what `codex exec --json` prints, what an app-server says (with or without
// its client's messages), or a tape. The exit status.
int observe_input(int fd, const ObserveOptions& options, const Console& console);

}  // namespace codex::cli

#endif  // CLI_OBSERVE_INPUT_H_
