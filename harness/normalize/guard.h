// Keeps raw text from passing for a placeholder.
#ifndef HARNESS_NORMALIZE_GUARD_H_
#define HARNESS_NORMALIZE_GUARD_H_

#include <string>
#include <vector>

#include "codex/telemetry/json.h"

namespace codex::harness {

// Puts a backslash before what a client itself wrote and what normalization could have written:
//  - a whole string of the form <word> or <word:number>, with any backslashes before it (so that
//    different texts stay different);
//  - inside a longer string, an identity (<thread:1>) and each of `marks` (0x<address>).
// Runs once, on what is raw, before anything is replaced.
bool guard(std::string& text, const std::vector<std::string>& marks);
void guard(json::Value& value, const std::vector<std::string>& marks);

// True for <word> and <word:number> without backslashes: the form of every placeholder.
bool is_placeholder(std::string_view text);

}  // namespace codex::harness

#endif  // HARNESS_NORMALIZE_GUARD_H_
