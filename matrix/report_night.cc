#include "matrix/report_night.h"

#include <algorithm>
#include <set>

#include "golden/json_text.h"
#include "harness/model/sha256.h"
#include "matrix/clusters.h"
#include "matrix/difference_text.h"
#include "matrix/night_text.h"
#include "matrix/printable.h"

namespace codex::matrix {
namespace {

using golden::Verdict;

constexpr std::size_t kLongestName = 200;
constexpr std::size_t kFingerprintDigits = 16;
constexpr std::size_t kMostCauses = 100;  // named in the first line

const char* sign(int exit) {
  if (exit == 0) return "✅ ";
  return exit == 3 ? "⚠️ " : "❌ ";
}

// The worst first.
void add_sessions(Page& page, const Report& report) {
  std::vector<const SessionReport*> sessions = sorted_sessions(report);
  std::stable_sort(sessions.begin(), sessions.end(), [](const auto* a, const auto* b) {
    return a->verdict() > b->verdict();
  });
  std::vector<std::string> lines;
  std::size_t matching = 0;
  for (const SessionReport* each : sessions) {
    const Verdict verdict = each->verdict();
    if (verdict == Verdict::kMatch) {
      ++matching;
      continue;
    }
    std::size_t differences = 0;
    for_each_difference(*each, [&](const auto&, const auto&) { ++differences; });
    lines.push_back("| " + cell(each->session, kLongestName) + " | " +
                    golden::verdict_name(verdict) + " | " + std::to_string(differences) + " |\n");
  }
  page.rows("\n## Sessions that do not match\n\n| session | verdict | differences |\n|---|---|---:|\n",
            lines, "sessions");
  if (matching > 0 && !lines.empty())
    page.add("\n" + counted(matching, "other matches", "others match") + ".\n");
}

// What the run is red for: ids of causes, and names for what has no cause.
std::set<std::string> reasons(const Report& report) {
  std::set<std::string> found;
  const int exit = exit_code(report);
  if (exit == 0) return found;
  for (const Cluster* each : open_clusters(report))
    found.insert(each->cause.id);
  if (report.night) {
    for (const MatrixRegression& each : report.night->matrix.regressions)
      found.insert("cell " + each.feature + '\n' + each.field + '\n' + each.column);
  }
  for (const harness::Error& each : report.unreadable)
    found.insert("file " + each.file);
  if (found.empty() || (exit != 1 && exit != 3)) found.insert("exit " + std::to_string(exit));
  return found;
}

bool is_cause(const std::string& reason) {
  return reason.find(' ') == std::string::npos;
}

}  // namespace

std::string render_summary(const Report& report, std::size_t longest) {
  Page page(longest - 1);  // less than what is taken
  const NightLimits limits;
  page.add("# " + std::string(sign(exit_code(report))) + headline(report) + "\n\n" +
           totals_line(report) + "\n");
  add_news(page, report, limits);
  add_causes(page, report, limits);
  add_inputs(page, report, limits);
  add_corpus(page, report, limits);
  add_unreadable(page, report);
  add_matrix(page, report, limits);
  add_examples(page, report, limits);
  add_steps(page, report);
  add_sessions(page, report);
  return page.take();
}

std::string issue_fingerprint(const Report& report) {
  std::string text;
  for (const std::string& reason : reasons(report))
    text += reason + '\0';
  return text.empty() ? "" : harness::sha256_hex(text).substr(0, kFingerprintDigits);
}

std::string issue_title(const Report& report) {
  const int exit = exit_code(report);
  if (exit == 0) return "";
  const std::vector<const Cluster*> open = open_clusters(report);
  if (open.empty() || (exit != 1 && exit != 3)) return "Parity: " + headline(report);
  // Without counts, which change from night to night.
  std::set<Verdict, std::greater<>> kinds;
  for (const Cluster* each : open)
    kinds.insert(each->kind);
  std::string title = "Parity:";
  for (const Verdict kind : kinds)
    title += (title.back() == ':' ? " " : ", ") + std::string(golden::verdict_name(kind));
  if (open.size() == 1) return title + " (" + open.front()->cause.id + ")";
  return title + " (" + std::to_string(open.size()) + " causes)";
}

std::string render_issue(const Report& report, std::size_t longest) {
  const std::set<std::string> found = reasons(report);
  if (found.empty()) return "";
  std::string causes;
  std::size_t count = 0;
  for (const std::string& reason : found) {
    if (!is_cause(reason) || ++count > kMostCauses) continue;
    causes += (causes.empty() ? "" : ",") + reason;
  }
  Page page(longest);
  NightLimits limits;
  limits.causes = 30;
  page.add("<!-- codex-telemetry-diff fingerprint=" + issue_fingerprint(report) + " causes=" +
           causes + " -->\n# " + issue_title(report) + "\n\n" + headline(report) + ".\n\n" +
           totals_line(report) + "\n");
  add_news(page, report, limits);
  add_causes(page, report, limits);
  add_inputs(page, report, limits);
  add_corpus(page, report, limits);
  add_unreadable(page, report);
  add_examples(page, report, limits);
  add_matrix(page, report, limits);
  add_steps(page, report);
  return page.take();
}

std::string render_badge(const Report& report) {
  const int exit = exit_code(report);
  const golden::Totals sums = totals(report);
  std::string message = counted(sums.sessions, "session", "sessions");
  const char* color = "brightgreen";
  if (exit == 3) {
    message = "unavailable";
    color = "yellow";
  } else if (exit != 0) {
    const std::size_t open = open_clusters(report).size();
    message = exit == 1 && open > 0 ? counted(open, "cause", "causes") : "failed";
    color = "red";
  }
  return golden::line_text(json::Object{{"schemaVersion", 1},
                                        {"label", "parity"},
                                        {"message", message},
                                        {"color", color}}) +
         "\n";
}

}  // namespace codex::matrix
