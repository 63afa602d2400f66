#include "tests/matrix/reports.h"

#include <algorithm>
#include <cmath>

#include "tests/golden/builders.h"

namespace codex::matrix::testing {

using golden::Verdict;
using golden::testing::line;
using golden::testing::Origin;
using golden::testing::transcript;

SessionReport session(const std::string& name, Verdict verdict) {
  SessionReport report;
  report.session = name;
  report.path = "tapes/" + name + ".tape.jsonl";
  report.judgement.verdict = verdict;
  report.judgement.causes = {verdict};
  return report;
}

SessionReport differing(const std::string& name) {
  const auto lane = [](const char* subject, const char* x) {
    return transcript(subject,
                      {line("span/trace:1", "span.end",
                            std::string(R"({"at":"<time>","id":"<span:1>","x":)") + x + "}"),
                       line("log/run", "openai.agents", R"({"level":"DEBUG"})", Origin::kDriver)});
  };
  const auto cpp = lane("cpp", "2");
  const auto agents = lane("agents", "1");
  golden::SessionInput input;
  input.session = name;
  input.cpp = golden::SubjectSide::ran(cpp);
  input.python = golden::SubjectSide::ran(agents);
  input.reference = "agents";
  input.is_mask = golden::testing::is_time;
  SessionReport report = session(name, Verdict::kMatch);
  report.judgement = golden::judge(input);
  report.subjects["cpp"] = {.outcome = harness::Outcome::kCompleted,
                            .observations = 2,
                            .reason = "",
                            .scrubbed = {},
                            .extra = {}};
  report.subjects["agents"] = {.outcome = harness::Outcome::kFailed,
                               .observations = 2,
                               .reason = "it said so",
                               .scrubbed = {{"openai-key", 2}},
                               .extra = {}};
  report.seconds = 0.5;
  return report;
}

SessionReport hostile() {
  const std::string evil = std::string("e") + kEscape + "\xff`|<b>&\"'\r\n";
  SessionReport report = session(evil, Verdict::kCppRegression);
  golden::Difference difference;
  difference.lane = "event/" + evil;
  difference.name = evil;
  difference.path = "/data/" + evil;
  difference.expected = json::Value(evil);
  difference.actual = json::Object{{evil, json::Value(std::nan(""))}};
  report.judgement.differences.push_back({.subject = "cpp" + evil,
                                          .against = evil,
                                          .difference = difference,
                                          .kind = Verdict::kCppRegression,
                                          .known = evil});
  report.judgement.notes.push_back(evil);
  report.judgement.stale_entries.push_back({.id = evil, .file = evil, .line = 1, .why = evil});
  report.subjects[evil].reason = evil;
  return report;
}

bool is_safe(const std::string& text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n') || byte == 0x7f || byte == 0xff;
  });
}

}  // namespace codex::matrix::testing
