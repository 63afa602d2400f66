// Secrets that only their name gives away: PASSWORD=…, "api_key": "…", --token …
#ifndef CODEX_TELEMETRY_SRC_ASSIGNMENT_H_
#define CODEX_TELEMETRY_SRC_ASSIGNMENT_H_

#include <cstddef>
#include <optional>
#include <string_view>

#include "scrub_rules.h"

namespace codex::telemetry {

// The name around `position`: letters, digits and `_-.`. Empty if it is too long to be one.
Span name_around(std::string_view text, std::size_t position);

// The last value without quotes that was walked over. Names in it have values that end with it, so
// it is walked over only once.
struct UnquotedRun {
  Span span{0, 0};
};

// The value that `text` gives to the name at `name`, if that is a secret. `rule` matches what
// stands between name and value.
std::optional<Span> assigned_secret(std::string_view text, Span name, const Rule& rule,
                                    UnquotedRun& run);

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_ASSIGNMENT_H_
