// Text that comes from a session, made safe for terminals, reports and people.
#ifndef MATRIX_PRINTABLE_H_
#define MATRIX_PRINTABLE_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "codex/telemetry/json.h"

namespace codex::matrix {

// Valid UTF-8 without anything that golden::is_unsafe, noncharacters and tags: that becomes \u001b,
// and a byte that is no UTF-8 \xff. A backslash stays as it is: for people, not for reading back.
std::string printable(std::string_view text);

// At most `longest` characters of it, then how many there are: `abc… (5000 characters)`. 0: all.
// For valid UTF-8.
std::string shortened(std::string text, std::size_t longest);

// The value as JSON, at most `longest` characters of it, then how many there are: `"abc… (5000
// characters)`. 0: all of it.
std::string printable_value(const json::Value& value, std::size_t longest);

}  // namespace codex::matrix

#endif  // MATRIX_PRINTABLE_H_
