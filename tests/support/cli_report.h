// What `replay --format json` said, in the words of the tests.
#ifndef TESTS_SUPPORT_CLI_REPORT_H_
#define TESTS_SUPPORT_CLI_REPORT_H_

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/json.h"

namespace codex::test {

struct ReportedDifference {
  std::string subject;
  std::string against;
  std::string kind;
  std::string lane;
  std::string name;
  std::string path;
  std::optional<json::Value> expected;
  std::optional<json::Value> actual;
};
std::ostream& operator<<(std::ostream& stream, const ReportedDifference& difference);

class CliReport {
 public:
  // Fails the test where the text is no report.
  explicit CliReport(std::string text);

  const json::Value& whole() const { return whole_; }
  std::vector<std::string> sessions() const;
  // Fails the test where there is no such session.
  const json::Value& session(std::string_view name) const;
  std::string verdict(std::string_view session) const;
  // "completed", of a subject; and why, where it is no regular one.
  std::string outcome(std::string_view session, std::string_view subject) const;
  std::string reason(std::string_view session, std::string_view subject) const;
  std::vector<ReportedDifference> differences(std::string_view session) const;
  // The text without the member "run", which is for what cannot be the same twice.
  std::string without_run() const;

 private:
  std::string text_;
  json::Value whole_;
};

}  // namespace codex::test

#endif  // TESTS_SUPPORT_CLI_REPORT_H_
