// --explain: which rule made which values equal.
#ifndef CLI_EXPLAIN_H_
#define CLI_EXPLAIN_H_

#include <cstddef>
#include <string>
#include <vector>

#include "cli/session_job.h"

namespace codex::cli {

// Text for people: per session, subject and rule how often it was used, each path pattern with one
// value that it replaced, at most `longest_value` characters of it (0: all).
std::string explain(const std::vector<SessionOutcome>& sessions, std::size_t longest_value);

}  // namespace codex::cli

#endif  // CLI_EXPLAIN_H_
