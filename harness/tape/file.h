// A whole file in memory.
#ifndef HARNESS_TAPE_FILE_H_
#define HARNESS_TAPE_FILE_H_

#include <string>

#include "harness/model/result.h"

namespace codex::harness {

// Errors name the path and the system's reason.
Result<std::string> read_file(const std::string& path);

}  // namespace codex::harness

#endif  // HARNESS_TAPE_FILE_H_
