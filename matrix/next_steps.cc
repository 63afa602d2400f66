#include "matrix/next_steps.h"

#include <string_view>

#include "matrix/printable.h"
#include "matrix/shell_word.h"

namespace codex::matrix {
namespace {

using golden::Verdict;

constexpr std::string_view kTool = "codex-telemetry-diff ";

std::string step(const std::string& command, std::string_view purpose) {
  return printable(std::string(kTool) + command + "  # " + std::string(purpose));
}

const SessionReport* first_with(const std::vector<const SessionReport*>& sessions,
                                std::initializer_list<Verdict> verdicts) {
  for (const Verdict verdict : verdicts) {
    for (const SessionReport* session : sessions) {
      if (session->judgement.causes.contains(verdict)) return session;
    }
  }
  return nullptr;
}

}  // namespace

std::vector<std::string> next_steps(const Report& report) {
  const std::vector<const SessionReport*> sessions = sorted_sessions(report);
  std::vector<std::string> steps;
  if (const SessionReport* session = first_with(
          sessions, {Verdict::kConflict, Verdict::kCppRegression, Verdict::kDifference})) {
    steps.push_back(
        step("replay " + shell_word(session->path) + " --explain", "which rule made which values equal"));
  }
  if (first_with(sessions, {Verdict::kConflict, Verdict::kUpstreamDrift, Verdict::kGoldenStale})) {
    steps.push_back(step("golden review", "what the Python client shows now, one cause at a time"));
  }
  if (const SessionReport* session = first_with(sessions, {Verdict::kGoldenMissing})) {
    steps.push_back(step("golden update " + shell_word(session->path),
                         "record the goldens that are missing, then review and commit them"));
  }
  if (first_with(sessions, {Verdict::kUnavailable})) {
    steps.push_back(step("doctor", "why a subject could not run, and what to install"));
  }
  const auto edit = [&](const golden::StaleEntry& entry) {
    steps.push_back(printable("edit " + entry.file + ":" + std::to_string(entry.line) +
                              "  # known difference " + entry.id + " " + entry.why));
  };
  for (const SessionReport* session : sessions) {
    for (const golden::StaleEntry& entry : session->judgement.stale_entries)
      edit(entry);
  }
  for (const golden::StaleEntry& entry : report.stale_entries)
    edit(entry);
  if (report.matrix_regressions > 0) {
    steps.push_back(step("matrix", "which cells got worse than matrix/accepted.json"));
  }
  return steps;
}

}  // namespace codex::matrix
