#include <map>
#include <set>
#include <string_view>
#include <utility>

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

std::string place(const std::string& file, std::size_t line) {
  return line > 0 ? file + ":" + std::to_string(line) : file;
}

std::string told(const std::string& column, const golden::JudgedDifference& judged) {
  const DifferenceText difference = describe(judged, kLongestValue);
  return xml(column + ": " + judged.difference.lane + " " + difference.place + " [" +
             difference.kind + "]") +
         "\n  expected " + xml(difference.expected) + "\n  actual   " + xml(difference.actual) +
         "\n";
}

std::string told(const golden::StaleEntry& entry) {
  return xml(place(entry.file, entry.line) + ": known difference " + entry.id + " " + entry.why) +
         "\n";
}

std::string body(const SessionReport& session) {
  std::string text;
  const auto add = [&](const std::string& column, const golden::Judgement& judgement) {
    for (const std::string& note : judgement.notes)
      text += (column.empty() ? "" : xml(column) + ": ") + xml(note) + "\n";
    for (const golden::StaleEntry& entry : judgement.stale_entries)
      text += told(entry);
    for (const golden::JudgedDifference& judged : judgement.differences)
      text += told(column.empty() ? judged.subject : column, judged);
  };
  add("", session.judgement);
  for (const auto& [column, further] : session.further)
    add(column, further.judgement);
  return text;
}

std::size_t differences(const SessionReport& session) {
  std::size_t count = session.judgement.differences.size();
  for (const auto& [column, further] : session.further)
    count += further.judgement.differences.size();
  return count;
}

// "known: https://…, https://…": where it says why each is known.
std::string known_message(const SessionReport& session, const Report& report) {
  std::set<std::string> reasons;
  const auto add = [&](const golden::Judgement& judgement) {
    for (const golden::JudgedDifference& judged : judgement.differences) {
      if (!judged.known) continue;
      const auto link = report.known_links.find(*judged.known);
      reasons.insert(link == report.known_links.end() ? *judged.known : link->second);
    }
  };
  add(session.judgement);
  for (const auto& [column, further] : session.further)
    add(further.judgement);
  std::string text;
  for (const std::string& reason : reasons)
    text += (text.empty() ? "known: " : ", ") + reason;
  return text.empty() ? "known" : text;
}

// A <testsuite> in the making.
class Suite {
 public:
  explicit Suite(std::string name) : name_(std::move(name)) {}

  void passed(const std::string& name) { open(name, "/>\n"); }
  void skipped(const std::string& name, const std::string& message, const std::string& body) {
    ++skipped_;
    child(name, "skipped", "", message, body);
  }
  void failed(const std::string& name, const std::string& type, const std::string& message,
              const std::string& body) {
    ++failures_;
    child(name, "failure", type, message, body);
  }
  void error(const std::string& name, const std::string& message, const std::string& body) {
    ++errors_;
    child(name, "error", "unreadable", message, body);
  }

  bool empty() const { return tests_ == 0; }
  std::string text() const {
    return "  <testsuite name=\"" + xml(name_) + "\"" + counts() + ">\n" + cases_ +
           "  </testsuite>\n";
  }
  std::string counts() const {
    return " tests=\"" + std::to_string(tests_) + "\" failures=\"" + std::to_string(failures_) +
           "\" errors=\"" + std::to_string(errors_) + "\" skipped=\"" + std::to_string(skipped_) +
           "\"";
  }
  Suite& operator+=(const Suite& other) {
    tests_ += other.tests_;
    failures_ += other.failures_;
    errors_ += other.errors_;
    skipped_ += other.skipped_;
    return *this;
  }

 private:
  void open(const std::string& name, const char* end) {
    ++tests_;
    cases_ += "    <testcase classname=\"" + xml(name_) + "\" name=\"" + xml(name) + "\"" + end;
  }
  // `body` is XML already.
  void child(const std::string& name, const std::string& element, const std::string& type,
             const std::string& message, const std::string& body) {
    open(name, ">\n");
    cases_ += "      <" + element + (type.empty() ? "" : " type=\"" + xml(type) + "\"") +
              " message=\"" + xml(message) + "\">" + body + "</" + element + ">\n    </testcase>\n";
  }

  std::string name_;
  std::string cases_;
  std::size_t tests_ = 0, failures_ = 0, errors_ = 0, skipped_ = 0;
};

// "parity" of the sessions at the root, "parity/odd" of those in a folder.
std::string suite_of(const std::string& session) {
  const std::size_t slash = session.rfind('/');
  return slash == std::string::npos ? "parity" : "parity/" + session.substr(0, slash);
}

void add(Suite& suite, const SessionReport& session, const Report& report) {
  const Verdict verdict = session.verdict();
  const std::string name = golden::verdict_name(verdict);
  switch (verdict) {
    case Verdict::kMatch:
      return suite.passed(session.session);
    case Verdict::kUnavailable:
      return suite.skipped(session.session, name, body(session));
    case Verdict::kKnownDifference:
      return suite.skipped(session.session, known_message(session, report), body(session));
    default:
      return suite.failed(session.session, name,
                          name + ", " + counted(differences(session), "difference", "differences"),
                          body(session));
  }
}

// What is no session's: inputs, known differences of no tape, the parity matrix.
Suite unreadable(const Report& report) {
  Suite suite("inputs");
  for (const harness::Error& error : report.unreadable) {
    suite.error(error.file.empty() ? "input" : place(error.file, error.line), error.message,
                xml(error.text()));
  }
  return suite;
}

Suite matrix(const Report& report) {
  Suite suite("matrix");
  for (const golden::StaleEntry& entry : report.stale_entries) {
    suite.failed("known difference " + entry.id,
                 golden::verdict_name(Verdict::kStaleKnownDifference), entry.why, told(entry));
  }
  std::size_t named = 0;
  if (report.night) {
    for (const MatrixRegression& each : report.night->matrix.regressions) {
      const std::string what = each.feature + (each.field.empty() ? "" : " " + each.field) +
                               (each.column.empty() ? "" : " in " + each.column);
      suite.failed(what, "matrix-regression", "was " + each.was + ", is now " + each.now, "");
      ++named;
    }
  }
  if (report.matrix_regressions > named) {
    suite.failed("accepted matrix", "matrix-regression",
                 counted(report.matrix_regressions - named, "cell got worse", "cells got worse"),
                 "");
  }
  return suite;
}

}  // namespace

std::string render_junit(const Report& report) {
  std::map<std::string, Suite> folders;
  for (const SessionReport* session : sorted_sessions(report)) {
    const std::string name = suite_of(session->session);
    add(folders.try_emplace(name, name).first->second, *session, report);
  }
  std::string suites;
  Suite sum("");
  const auto close = [&](const Suite& suite) {
    if (suite.empty()) return;
    suites += suite.text();
    sum += suite;
  };
  for (const auto& [name, suite] : folders)
    close(suite);
  close(unreadable(report));
  close(matrix(report));
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"codex-telemetry-diff\"" +
         sum.counts() + ">\n" + suites + "</testsuites>\n";
}

}  // namespace codex::matrix
