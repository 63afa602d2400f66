#include "matrix/report.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "matrix/next_steps.h"
#include "tests/golden/builders.h"

namespace codex::matrix {
namespace {

using golden::Verdict;
using golden::testing::line;
using golden::testing::Origin;
using golden::testing::parsed;
using golden::testing::transcript;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kEscape = "\x1b[31m";

SessionReport session(const std::string& name, Verdict verdict) {
  SessionReport report;
  report.session = name;
  report.path = "tapes/" + name + ".tape.jsonl";
  report.judgement.verdict = verdict;
  report.judgement.causes = {verdict};
  return report;
}

// A session that was really compared: a masked, a compared, an identical and a differing leaf.
SessionReport differing(const std::string& name) {
  const auto lane = [](const char* subject, const char* x) {
    return transcript(
        subject, {line("span/trace:1", "span.end",
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
  report.subjects["cpp"] = {.outcome = harness::Outcome::kCompleted, .observations = 2,
                            .reason = "", .scrubbed = {}, .extra = {}};
  report.subjects["agents"] = {.outcome = harness::Outcome::kFailed, .observations = 2,
                               .reason = "it said so", .scrubbed = {{"openai-key", 2}}, .extra = {}};
  report.seconds = 0.5;
  return report;
}

// What a session could try: everything that is shown carries an escape sequence.
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

TEST(ReportJson, HasTheKeysOfTheContract) {
  Report report;
  report.run.started = "2026-11-23T03:00:00Z";
  report.subjects["agents"] = {"agents", "openai-agents", "0.24.0"};
  report.sessions = {differing("echo")};
  EXPECT_EQ(render_json(report), R"({
 "report": 1,
 "run": {
  "started": "2026-11-23T03:00:00Z",
  "seconds": 0.0,
  "jobs": 1,
  "session_seconds": {
   "echo": 0.5
  }
 },
 "subjects": {
  "agents": {
   "package": "openai-agents",
   "version": "0.24.0"
  }
 },
 "sessions": [
  {
   "session": "echo",
   "path": "tapes/echo.tape.jsonl",
   "verdict": "difference",
   "subjects": {
    "agents": {
     "outcome": "failed",
     "observations": 2,
     "reason": "it said so",
     "scrubbed": {
      "openai-key": 2
     }
    },
    "cpp": {
     "outcome": "completed",
     "observations": 2
    }
   },
   "leaves": {
    "log": {
     "compared": 1,
     "masked": 0,
     "not_observed": 0,
     "differing": 0,
     "identity": 0,
     "by_rule": {},
     "wire": {
      "compared": 0,
      "masked": 0,
      "not_observed": 0,
      "differing": 0,
      "identity": 0
     },
     "driver": {
      "compared": 1,
      "masked": 0,
      "not_observed": 0,
      "differing": 0,
      "identity": 0
     },
     "lanes": {
      "log/run": {
       "compared": 1,
       "masked": 0,
       "not_observed": 0
      }
     }
    },
    "span": {
     "compared": 2,
     "masked": 1,
     "not_observed": 0,
     "differing": 1,
     "identity": 1,
     "by_rule": {
      "time": 1
     },
     "wire": {
      "compared": 2,
      "masked": 1,
      "not_observed": 0,
      "differing": 1,
      "identity": 1
     },
     "driver": {
      "compared": 0,
      "masked": 0,
      "not_observed": 0,
      "differing": 0,
      "identity": 0
     },
     "lanes": {
      "span/trace:1": {
       "compared": 2,
       "masked": 1,
       "not_observed": 0
      }
     }
    }
   },
   "differences": [
    {
     "subject": "cpp",
     "against": "agents",
     "lane": "span/trace:1",
     "name": "span.end",
     "path": "/data/x",
     "expected": 1,
     "actual": 2,
     "known": null,
     "kind": "difference",
     "origin": "wire"
    }
   ]
  }
 ],
 "totals": {
  "sessions": 1,
  "match": 0,
  "known-difference": 0,
  "unavailable": 0,
  "golden-missing": 0,
  "stale-known-difference": 0,
  "difference": 1,
  "golden-stale": 0,
  "upstream-drift": 0,
  "cpp-regression": 0,
  "conflict": 0,
  "matrix-regression": 0
 },
 "exit": 1
}
)");
}

TEST(ReportJson, LeavesOutTheValueThatASideDoesNotHave) {
  Report report;
  report.sessions = {session("a", Verdict::kDifference)};
  golden::Difference lost;
  lost.lane = "event/run";
  lost.name = "n";
  lost.expected = json::Value();
  report.sessions[0].judgement.differences.push_back({.subject = "cpp",
                                                      .against = "golden",
                                                      .difference = lost,
                                                      .kind = Verdict::kDifference,
                                                      .known = "k1"});
  const json::Value object = build_report(report);
  const json::Value& told = (*(*object.get("sessions")->array())[0].get("differences")->array())[0];
  EXPECT_EQ(told.get("path")->text("?"), "");
  ASSERT_NE(told.get("expected"), nullptr);
  EXPECT_TRUE(told.get("expected")->is_null());
  EXPECT_EQ(told.get("actual"), nullptr);
  EXPECT_EQ(told.get("known")->text(), "k1");
}

TEST(ReportJson, DependsOnNothingButWhatWasFound) {
  Report report;
  report.sessions = {differing("b"), session("a", Verdict::kMatch), differing("c")};
  const json::Value first = build_report(report);
  std::reverse(report.sessions.begin(), report.sessions.end());
  report.run = {.started = "later", .seconds = 9, .jobs = 7, .more = {{"host", "x"}}};
  report.sessions[0].seconds = 3;
  json::Object one = *first.object();
  json::Object other = *build_report(report).object();
  one.erase("run");
  other.erase("run");
  EXPECT_TRUE(one == other);
}

TEST(ReportJson, TheCallersExitStatusWins) {
  Report report;
  EXPECT_EQ(exit_code(report), 2);
  report.sessions = {session("a", Verdict::kMatch)};
  EXPECT_EQ(exit_code(report), 0);
  report.stale_entries = {{.id = "k", .file = "f", .line = 1, .why = "w"}};
  EXPECT_EQ(exit_code(report), 1);
  report.exit = 70;
  EXPECT_EQ(exit_code(report), 70);
}

TEST(ReportJsonl, HasHeaderSessionsAndFooter) {
  Report report;
  report.sessions = {session("b", Verdict::kMatch), session("a", Verdict::kMatch)};
  const std::string text = render_jsonl(report);
  std::vector<json::Value> lines;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    lines.push_back(parsed(std::string_view(text).substr(at, text.find('\n', at) - at)));
  }
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0].get("report")->as_int64(), 1);
  EXPECT_EQ(lines[1].get("session")->text(), "a");
  EXPECT_EQ(lines[2].get("session")->text(), "b");
  EXPECT_EQ(lines[3].get("exit")->as_int64(), 0);
}

TEST(ReportText, ShowsDifferencesByLaneThenTotalsThenWhatToRun) {
  Report report;
  report.sessions = {differing("echo"), session("a", Verdict::kMatch)};
  EXPECT_EQ(render_text(report),
            "a     match\n"
            "echo  difference  1 difference\n"
            "\n"
            "echo: difference\n"
            "  agents failed: it said so\n"
            "  span/trace:1\n"
            "    span.end /data/x  [difference: cpp against agents]\n"
            "      expected 1\n"
            "      actual   2\n"
            "\n"
            "2 sessions: 1 match, 1 difference\n"
            "leaves: 3 compared (1 differ), 1 masked, 0 not observed\n"
            "next:\n"
            "  codex-telemetry-diff replay tapes/echo.tape.jsonl --explain"
            "  # which rule made which values equal\n");
}

TEST(ReportText, TellsHowManyDifferencesItLeavesOut) {
  Report report;
  report.sessions = {differing("echo")};
  auto& differences = report.sessions[0].judgement.differences;
  differences.resize(7, differences[0]);
  EXPECT_THAT(render_text(report, {.color = false, .longest_value = 10, .most_differences = 3}),
              HasSubstr("  and 4 more; --format json shows them all\n"));
}

TEST(ReportText, IsColoredOnlyWhenAsked) {
  Report report;
  report.sessions = {session("a", Verdict::kMatch)};
  EXPECT_THAT(render_text(report), Not(HasSubstr("\x1b")));
  TextOptions options;
  options.color = true;
  EXPECT_THAT(render_text(report, options), HasSubstr("\x1b[32mmatch\x1b[0m"));
}

TEST(EveryForm, LetsNoControlCharacterPass) {
  Report report;
  report.sessions = {hostile()};
  report.stale_entries = report.sessions[0].judgement.stale_entries;
  report.subjects["x"] = {"x", kEscape, kEscape};
  const std::vector<std::string> forms = {render_json(report), render_jsonl(report),
                                          render_text(report), render_junit(report),
                                          render_markdown(report)};
  for (const std::string& form : forms) {
    EXPECT_TRUE(is_safe(form)) << form;
    EXPECT_THAT(form, HasSubstr("\\u001b[31m"));
  }
  EXPECT_THAT(forms[3], Not(HasSubstr("<b>")));
  EXPECT_TRUE(json::parse(forms[0]).ok());
}

TEST(ReportJunit, CountsAndExplains) {
  Report report;
  report.sessions = {differing("echo"), session("a", Verdict::kMatch),
                     session("b", Verdict::kUnavailable), session("c", Verdict::kKnownDifference)};
  report.stale_entries = {{.id = "k", .file = "f", .line = 3, .why = "matches no tape"}};
  EXPECT_EQ(
      render_junit(report),
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuite name=\"codex-telemetry-diff\" tests=\"5\" failures=\"2\" errors=\"0\" "
      "skipped=\"1\">\n"
      "  <testcase classname=\"parity\" name=\"a\"/>\n"
      "  <testcase classname=\"parity\" name=\"b\">\n"
      "    <skipped message=\"unavailable\"></skipped>\n"
      "  </testcase>\n"
      "  <testcase classname=\"parity\" name=\"c\">\n"
      "    <system-out></system-out>\n"
      "  </testcase>\n"
      "  <testcase classname=\"parity\" name=\"echo\">\n"
      "    <failure type=\"difference\" message=\"difference, 1 difference\">span/trace:1 span.end "
      "/data/x [difference: cpp against agents]\n  expected 1\n  actual   2\n</failure>\n"
      "  </testcase>\n"
      "  <testcase classname=\"matrix\" name=\"known differences\">\n"
      "    <failure type=\"stale-known-difference\" message=\"1 stale entry\">f:3: k matches no "
      "tape\n</failure>\n"
      "  </testcase>\n"
      "</testsuite>\n");
}

TEST(ReportMarkdown, ShowsTotalsSessionsAndDifferences) {
  Report report;
  report.sessions = {differing("echo")};
  EXPECT_EQ(render_markdown(report),
            "# Parity\n\n| verdict | sessions |\n|---|---|\n| difference | 1 |\n| all | 1 |\n\n"
            "| session | verdict | differences |\n|---|---|---|\n| `echo` | difference | 1 |\n\n"
            "### `echo`: difference\n\n"
            "- `span/trace:1 span.end /data/x`\n  `difference: cpp against agents`\n"
            "  - expected `1`\n  - actual `2`\n\n## Next\n\n"
            "- `codex-telemetry-diff replay tapes/echo.tape.jsonl --explain"
            "  # which rule made which values equal`\n");
}

TEST(NextSteps, FollowFromWhatWasFound) {
  Report report;
  report.sessions = {session("a", Verdict::kMatch)};
  EXPECT_THAT(next_steps(report), IsEmpty());
  report.sessions = {session("it's", Verdict::kCppRegression), session("b", Verdict::kUpstreamDrift),
                     session("c", Verdict::kGoldenMissing), session("d", Verdict::kUnavailable)};
  report.stale_entries = {{.id = "k", .file = "known.jsonl", .line = 4, .why = "matches no tape"}};
  EXPECT_THAT(next_steps(report),
              ElementsAre(HasSubstr("replay 'tapes/it'\\''s.tape.jsonl' --explain"),
                          HasSubstr("golden review"),
                          HasSubstr("golden update tapes/c.tape.jsonl"), HasSubstr("doctor"),
                          HasSubstr("edit known.jsonl:4  # known difference k matches no tape")));
}

}  // namespace
}  // namespace codex::matrix
