// JSON values for tests: from text, and at a place.
#ifndef TESTS_SUPPORT_JSON_AT_H_
#define TESTS_SUPPORT_JSON_AT_H_

#include <ostream>
#include <string>
#include <string_view>

#include "codex/telemetry/json.h"

namespace codex::json {

// What a failed test shows of a value.
inline void PrintTo(const Value& value, std::ostream* stream) { *stream << dump(value, kCompact); }

}  // namespace codex::json

namespace codex::test {

// The text as JSON; fails the test where it is none.
json::Value parsed(std::string_view text);
// Null where there is nothing at the JSON pointer ("/sessions/0/verdict").
json::Value* find_at(json::Value& value, std::string_view pointer);
// The same, JSON's null where there is nothing.
const json::Value& at(const json::Value& value, std::string_view pointer);

// Objects member by member, everything else is replaced; null is a value like any other.
void merge(json::Value& into, const json::Value& patch);

}  // namespace codex::test

#endif  // TESTS_SUPPORT_JSON_AT_H_
