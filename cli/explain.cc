#include "cli/explain.h"

#include <map>
#include <tuple>

#include "matrix/printable.h"

namespace codex::cli {

std::string explain(const std::vector<SessionOutcome>& sessions, std::size_t longest_value) {
  std::string out;
  for (const SessionOutcome& session : sessions) {
    out += "\nexplain " + matrix::printable(session.report.session) + "\n";
    for (const auto& [subject, transcript] : session.transcripts) {
      // (rule, lane, path) → how often, and the first value.
      std::map<std::tuple<std::string, std::string, std::string>, std::pair<std::size_t, std::string>>
          uses;
      for (const harness::RuleUse& use : transcript.uses) {
        auto& entry = uses[{use.rule, use.lane, use.path}];
        if (entry.first++ == 0) entry.second = use.before;
      }
      for (const auto& [place, use] : uses) {
        const auto& [rule, lane, path] = place;
        out += "  " + subject + "  " + rule + "  " + matrix::printable(lane + path) + "  " +
               std::to_string(use.first) + " time" + (use.first == 1 ? "" : "s") + ", e.g. " +
               matrix::shortened(matrix::printable(use.second), longest_value) + "\n";
      }
    }
  }
  return out;
}

}  // namespace codex::cli
