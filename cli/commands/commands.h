// The commands, one file each. Each adds itself to the program's option tree; `status` gets the
// exit status when it was the one that was called.
#ifndef CLI_COMMANDS_COMMANDS_H_
#define CLI_COMMANDS_COMMANDS_H_

#include "cli/console.h"

namespace CLI {
class App;
}

namespace codex::cli {

struct Context {
  Console console;
  int status = 0;
};

void add_replay(CLI::App& app, Context& context);
void add_diff(CLI::App& app, Context& context);
void add_golden(CLI::App& app, Context& context);
void add_matrix(CLI::App& app, Context& context);
void add_record(CLI::App& app, Context& context);
void add_observe(CLI::App& app, Context& context);
void add_nightly(CLI::App& app, Context& context);
void add_fuzz(CLI::App& app, Context& context);
void add_merge(CLI::App& app, Context& context);
void add_doctor(CLI::App& app, Context& context);
void add_completion(CLI::App& app, Context& context);

}  // namespace codex::cli

#endif  // CLI_COMMANDS_COMMANDS_H_
