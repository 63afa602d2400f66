// The environment that workers start in.
#ifndef HARNESS_SUBJECT_ENVIRONMENT_H_
#define HARNESS_SUBJECT_ENVIRONMENT_H_

#include <string>
#include <vector>

#include "codex/telemetry/json.h"

namespace codex::harness {

// PATH and HOME as they are here, LANG=C.UTF-8, TZ where it is set, and nothing else of this
// process: what a user has set for other programs must neither change a session nor, an API key
// say, get into one. Then `extra`, an object of strings, which wins. As "NAME=VALUE".
std::vector<std::string> worker_environment(const json::Value& extra);

}  // namespace codex::harness

#endif  // HARNESS_SUBJECT_ENVIRONMENT_H_
