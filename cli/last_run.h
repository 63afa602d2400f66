// Which sessions failed when they last ran, for `replay --since-last`.
#ifndef CLI_LAST_RUN_H_
#define CLI_LAST_RUN_H_

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/model/result.h"
#include "matrix/report.h"

namespace codex::cli {

// Kept beside the project's goldens, from the working folder upwards, in a file that is not
// versioned. A run changes what is said of the sessions that it ran, and of no others; under CI
// nothing is kept.
class LastRun {
 public:
  // Without a project nothing is kept, and nothing failed.
  static LastRun of_project();

  bool has_project() const { return !file_.empty(); }
  // Of a tape, by its path.
  bool failed(const std::string& tape) const { return failed_.contains(identity(tape)); }
  // Replaces the file in one step. Nothing where that worked, or nothing is kept.
  std::optional<harness::Error> record(const std::vector<matrix::SessionReport>& sessions);

 private:
  static std::string identity(const std::string& path);

  std::string file_;
  std::set<std::string> failed_;
};

}  // namespace codex::cli

#endif  // CLI_LAST_RUN_H_
