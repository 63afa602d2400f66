// JSON pointers (RFC 6901), as differences and rules name places.
#ifndef GOLDEN_JSON_POINTER_H_
#define GOLDEN_JSON_POINTER_H_

#include <string>
#include <string_view>

#include "codex/telemetry/json.h"

namespace codex::golden {

// A member's name, or an index, as it stands in a pointer: "a/b" is "a~1b".
std::string pointer_segment(std::string_view name);

// What `pointer` points at, or null. "": the value itself.
const json::Value* value_at(const json::Value& value, std::string_view pointer);

}  // namespace codex::golden

#endif  // GOLDEN_JSON_POINTER_H_
