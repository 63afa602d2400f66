#include "tests/matrix/nights.h"

namespace codex::matrix::testing {

using golden::Verdict;

golden::JudgedDifference change(const std::string& subject, const std::string& path,
                                const std::string& expected, const std::string& actual,
                                Verdict kind) {
  golden::Difference difference;
  difference.lane = "event/call:2";
  difference.name = "codex.item.completed";
  difference.path = path;
  difference.expected = json::Value(expected);
  difference.actual = json::Value(actual);
  return {.subject = subject,
          .against = "golden",
          .difference = difference,
          .kind = kind,
          .known = std::nullopt};
}

namespace {

SubjectReport completed() {
  SubjectReport report;
  report.outcome = harness::Outcome::kCompleted;
  report.observations = 7;
  return report;
}

void take(golden::Judgement& judgement, golden::JudgedDifference difference) {
  judgement.causes.insert(difference.kind);
  judgement.verdict = golden::worst(judgement.verdict, difference.kind);
  judgement.differences.push_back(std::move(difference));
}

}  // namespace

SessionReport ran(const std::string& name) {
  SessionReport report;
  report.session = name;
  report.path = "tapes/" + name + ".tape.jsonl";
  report.subjects["cpp"] = completed();
  report.subjects["agents"] = completed();
  report.tape_digest = "7a9e" + name;
  report.golden_digest = "901d" + name;
  report.seconds = 0.25;
  return report;
}

SessionReport& add(SessionReport& session, golden::JudgedDifference difference) {
  take(session.judgement, std::move(difference));
  return session;
}

SessionReport& add_further(SessionReport& session, const std::string& column,
                           golden::JudgedDifference difference) {
  session.further[column].subject = completed();
  take(session.further[column].judgement, std::move(difference));
  return session;
}

Report night(int number, std::vector<SessionReport> sessions) {
  Report report;
  report.run.id = "run " + std::to_string(number);
  report.run.started = "2026-03-" + std::string(number < 10 ? "0" : "") + std::to_string(number) +
                       "T02:00:00Z";
  report.run.seconds = 12.5;
  report.tool = "1.0.0";
  report.rules = "rules/1";
  report.whole_corpus = true;
  report.columns = {{"cpp", "cpp", "codex-telemetry-diff", "1.0.0", false, ""},
                    {"agents", "agents", "openai-agents", "0.24.0", false, ""}};
  report.sessions = std::move(sessions);
  return report;
}

}  // namespace codex::matrix::testing
