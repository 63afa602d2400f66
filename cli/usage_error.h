// What a command line got wrong, told so that the next try succeeds.
#ifndef CLI_USAGE_ERROR_H_
#define CLI_USAGE_ERROR_H_

#include <string>
#include <vector>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace codex::cli {

struct UsageError {
  std::string message;
  std::string help;  // the command whose help tells more: "codex-telemetry-diff golden list --help"
};
// `words`: the arguments without the program's name.
UsageError usage_error(const CLI::App& app, const std::vector<std::string>& words,
                       const CLI::ParseError& error);

// `help golden list` is `golden list --help`; other words come back as they are.
std::vector<std::string> without_help_command(const CLI::App& app, std::vector<std::string> words);

}  // namespace codex::cli

#endif  // CLI_USAGE_ERROR_H_
