// A command line of codex (0.163.0): which transport it speaks over its stdin and stdout.
#ifndef HARNESS_PROXY_CODEX_COMMAND_H_
#define HARNESS_PROXY_CODEX_COMMAND_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/tape/tape.h"

namespace codex::harness {

// The option is followed by a word of its own: "--model", "-m"; not "--model=x".
bool takes_value(std::string_view option);

// The words of `arguments` (without the program) that are neither options nor their values.
// `index` of each; what follows "--" counts.
std::vector<std::size_t> plain_words(const std::vector<std::string>& arguments);

// `exec` (or `e`) with --json or --experimental-json; `app-server` over stdio. Nothing for what
// else codex does.
std::optional<Transport> transport_of(const std::vector<std::string>& arguments);

}  // namespace codex::harness

#endif  // HARNESS_PROXY_CODEX_COMMAND_H_
