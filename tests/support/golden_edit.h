// Goldens for tests, bent on purpose; header and digest are as they must be.
#ifndef TESTS_SUPPORT_GOLDEN_EDIT_H_
#define TESTS_SUPPORT_GOLDEN_EDIT_H_

#include <string>
#include <string_view>

#include "codex/telemetry/json.h"

namespace codex::test {

// The transcript of cpp as if the reference client had shown it.
std::string as_golden(const std::string& transcript_of_cpp);

// The golden with another value at `path` (a JSON pointer below the data) of the first observation
// of that lane and name. Fails the test where there is none.
std::string bent(const std::string& golden, std::string_view lane, std::string_view name,
                 std::string_view path, const json::Value& value);

// What is compared of a transcript: its observation lines, without header and footer.
std::string observation_lines(const std::string& transcript);

}  // namespace codex::test

#endif  // TESTS_SUPPORT_GOLDEN_EDIT_H_
