#include "matrix/next_steps.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "matrix/invocation.h"
#include "matrix/printable.h"

namespace codex::matrix {
namespace {

using golden::Verdict;

std::string step(const CommandLine& command, std::string_view purpose) {
  return printable(command.text() + "  # " + std::string(purpose));
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

std::size_t count(const std::vector<const SessionReport*>& sessions, Verdict verdict) {
  return static_cast<std::size_t>(
      std::count_if(sessions.begin(), sessions.end(), [&](const SessionReport* session) {
        return session->judgement.causes.contains(verdict);
      }));
}

constexpr auto kReviewed = {Verdict::kConflict, Verdict::kUpstreamDrift, Verdict::kGoldenStale};

// Further columns that show what their golden does not have.
std::set<std::string> drifted_columns(const std::vector<const SessionReport*>& sessions) {
  std::set<std::string> columns;
  for (const SessionReport* session : sessions) {
    for (const auto& [column, further] : session->further) {
      const bool is_open = !further.accepted && std::any_of(
          kReviewed.begin(), kReviewed.end(),
          [&causes = further.judgement.causes](Verdict verdict) { return causes.contains(verdict); });
      if (is_open) columns.insert(column);
    }
  }
  return columns;
}

}  // namespace

std::vector<std::string> next_steps(const Report& report) {
  const std::vector<const SessionReport*> sessions = sorted_sessions(report);
  std::vector<std::string> steps;
  const Invocation& called = report.invocation;
  if (const SessionReport* session = first_with(
          sessions, {Verdict::kConflict, Verdict::kCppRegression, Verdict::kDifference})) {
    CommandLine replay(called, "replay");
    replay.session(session->session, session->path).flag("--explain").goldens();
    steps.push_back(step(replay.environments().subjects().timeout(), "which rule made which values equal"));
  }
  CommandLine review(called, "golden review");
  review.selection().option("--golden", called.golden);
  const std::size_t missing = count(sessions, Verdict::kGoldenMissing);
  if (first_with(sessions, kReviewed)) {
    CommandLine first = review;
    steps.push_back(step(first.environment().references().timeout(),
                         "what the Python client shows now, one cause at a time"));
  } else if (missing > 1) {
    CommandLine first = review;
    steps.push_back(step(first.environment().references().timeout(),
                         "record the goldens that are missing, then commit them"));
  }
  for (const std::string& column : drifted_columns(sessions)) {
    if (!called.further.contains(column)) continue;
    CommandLine other = review;
    steps.push_back(step(other.environment_of(column).references().timeout(),
                         "what " + column + " shows otherwise, one cause at a time"));
  }
  if (missing == 1) {
    const SessionReport* session = first_with(sessions, {Verdict::kGoldenMissing});
    CommandLine update(called, "golden update");
    update.session(session->session, session->path).option("--golden", called.golden);
    steps.push_back(step(update.environment().references().timeout(),
                         "record the golden that is missing, then review and commit it"));
  }
  if (first_with(sessions, {Verdict::kUnavailable})) {
    CommandLine doctor(called, "doctor");
    steps.push_back(step(doctor.environment(), "why a subject could not run, and what to install"));
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
    CommandLine matrix(called, "matrix");
    matrix.option("--from", called.results);
    steps.push_back(step(matrix, "which cells got worse than matrix/accepted.json"));
  }
  return steps;
}

}  // namespace codex::matrix
