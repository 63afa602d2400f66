#include <string_view>

#include "matrix/difference_text.h"
#include "matrix/printable.h"
#include "matrix/report.h"

namespace codex::matrix {
namespace {

using golden::Verdict;

constexpr std::size_t kLongestValue = 2000;

// The one place where text becomes XML. What XML cannot hold is not printable() either.
std::string xml(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&apos;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string body(const SessionReport& session) {
  std::string text;
  for (const std::string& note : session.judgement.notes)
    text += xml(note) + "\n";
  for (const golden::StaleEntry& entry : session.judgement.stale_entries) {
    text += xml(entry.file + ":" + std::to_string(entry.line) + ": known difference " + entry.id +
                " " + entry.why) +
            "\n";
  }
  for (const golden::JudgedDifference& judged : session.judgement.differences) {
    const DifferenceText difference = describe(judged, kLongestValue);
    text += xml(judged.difference.lane + " " + difference.place + " [" + difference.kind + "]") +
            "\n  expected " + xml(difference.expected) + "\n  actual   " + xml(difference.actual) +
            "\n";
  }
  return text;
}

std::string test_case(const SessionReport& session) {
  const Verdict verdict = session.verdict();
  const std::string name = golden::verdict_name(verdict);
  std::string text = "  <testcase classname=\"parity\" name=\"" + xml(session.session) + "\"";
  if (verdict == Verdict::kMatch) return text + "/>\n";
  text += ">\n";
  if (verdict == Verdict::kUnavailable) {
    text += "    <skipped message=\"" + name + "\">" + body(session) + "</skipped>\n";
  } else if (verdict == Verdict::kKnownDifference) {
    text += "    <system-out>" + body(session) + "</system-out>\n";
  } else {
    const std::size_t count = session.judgement.differences.size();
    text += "    <failure type=\"" + name + "\" message=\"" + name + ", " +
            counted(count, "difference", "differences") + "\">" + body(session) + "</failure>\n";
  }
  return text + "  </testcase>\n";
}

}  // namespace

std::string render_junit(const Report& report) {
  golden::Totals sums = totals(report);
  const std::size_t skipped = sums.by_verdict[Verdict::kUnavailable];
  const std::size_t passed =
      sums.by_verdict[Verdict::kMatch] + sums.by_verdict[Verdict::kKnownDifference];
  // Known differences that match no tape are nobody's session, so they are a case of their own.
  const std::size_t extra = report.stale_entries.empty() ? 0 : 1;
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  text += "<testsuite name=\"codex-telemetry-diff\" tests=\"" +
          std::to_string(sums.sessions + extra) + "\" failures=\"" +
          std::to_string(sums.sessions - passed - skipped + extra) + "\" errors=\"0\" skipped=\"" +
          std::to_string(skipped) + "\">\n";
  for (const SessionReport* session : sorted_sessions(report))
    text += test_case(*session);
  if (extra > 0) {
    text += "  <testcase classname=\"matrix\" name=\"known differences\">\n    <failure type=\"" +
            std::string(golden::verdict_name(Verdict::kStaleKnownDifference)) + "\" message=\"" +
            counted(report.stale_entries.size(), "stale entry", "stale entries") + "\">";
    for (const golden::StaleEntry& entry : report.stale_entries) {
      text +=
          xml(entry.file + ":" + std::to_string(entry.line) + ": " + entry.id + " " + entry.why) +
          "\n";
    }
    text += "</failure>\n  </testcase>\n";
  }
  return text + "</testsuite>\n";
}

}  // namespace codex::matrix
