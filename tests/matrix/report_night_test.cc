// The Markdown forms of a night.
#include "matrix/report_night.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

#include "codex/telemetry/json.h"
#include "matrix/markdown.h"
#include "matrix/standing.h"
#include "tests/matrix/nights.h"
#include "tests/matrix/reports.h"

namespace codex::matrix::testing {
namespace {

using golden::Verdict;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

Report green() {
  Report report = night(2, {ran("a"), ran("b")});
  compare_with_past({}, report);
  return report;
}

// A night after one that all was well in: one change of the client in two sessions, one of C++ in
// one, a tape that is gone, and a new version of the client.
Report red() {
  PastNight last;
  last.point.started = "2026-03-01T02:00:00Z";
  last.tool = "1.0.0";
  last.rules = "rules/1";
  last.whole_corpus = true;
  last.columns = night(1, {}).columns;
  for (const char* name : {"a", "b", "c", "gone"}) {
    PastSession session;
    session.session = name;
    session.path = name;
    session.columns = {{.column = "agents", .outcome = "completed"},
                       {.column = "cpp", .outcome = "completed"}};
    last.sessions.push_back(session);
  }
  SessionReport a = ran("a");
  SessionReport b = ran("b");
  for (SessionReport* each : {&a, &b}) {
    add(*each, change("agents", "/data/changes/0/kind", "add", "create"));
    each->golden_digest = each->tape_digest = "";
  }
  add(b, change("cpp", "/data/status", "failed", "completed", Verdict::kCppRegression));
  SessionReport c = ran("c");
  c.golden_digest = c.tape_digest = "";
  Report report = night(2, {a, b, c});
  report.columns[1].version = "0.25.0";
  Past past;
  past.nights.push_back(std::move(last));
  compare_with_past(past, report);
  return report;
}

TEST(Summary, OfAGreenNightSaysSoFirst) {
  EXPECT_EQ(render_summary(green()),
            "# ✅ C++ and Python are the same in 2 sessions\n\n2 sessions: 2 match\n\n"
            "## Since the last night\n\n"
            "This is the first night of the history, so everything counts as new.\n");
}

TEST(Summary, OfARedNightSaysWhatIsNewWhoseDoingItIsAndWhatToDo) {
  EXPECT_EQ(
      render_summary(red()),
      "# ❌ 2 causes to decide on, 2 of them new\n\n"
      "3 sessions: 1 match, 1 upstream-drift, 1 cpp-regression\n\n"
      "## Since the last night (`2026-03-01T02:00:00Z`)\n\n"
      "Differences: **3 new**, 0 persistent, 0 fixed, 0 flaky, 0 known; 0 stale entries of the "
      "known differences.\n\n"
      "**New causes**\n\n"
      "- `event/call codex.item.completed /data/status` `\"failed\" → \"completed\"`: "
      "cpp-regression in `cpp`, 1 session; C++\n"
      "- `event/call codex.item.completed /data/changes/*/kind` `\"add\" → \"create\"`: "
      "upstream-drift in `agents`, 2 sessions; upstream (`openai-agents 0.25.0`)\n\n"
      "**Changed verdicts**\n\n"
      "- 1 session from match to cpp-regression: `b`\n"
      "- 1 session from match to upstream-drift: `a`\n\n"
      "## Causes\n\n"
      "| sessions | differences | kind | column | whose doing | standing | what |\n"
      "|---:|---:|---|---|---|---|---|\n"
      "| 1 | 1 | cpp-regression | `cpp` | C++ | new | `event/call codex.item.completed "
      "/data/status` `\"failed\" → \"completed\"` |\n"
      "| 2 | 2 | upstream-drift | `agents` | upstream (`openai-agents 0.25.0`) | new | `event/call "
      "codex.item.completed /data/changes/*/kind` `\"add\" → \"create\"` |\n\n"
      "## Changed inputs\n\n- `agents`: `openai-agents 0.24.0` → `openai-agents 0.25.0`\n\n"
      "## Vanished from the corpus: 1 session\n\n- `gone`: was match, is absent\n\n"
      "## An example of each\n\n"
      "- `event/call codex.item.completed /data/status` `\"failed\" → \"completed\"`\n"
      "  - `b` `event/call:2 codex.item.completed /data/status`\n"
      "  - expected `\"failed\"`\n  - actual `\"completed\"`\n"
      "  - `codex-telemetry-diff replay tapes/b.tape.jsonl`\n"
      "- `event/call codex.item.completed /data/changes/*/kind` `\"add\" → \"create\"`\n"
      "  - `a` `event/call:2 codex.item.completed /data/changes/0/kind`\n"
      "  - expected `\"add\"`\n  - actual `\"create\"`\n"
      "  - `codex-telemetry-diff replay tapes/a.tape.jsonl`\n\n"
      "## Next\n\n"
      "- `codex-telemetry-diff replay tapes/b.tape.jsonl --explain  # which rule made which values "
      "equal`\n"
      "- `codex-telemetry-diff golden review  # what the Python client shows now, one cause at a "
      "time`\n\n"
      "## Sessions that do not match\n\n| session | verdict | differences |\n|---|---|---:|\n"
      "| `b` | cpp-regression | 2 |\n| `a` | upstream-drift | 1 |\n\n1 other matches.\n");
}

TEST(Summary, DoesNotShowWhenThisNightRanOrHowLong) {
  Report report = red();
  const std::string first = render_summary(report);
  report.run.started = "another time";
  report.run.seconds = 99;
  for (Cluster& each : report.night->clusters)
    each.since = "another time";
  report.night->trend.clear();
  EXPECT_EQ(render_summary(report), first);
}

TEST(Summary, ShowsTheMatrixAndWhatGotWorse) {
  Report report = green();
  ParityMatrix& matrix = report.night->matrix;
  matrix.figures["item"] = {.entries = 8, .exercised = 6, .compared = 5, .matched = 4, .known = 1,
                            .fields = 40, .fields_exercised = 30, .fields_compared = 20,
                            .fields_matched = 10};
  matrix.figures["all"] = matrix.figures["item"];
  matrix.regressions = {{"app-server/x", "item/text", "cpp", "match", "differs"},
                        {"app-server/y", "", "", "match", "gone"}};
  matrix.improvements = {{"app-server/z", "", "cpp", "not-exercised", "match"}};
  report.matrix_regressions = 2;
  report.exit = 1;
  EXPECT_THAT(render_summary(report),
              AllOf(StartsWith("# ❌ 2 cells of the matrix got worse\n"),
                    HasSubstr("| `item` | 8 | 6 (75 %) | 5 (62 %) | 4 (50 %) | 1 | 10 (25 %) |\n"
                              "| **all** | 8 | "),
                    HasSubstr("**Worse than accepted: 2 cells**\n\n"
                              "- `app-server/x` `item/text` in `cpp`: `match` → `differs`\n"
                              "- `app-server/y`: `match` → `gone`\n"),
                    HasSubstr("**Better than accepted: 1 cell**")));
}

TEST(Summary, SaysWhatCouldNotBeReadAndWhatIsGone) {
  Report report = red();
  report.unreadable = {{"no JSON", "tapes/x.tape.jsonl", 3, "mend it"}};
  Cluster gone = report.night->clusters[0];
  gone.standing = Standing::kFlaky;
  report.night->fixed = {gone};
  EXPECT_THAT(render_summary(report),
              AllOf(HasSubstr(", 1 file could not be read\n"),
                    HasSubstr("## Could not be read\n\n- `tapes/x.tape.jsonl:3: no JSON (mend it)`"),
                    HasSubstr("**Causes that are gone**\n\n- `event/call codex.item.completed "
                              "/data/status` `\"failed\" → \"completed\"`: was cpp-regression in "
                              "`cpp`, 1 session; comes and goes\n")));
}

TEST(Headline, SaysHowTheRunEnded) {
  for (const auto& [exit, words] :
       std::vector<std::pair<int, std::string>>{{2, "# ❌ Nothing was compared\n"},
                                                {70, "# ❌ The run ended with an error of the tool's own\n"},
                                                {130, "# ❌ The run was interrupted\n"},
                                                {1, "# ❌ C++ and Python are not the same\n"},
                                                {3, "# ⚠️ C++ and Python are not the same\n"}}) {
    Report report = green();
    report.exit = exit;
    EXPECT_THAT(render_summary(report), StartsWith(words));
    EXPECT_THAT(render_issue(report), Not(IsEmpty()));
  }
}

// Each session with a cause of its own, and names that have to be escaped.
Report large(std::size_t count) {
  std::vector<SessionReport> sessions;
  for (std::size_t i = 0; i < count; ++i) {
    SessionReport session = ran("folder|`" + std::to_string(i));
    add(session, change("agents", "/data/x", "was", std::to_string(i)));
    sessions.push_back(std::move(session));
  }
  Report report = night(1, std::move(sessions));
  compare_with_past({}, report);
  return report;
}

TEST(Summary, IsShorterThanGitHubTakesAndSaysWhatIsLeftOut) {
  const Report report = large(50'000);
  const std::string summary = render_summary(report);
  EXPECT_LT(summary.size(), 1024U * 1024U);
  EXPECT_GT(summary.size(), 1000U * 1000U) << "and no shorter than needed";
  EXPECT_THAT(summary.substr(0, 200),
              HasSubstr("# ❌ 50000 causes to decide on\n\n50000 sessions: 50000 upstream-drift\n"));
  EXPECT_THAT(summary, HasSubstr("\nAnd 49950 more causes.\n"));
  const std::string end = summary.substr(summary.size() - 120);
  ASSERT_THAT(end, ContainsRegex("\n\\*\\*Cut here, for its length\\.\\*\\* Left out: [0-9]+ sessions\\. "
                                 "report\\.json has everything\\.\n$"));
  const std::size_t left_out = std::stoul(end.substr(end.find("Left out: ") + 10));
  const std::string table = summary.substr(summary.find("## Sessions that do not match"));
  EXPECT_EQ(static_cast<std::size_t>(std::count(table.begin(), table.end(), '|')),
            // Of a header with its rule, and of each row: four borders and the name's own.
            8 + (50'000 - left_out) * 5);
}

TEST(Summary, IsBelowAnyLimitAndWholeWhereItFits) {
  const Report report = large(50);
  const std::string whole = render_summary(report, 1'000'000);
  for (std::size_t longest = 600; longest < whole.size() + 500; longest += 97)
    EXPECT_LT(render_summary(report, longest).size(), longest);
  EXPECT_EQ(render_summary(report, whole.size() + 1), whole);
  EXPECT_THAT(render_summary(report, whole.size()), HasSubstr("**Cut here"));
}

TEST(Summary, IsWholeOneByteBelowGitHubsLimit) {
  constexpr std::size_t kCount = 20'000;
  const std::size_t unlimited = 100'000'000;
  const std::size_t base = render_summary(large(kCount), unlimited).size();
  const std::size_t row = (render_summary(large(kCount + 1000), unlimited).size() - base) / 1000;
  const std::size_t more = (kLongestSummary - 1 - base) / row;
  Report report = large(kCount + more);
  const std::size_t size = render_summary(report, unlimited).size();
  ASSERT_LT(size, kLongestSummary);
  ASSERT_GT(size + 150, kLongestSummary);
  // One that no list of examples names.
  std::string& name = report.sessions.back().session;
  name += std::string(kLongestSummary - 1 - size, 'x');
  const std::string whole = render_summary(report);
  EXPECT_EQ(whole.size(), kLongestSummary - 1);
  EXPECT_EQ(whole, render_summary(report, unlimited));
  name += 'x';
  EXPECT_THAT(render_summary(report), HasSubstr("**Cut here, for its length.** Left out: "));
}

TEST(Issue, IsEmptyWhenNothingIsRed) {
  EXPECT_EQ(render_issue(green()), "");
  EXPECT_EQ(issue_fingerprint(green()), "");
  EXPECT_EQ(issue_title(green()), "");
}

TEST(Issue, BeginsWithAFingerprintOfItsCausesAndATitle) {
  const Report report = red();
  const auto& clusters = report.night->clusters;
  std::vector<std::string> ids = {clusters[0].cause.id, clusters[1].cause.id};
  std::sort(ids.begin(), ids.end());
  EXPECT_THAT(issue_fingerprint(report), ::testing::MatchesRegex("[0-9a-f]{16}"));
  EXPECT_THAT(render_issue(report),
              StartsWith("<!-- codex-telemetry-diff fingerprint=" + issue_fingerprint(report) +
                         " causes=" + ids[0] + "," + ids[1] +
                         " -->\n# Parity: cpp-regression, upstream-drift (2 causes)\n\n"
                         "2 causes to decide on, 2 of them new.\n"));
  EXPECT_EQ(issue_title(report), "Parity: cpp-regression, upstream-drift (2 causes)");
}

TEST(Issue, IsTheSameOneWhateverTheCounts) {
  Report report = red();
  const std::string before = issue_fingerprint(report);
  SessionReport more = ran("z");
  add(more, change("agents", "/data/changes/5/kind", "add", "create"));
  report.sessions.push_back(more);
  report.run.started = "later";
  compare_with_past({}, report);
  EXPECT_EQ(issue_fingerprint(report), before);
  EXPECT_EQ(issue_title(report), issue_title(red()));
}

TEST(Issue, IsAnotherOneForOtherCauses) {
  std::set<std::string> prints = {issue_fingerprint(red())};
  Report report = red();
  report.night->clusters.pop_back();
  prints.insert(issue_fingerprint(report));
  EXPECT_THAT(issue_title(report), EndsWith(" (" + report.night->clusters[0].cause.id + ")"));
  report.night->matrix.regressions = {{"x", "", "cpp", "match", "differs"}};
  prints.insert(issue_fingerprint(report));
  report.unreadable = {{"no JSON", "tapes/x.tape.jsonl", 3, ""}};
  prints.insert(issue_fingerprint(report));
  report.exit = 70;
  prints.insert(issue_fingerprint(report));
  EXPECT_EQ(prints.size(), 5U);
}

TEST(Issue, IsNotLongerThanGitHubTakes) {
  const Report report = large(50'000);
  const std::string issue = render_issue(report);
  EXPECT_LE(issue.size(), 65'536U);
  EXPECT_LE(issue_title(report).size(), kLongestTitle);
  EXPECT_LT(issue.find('\n'), 2000U);
  // Where only the beginning fits, it is cut like the summary.
  const std::string cut = render_issue(report, 6000);
  EXPECT_LE(cut.size(), 6000U);
  EXPECT_THAT(cut, HasSubstr("**Cut here, for its length.** Left out: "));
}

// Everything that a session or a file could say, hostile to each place that it is shown at.
Report hostile_night() {
  const std::string evil = std::string("x\n::error file=a::b\n]]>-->\n# h\n|c|`d``e`") +
                           "<script>alert(1)</script>@user " + "\xe2\x80\xae" + kEscape +
                           "\xff\r\n* [l](javascript:x)";
  SessionReport session = ran(evil);
  session.path = evil;
  auto difference = change(evil, "/" + evil, evil, evil);
  difference.difference.lane = "event/" + evil;
  difference.difference.name = evil;
  difference.against = evil;
  add(session, difference);
  session.judgement.notes = {evil};
  session.judgement.stale_entries = {{.id = evil, .file = evil, .line = 1, .why = evil}};
  SessionReport absent = ran("u" + evil);
  absent.subjects[evil].reason = evil;
  absent.judgement.causes = {Verdict::kUnavailable};
  absent.judgement.verdict = Verdict::kUnavailable;
  Report report = night(2, {session, absent});
  report.columns.push_back({evil, evil, evil, evil, false, ""});
  report.unreadable = {{evil, evil, 1, evil}};
  report.matrix_regressions = 1;
  compare_with_past({}, report);
  Night& made = *report.night;
  made.before = evil;
  made.fixed = made.clusters;
  made.changed = {{evil, "match", "conflict"}, {evil, "absent", "match"}, {evil, "match", "absent"}};
  made.inputs = {{evil, evil, evil}};
  made.matrix.figures[evil] = {};
  made.matrix.regressions = {{evil, evil, evil, evil, evil}};
  made.matrix.improvements = made.matrix.regressions;
  for (Cluster& each : made.clusters) {
    each.since = evil;
    each.standing = Standing::kPersistent;
  }
  return report;
}

// Markdown without its code spans: what could act. A fence is a run of as many backticks.
std::string outside_code(const std::string& line) {
  std::string outside;
  std::size_t at = 0;
  while (at < line.size()) {
    if (line[at] != '`') {
      outside += line[at++];
      continue;
    }
    const std::size_t end = std::min(line.find_first_not_of('`', at), line.size());
    const std::size_t length = end - at;
    std::size_t close = end;
    for (;;) {
      close = line.find('`', close);
      if (close == std::string::npos) return outside + "UNCLOSED";
      const std::size_t after = std::min(line.find_first_not_of('`', close), line.size());
      const bool fits = after - close == length;
      if (fits) {
        at = after;
        break;
      }
      close = after;
    }
  }
  return outside;
}

TEST(EveryNightForm, LetsNothingOfASessionAct) {
  const Report report = hostile_night();
  for (const std::string& text : {render_summary(report), render_issue(report)}) {
    EXPECT_TRUE(is_safe(text)) << text;
    EXPECT_THAT(text, Not(HasSubstr("\xe2\x80\xae")));
    EXPECT_THAT(text, AllOf(HasSubstr("\\u001b[31m"), HasSubstr("\\u202e"), HasSubstr("\\xff")));
    std::istringstream lines(text);
    std::size_t borders = 0;
    for (std::string line; std::getline(lines, line);) {
      EXPECT_THAT(line, Not(StartsWith("::")));
      if (line.starts_with("<!-- codex")) continue;
      const std::string outside = outside_code(line);
      for (const char* part : {"# h", "script", "error", "]]>", "-->", "@user", "javascript", "UNCLOSED"})
        EXPECT_THAT(outside, Not(HasSubstr(part))) << line;
      // Each row of a table has the columns of its header: no `|` of a session ends a cell.
      std::size_t count = 0;
      for (std::size_t i = 0; i < line.size(); ++i)
        count += line[i] == '|' && (i == 0 || line[i - 1] != '\\') ? 1U : 0U;
      if (line.starts_with("|")) {
        EXPECT_TRUE(borders == 0 || borders == count) << line;
        borders = count;
      } else {
        borders = 0;
      }
    }
  }
  EXPECT_TRUE(is_safe(issue_title(report)));
  EXPECT_THAT(issue_title(report), Not(HasSubstr("error")));
  const std::string first = render_issue(report).substr(0, render_issue(report).find('\n'));
  EXPECT_EQ(first.find("-->"), first.size() - 3);
}

TEST(Code, IsOneSpanWhateverItHolds) {
  EXPECT_EQ(code("a"), "`a`");
  EXPECT_EQ(code(""), "`  `");
  EXPECT_EQ(code("a`b``c"), "``` a`b``c ```");
  EXPECT_EQ(code("a|b\n"), "`a|b\\u000a`");
  EXPECT_EQ(cell("a|b"), "`a\\|b`");
  EXPECT_EQ(code("abcdef", 3), "`abc… (6 characters)`");
}

TEST(Badge, SaysWhatTheNightIs) {
  EXPECT_EQ(render_badge(green()),
            R"({"schemaVersion":1,"label":"parity","message":"2 sessions","color":"brightgreen"})"
            "\n");
  EXPECT_THAT(render_badge(red()), HasSubstr(R"("message":"2 causes","color":"red")"));
  Report report = green();
  report.exit = 3;
  EXPECT_THAT(render_badge(report), HasSubstr(R"("message":"unavailable","color":"yellow")"));
  report.exit = 70;
  EXPECT_THAT(render_badge(report), HasSubstr(R"("message":"failed","color":"red")"));
}

}  // namespace
}  // namespace codex::matrix::testing
