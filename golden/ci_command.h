// What a build service takes for a command wherever it stands in a line of a log: "##[group]" and
// the like, "##vso[…]", "##teamcity[…]".
#ifndef GOLDEN_CI_COMMAND_H_
#define GOLDEN_CI_COMMAND_H_

#include <string_view>

namespace codex::golden {

// Does one begin with `text`? Its first character must be escaped then.
bool begins_ci_command(std::string_view text);

}  // namespace codex::golden

#endif  // GOLDEN_CI_COMMAND_H_
