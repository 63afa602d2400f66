// The whole program but its `main`: arguments in, exit status out.
#ifndef CLI_APP_H_
#define CLI_APP_H_

#include <iosfwd>

namespace codex::cli {

int run_app(int argc, const char* const* argv, std::ostream& out, std::ostream& err);

}  // namespace codex::cli

#endif  // CLI_APP_H_
