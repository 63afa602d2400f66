// A help text for a terminal.
#ifndef CLI_HELP_TEXT_H_
#define CLI_HELP_TEXT_H_

#include <cstddef>
#include <string>

namespace codex::cli {

// CLI11's help, whose lines are as long as they come, broken between words at `width` columns (0:
// not at all). What stands in a column goes on in that column, where there is room for one. Examples
// stay whole: they are there to be copied.
std::string fitted_help(const std::string& help, std::size_t width);

}  // namespace codex::cli

#endif  // CLI_HELP_TEXT_H_
