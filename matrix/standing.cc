#include "matrix/standing.h"

#include "matrix/history.h"

namespace codex::matrix {

std::string fingerprint(const std::string&, const std::string&, const golden::Difference&) {
  return {};
}
void compare_with_past(const Past&, Report& report) {
  if (!report.night) report.night.emplace();
}
golden::Status apply_history(const History*, Report& report) {
  compare_with_past({}, report);
  return std::nullopt;
}

}  // namespace codex::matrix
