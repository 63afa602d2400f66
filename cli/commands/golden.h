// The subcommands of `golden` that stand in a file of their own.
#ifndef CLI_COMMANDS_GOLDEN_H_
#define CLI_COMMANDS_GOLDEN_H_

#include "cli/commands/commands.h"

namespace codex::cli {

void add_golden_review(CLI::App& golden, Context& context);

}  // namespace codex::cli

#endif  // CLI_COMMANDS_GOLDEN_H_
