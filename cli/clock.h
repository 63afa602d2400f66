// What time it is, for reports.
#ifndef CLI_CLOCK_H_
#define CLI_CLOCK_H_

#include <string>

namespace codex::cli {

// RFC 3339, UTC: "2026-11-23T02:00:00Z".
std::string utc_now();
// To the microsecond, so that no two runs of a machine began at one time.
std::string utc_now_exactly();
// "2026-11-23"
std::string utc_today();

}  // namespace codex::cli

#endif  // CLI_CLOCK_H_
