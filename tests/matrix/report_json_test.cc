#include <algorithm>

#include <gmock/gmock.h>

#include "golden/json_text.h"
#include "matrix/report.h"
#include "tests/golden/builders.h"
#include "tests/matrix/reports.h"

namespace codex::matrix::testing {
namespace {

using golden::Verdict;
using golden::testing::parsed;

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

TEST(ReportJson, IsTheTextOfTheWholeValue) {
  Report report;
  EXPECT_EQ(render_json(report), golden::pretty_text(build_report(report)) + "\n");
  report.sessions = {differing("b"), hostile(), session("a", Verdict::kMatch)};
  EXPECT_EQ(render_json(report), golden::pretty_text(build_report(report)) + "\n");
}

TEST(ReportJson, DependsOnNothingButWhatWasFound) {
  Report report;
  report.sessions = {differing("b"), session("a", Verdict::kMatch), differing("c")};
  const json::Value first = build_report(report);
  std::reverse(report.sessions.begin(), report.sessions.end());
  report.run = {.id = "", .started = "later", .seconds = 9, .jobs = 7, .more = {{"host", "x"}}};
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

}  // namespace
}  // namespace codex::matrix::testing
