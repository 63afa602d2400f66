// What doctor says of the variables of the environment.
#ifndef CLI_ENVIRONMENT_CHECKS_H_
#define CLI_ENVIRONMENT_CHECKS_H_

#include <map>
#include <string>

#include "cli/checkup.h"

namespace codex::cli {

using Variables = std::map<std::string, std::string>;

// Of this process.
Variables variables_here();

// Locale, terminal, and every variable that is set and that this program, the library, a client or
// codex looks at: what it does here. Of those that may hold a secret no value is told.
void check_environment(const Variables& variables, Checkup& checkup);

}  // namespace codex::cli

#endif  // CLI_ENVIRONMENT_CHECKS_H_
