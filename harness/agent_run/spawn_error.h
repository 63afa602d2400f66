// Why Python cannot start a process with these arguments.
//
// Source: CPython 3.11, Modules/_posixsubprocess.c (fork_exec: each argument goes through
// PyUnicode_FSConverter) and Objects/unicodeobject.c (the UTF-8 encoder with surrogateescape).
#ifndef HARNESS_AGENT_RUN_SPAWN_ERROR_H_
#define HARNESS_AGENT_RUN_SPAWN_ERROR_H_

#include <optional>

#include "codex/telemetry/codex_tool_profile.h"
#include "codex/telemetry/json.h"

namespace codex::harness {

// What the client raises, or nothing where the argument can be passed: a text without NUL and
// without surrogates, but for U+DC80..U+DCFF, which stand for bytes.
std::optional<telemetry::ClientError> spawn_error(const json::Value& argument);

}  // namespace codex::harness

#endif  // HARNESS_AGENT_RUN_SPAWN_ERROR_H_
