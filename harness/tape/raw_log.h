// A raw `codex exec --json` log as a tape: one process, whose output is the file byte for byte.
#ifndef HARNESS_TAPE_RAW_LOG_H_
#define HARNESS_TAPE_RAW_LOG_H_

#include <string_view>

#include "harness/model/result.h"
#include "harness/tape/tape.h"

namespace codex::harness {

// True for the name *.exec.jsonl, and for a first line that is an object with `type` and no key
// of a tape.
bool is_raw_log(std::string_view bytes, std::string_view path);

// Fills in everything but name, path and digest. Any bytes are a raw log; only the defaults of the
// driver can be unreadable.
Result<Tape> read_raw_log(std::string_view bytes);

}  // namespace codex::harness

#endif  // HARNESS_TAPE_RAW_LOG_H_
