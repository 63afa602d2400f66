#include <vector>

#include "matrix/difference_text.h"
#include "matrix/markdown.h"
#include "matrix/next_steps.h"
#include "matrix/report.h"

namespace codex::matrix {
namespace {

using golden::Verdict;

constexpr std::size_t kLongestValue = 240;
constexpr std::size_t kMostDifferences = 50;

std::string details(const SessionReport& session) {
  const golden::Judgement& judgement = session.judgement;
  std::string text =
      "\n### " + code(session.session) + ": " + golden::verdict_name(session.verdict()) + "\n\n";
  for (const std::string& note : judgement.notes)
    text += "- " + code(note) + "\n";
  for (const golden::StaleEntry& entry : judgement.stale_entries) {
    text += "- " + code(entry.file + ":" + std::to_string(entry.line)) + ": known difference " +
            code(entry.id + " " + entry.why) + "\n";
  }
  for (const auto& [column, further] : session.further) {
    for (const std::string& note : further.judgement.notes)
      text += "- " + code(note) + "\n";
  }
  std::size_t told = 0;
  const std::vector<const golden::JudgedDifference*> differences = session.all_differences();
  for (const golden::JudgedDifference* judged : differences) {
    if (++told > kMostDifferences) {
      text += "- and " + std::to_string(differences.size() - kMostDifferences) +
              " more; `--format json` shows them all\n";
      break;
    }
    const DifferenceText difference = describe(*judged, kLongestValue);
    text += "- " + code(judged->difference.lane + " " + difference.place) + "\n  " +
            code(difference.kind) + "\n  - expected " + code(difference.expected) +
            "\n  - actual " + code(difference.actual) + "\n";
  }
  return text;
}

}  // namespace

std::string render_markdown(const Report& report) {
  golden::Totals sums = totals(report);
  const std::vector<const SessionReport*> sessions = sorted_sessions(report);
  std::string text = "# Parity\n\n| verdict | sessions |\n|---|---|\n";
  for (const Verdict verdict : golden::kVerdicts) {
    if (sums.by_verdict[verdict] == 0) continue;
    text += "| " + std::string(golden::verdict_name(verdict)) + " | " +
            std::to_string(sums.by_verdict[verdict]) + " |\n";
  }
  text += "| all | " + std::to_string(sums.sessions) + " |\n";
  text += "\n| session | verdict | differences |\n|---|---|---|\n";
  for (const SessionReport* session : sessions) {
    text += "| " + cell(session->session) + " | " +
            golden::verdict_name(session->verdict()) + " | " +
            std::to_string(session->all_differences().size()) + " |\n";
  }
  for (const SessionReport* session : sessions) {
    if (session->verdict() != Verdict::kMatch) text += details(*session);
  }
  const std::vector<std::string> steps = next_steps(report);
  if (!steps.empty()) text += "\n## Next\n\n";
  for (const std::string& step : steps)
    text += "- " + code(step) + "\n";
  return text;
}

}  // namespace codex::matrix
