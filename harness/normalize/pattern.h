// Patterns of lanes, names and paths, as rules.json writes them.
#ifndef HARNESS_NORMALIZE_PATTERN_H_
#define HARNESS_NORMALIZE_PATTERN_H_

#include <string_view>

#include "harness/normalize/walk.h"

namespace codex::harness {

// `*` stands for any characters, also none and also "/"; the whole text has to match.
bool matches_glob(std::string_view glob, std::string_view text);

// In a pattern, the segment "*" stands for exactly one segment, "**" for any number, also none.
bool matches_path(const Path& pattern, const Path& path);

}  // namespace codex::harness

#endif  // HARNESS_NORMALIZE_PATTERN_H_
