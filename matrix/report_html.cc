// One page that stands alone: nothing is loaded, nothing runs.
#include <string_view>

#include "matrix/difference_text.h"
#include "matrix/next_steps.h"
#include "matrix/printable.h"
#include "matrix/report.h"

namespace codex::matrix {
namespace {

using golden::Verdict;

constexpr std::size_t kLongestValue = 2000;
constexpr std::size_t kMostDifferences = 200;

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Parity</title>
<style>
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid #8884; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
code { font: .92em ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
.verdict { font-weight: 600; }
.match, .known-difference { color: #2a7d3f; }
.unavailable { color: #8a6d00; }
.bad { color: #c0392b; }
.difference { margin: .8rem 0; padding-left: .8rem; border-left: 3px solid #c0392b; }
.kind { color: #777; }
</style>
</head>
<body>
)";

// Nothing in it is markup, in text and in attributes.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string code(std::string_view text) { return "<code>" + escaped(text) + "</code>"; }

std::string verdict(Verdict verdict) {
  const std::string name = golden::verdict_name(verdict);
  const bool is_named = verdict == Verdict::kMatch || verdict == Verdict::kKnownDifference ||
                        verdict == Verdict::kUnavailable;
  return "<span class=\"verdict " + (is_named ? name : std::string("bad")) + "\">" + name +
         "</span>";
}

// Unique and without a space, whatever the session is called.
std::string anchor(std::size_t number) { return "s" + std::to_string(number); }

std::string summary(const Report& report) {
  golden::Totals sums = totals(report);
  std::string text = "<h1>Parity</h1>\n<table>\n<tr><th>verdict</th><th>sessions</th></tr>\n";
  for (const Verdict each : golden::kVerdicts) {
    if (sums.by_verdict[each] == 0) continue;
    text += "<tr><td>" + verdict(each) + "</td><td class=\"number\">" +
            std::to_string(sums.by_verdict[each]) + "</td></tr>\n";
  }
  text += "<tr><td>all</td><td class=\"number\">" + std::to_string(sums.sessions) +
          "</td></tr>\n</table>\n";
  if (!report.subjects.empty()) text += "<p>Subjects:";
  for (const auto& [name, info] : report.subjects) {
    text += " " + code(name + " = " + info.package + " " + info.version);
  }
  return text + (report.subjects.empty() ? "" : "</p>\n");
}

std::string table(const std::vector<const SessionReport*>& sessions) {
  std::string text =
      "<table>\n<tr><th>session</th><th>verdict</th><th>differences</th><th>leaves compared</th>"
      "<th>masked</th><th>not observed</th></tr>\n";
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    const SessionReport& session = *sessions[i];
    golden::LeafTally leaves;
    for (const auto& [lane, each] : session.judgement.lanes) leaves += each.total();
    const bool told = session.verdict() != Verdict::kMatch;
    const auto number = [](std::size_t value) {
      return "<td class=\"number\">" + std::to_string(value) + "</td>";
    };
    text += "<tr><td>" +
            (told ? "<a href=\"#" + anchor(i) + "\">" + code(session.session) + "</a>"
                  : code(session.session)) +
            "</td><td>" + verdict(session.verdict()) + "</td>" +
            number(session.judgement.differences.size()) + number(leaves.compared) +
            number(leaves.masked) + number(leaves.not_observed) + "</tr>\n";
  }
  return text + "</table>\n";
}

std::string details(const SessionReport& session, const std::string& id) {
  const golden::Judgement& judgement = session.judgement;
  std::string text = "<section id=\"" + id + "\">\n<h2>" + code(session.session) + " " +
                     verdict(judgement.verdict) + "</h2>\n<ul>\n";
  for (const auto& [name, subject] : session.subjects) {
    text += "<li>" + code(name) + ": " + harness::outcome_name(subject.outcome) +
            (subject.reason.empty() ? "" : ", " + code(subject.reason)) + "</li>\n";
  }
  for (const std::string& note : judgement.notes) text += "<li>" + code(note) + "</li>\n";
  for (const golden::StaleEntry& entry : judgement.stale_entries) {
    text += "<li>" + code(entry.file + ":" + std::to_string(entry.line)) + " known difference " +
            code(entry.id + " " + entry.why) + "</li>\n";
  }
  text += "</ul>\n";
  std::size_t told = 0;
  for (const golden::JudgedDifference& judged : judgement.differences) {
    if (++told > kMostDifferences) {
      text += "<p>and " + std::to_string(judgement.differences.size() - kMostDifferences) +
              " more; <code>--format json</code> shows them all</p>\n";
      break;
    }
    const DifferenceText difference = describe(judged, kLongestValue);
    text += "<div class=\"difference\">" + code(judged.difference.lane + " " + difference.place) +
            " <span class=\"kind\">" + escaped(difference.kind) +
            "</span><table>\n<tr><th>expected</th><td>" + code(difference.expected) +
            "</td></tr>\n<tr><th>actual</th><td>" + code(difference.actual) +
            "</td></tr>\n</table></div>\n";
  }
  return text + "</section>\n";
}

}  // namespace

std::string render_html(const Report& report) {
  const std::vector<const SessionReport*> sessions = sorted_sessions(report);
  std::string text = std::string(kHead) + summary(report) + table(sessions);
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    if (sessions[i]->judgement.verdict == Verdict::kMatch) continue;
    text += details(*sessions[i], anchor(i));
  }
  const std::vector<std::string> steps = next_steps(report);
  if (!steps.empty()) text += "<h2>Next</h2>\n<ul>\n";
  for (const std::string& step : steps) text += "<li>" + code(step) + "</li>\n";
  return text + (steps.empty() ? "" : "</ul>\n") + "</body>\n</html>\n";
}

}  // namespace codex::matrix
