// The forms of a report that people and other tools read.
#include <gmock/gmock.h>

#include "golden/cause.h"
#include "matrix/next_steps.h"
#include "matrix/report.h"
#include "tests/matrix/reports.h"

namespace codex::matrix::testing {
namespace {

using golden::Verdict;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

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

TEST(ReportText, TellsACauseOfManySessionsInTheFirstOnesAndCountsTheOthers) {
  Report report;
  for (const char* name : {"a", "b", "c", "d"})
    report.sessions.push_back(differing(name));
  const std::string text = render_text(report);
  const std::string id = golden::cause_of(
      report.sessions[0].judgement.differences[0].difference).id;
  EXPECT_THAT(text, HasSubstr("c: difference\n  agents failed: it said so\n  span/trace:1\n"));
  EXPECT_THAT(text, HasSubstr("d: difference\n  agents failed: it said so\n  1 of cause " + id +
                              ", see below\n"));
  EXPECT_THAT(text, HasSubstr("\ncauses:\n  " + id +
                              "  4 sessions  difference: cpp against agents\n"
                              "    span/trace span.end /data/x\n    1 → 2\n"));
  TextOptions all;
  all.most_of_cause = 0;
  EXPECT_THAT(render_text(report, all), AllOf(Not(HasSubstr("cause")), HasSubstr(
      "d: difference\n  agents failed: it said so\n  span/trace:1\n")));
}

TEST(ReportText, TellsASecondCauseAmongThoseThatAreOnlyCounted) {
  Report report;
  for (const char* name : {"a", "b", "c", "d"})
    report.sessions.push_back(differing(name));
  auto other = report.sessions[3].judgement.differences[0];
  other.difference.actual = json::Value(3);
  report.sessions[3].judgement.differences.push_back(other);
  EXPECT_THAT(render_text(report), HasSubstr("      expected 1\n      actual   3\n  1 of cause "));
}

TEST(ReportText, IsColoredOnlyWhenAsked) {
  Report report;
  report.sessions = {session("a", Verdict::kMatch)};
  EXPECT_THAT(render_text(report), Not(HasSubstr("\x1b")));
  TextOptions options;
  options.color = true;
  EXPECT_THAT(render_text(report, options), HasSubstr("\x1b[32mmatch\x1b[0m"));
  // Neither yellow, which is not read on white, nor anything bright.
  for (const Verdict verdict : golden::kVerdicts) {
    report.sessions = {session("a", verdict)};
    EXPECT_THAT(render_text(report, options),
                AnyOf(HasSubstr("\x1b[31m"), HasSubstr("\x1b[32m"), HasSubstr("\x1b[35m")));
  }
}

TEST(EveryForm, LetsNoControlCharacterPass) {
  Report report;
  report.sessions = {hostile()};
  report.stale_entries = report.sessions[0].judgement.stale_entries;
  report.subjects["x"] = {"x", kEscape, kEscape};
  const std::vector<std::string> forms = {render_json(report), render_jsonl(report),
                                          render_text(report), render_junit(report),
                                          render_markdown(report), render_html(report)};
  for (const std::string& form : forms) {
    EXPECT_TRUE(is_safe(form)) << form;
    EXPECT_THAT(form, HasSubstr("\\u001b[31m"));
  }
  EXPECT_THAT(forms[3], Not(HasSubstr("<b>")));
  EXPECT_THAT(forms[5], HasSubstr("&lt;b&gt;"));
  EXPECT_THAT(forms[5], Not(HasSubstr("<b>")));
  EXPECT_TRUE(json::parse(forms[0]).ok());
}

TEST(ReportJunit, HasACaseForEachSessionAndASuiteForEachFolder) {
  Report report;
  report.sessions = {differing("odd/echo"), session("a", Verdict::kMatch),
                     session("b", Verdict::kUnavailable), session("c", Verdict::kKnownDifference)};
  golden::JudgedDifference known = report.sessions[0].judgement.differences[0];
  known.kind = Verdict::kKnownDifference;
  known.known = "k1";
  report.sessions[3].judgement.differences = {known};
  report.known_links["k1"] = "https://example.org/1";
  EXPECT_EQ(
      render_junit(report),
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"codex-telemetry-diff\" tests=\"4\" failures=\"1\" errors=\"0\" "
      "skipped=\"2\">\n"
      "  <testsuite name=\"parity\" tests=\"3\" failures=\"0\" errors=\"0\" skipped=\"2\">\n"
      "    <testcase classname=\"parity\" name=\"a\"/>\n"
      "    <testcase classname=\"parity\" name=\"b\">\n"
      "      <skipped message=\"unavailable\"></skipped>\n"
      "    </testcase>\n"
      "    <testcase classname=\"parity\" name=\"c\">\n"
      "      <skipped message=\"known: https://example.org/1\">cpp: span/trace:1 span.end /data/x "
      "[known (k1): cpp against agents]\n  expected 1\n  actual   2\n</skipped>\n"
      "    </testcase>\n"
      "  </testsuite>\n"
      "  <testsuite name=\"parity/odd\" tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\">\n"
      "    <testcase classname=\"parity/odd\" name=\"odd/echo\">\n"
      "      <failure type=\"difference\" message=\"difference, 1 difference\">cpp: span/trace:1 "
      "span.end /data/x [difference: cpp against agents]\n"
      "  expected 1\n  actual   2\n</failure>\n"
      "    </testcase>\n"
      "  </testsuite>\n"
      "</testsuites>\n");
}

TEST(ReportJunit, TellsWhatIsNoSessions) {
  Report report;
  report.stale_entries = {{.id = "k", .file = "f", .line = 3, .why = "matches no tape"}};
  report.unreadable = {{.message = "no JSON", .file = "a.tape.jsonl", .line = 2}};
  report.matrix_regressions = 2;
  report.night.emplace();
  report.night->matrix.regressions = {{"item/plan", "text", "cpp", "match", "differs"}};
  EXPECT_EQ(render_junit(report),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<testsuites name=\"codex-telemetry-diff\" tests=\"4\" failures=\"3\" errors=\"1\" "
            "skipped=\"0\">\n"
            "  <testsuite name=\"inputs\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">\n"
            "    <testcase classname=\"inputs\" name=\"a.tape.jsonl:2\">\n"
            "      <error type=\"unreadable\" message=\"no JSON\">a.tape.jsonl:2: no JSON</error>\n"
            "    </testcase>\n"
            "  </testsuite>\n"
            "  <testsuite name=\"matrix\" tests=\"3\" failures=\"3\" errors=\"0\" skipped=\"0\">\n"
            "    <testcase classname=\"matrix\" name=\"known difference k\">\n"
            "      <failure type=\"stale-known-difference\" message=\"matches no tape\">f:3: known "
            "difference k matches no tape\n</failure>\n"
            "    </testcase>\n"
            "    <testcase classname=\"matrix\" name=\"item/plan text in cpp\">\n"
            "      <failure type=\"matrix-regression\" message=\"was match, is now differs\">"
            "</failure>\n"
            "    </testcase>\n"
            "    <testcase classname=\"matrix\" name=\"accepted matrix\">\n"
            "      <failure type=\"matrix-regression\" message=\"1 cell got worse\"></failure>\n"
            "    </testcase>\n"
            "  </testsuite>\n"
            "</testsuites>\n");
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

TEST(ReportMarkdown, ShowsDifferencesOfFurtherColumns) {
  Report report;
  report.sessions = {session("echo", Verdict::kMatch)};
  golden::Judgement further = differing("echo").judgement;
  further.notes = {"said of it"};
  report.sessions[0].further["agents@0.23.0"].judgement = further;
  EXPECT_THAT(render_markdown(report),
              AllOf(HasSubstr("| `echo` | difference | 1 |\n"), HasSubstr("- `said of it`\n"),
                    HasSubstr("- `span/trace:1 span.end /data/x`\n")));
}

TEST(NextSteps, FollowFromWhatWasFound) {
  Report report;
  report.sessions = {session("a", Verdict::kMatch)};
  EXPECT_THAT(next_steps(report), IsEmpty());
  report.sessions = {session("it's", Verdict::kCppRegression),
                     session("b", Verdict::kUpstreamDrift), session("c", Verdict::kGoldenMissing),
                     session("d", Verdict::kUnavailable)};
  report.stale_entries = {{.id = "k", .file = "known.jsonl", .line = 4, .why = "matches no tape"}};
  EXPECT_THAT(next_steps(report),
              ElementsAre(HasSubstr("replay 'tapes/it'\\''s.tape.jsonl' --explain"),
                          HasSubstr("golden review  # what the Python"), HasSubstr("golden update tapes/c.tape.jsonl"),
                          HasSubstr("doctor"),
                          HasSubstr("edit known.jsonl:4  # known difference k matches no tape")));
}

TEST(NextSteps, HaveTheOptionsThatTheUserGave) {
  Report report;
  report.sessions = {session("odd/it's", Verdict::kCppRegression), session("b", Verdict::kUpstreamDrift),
                     session("deep/c", Verdict::kGoldenMissing), session("d", Verdict::kUnavailable)};
  report.sessions[0].path = "my tapes/odd/it's.tape.jsonl";
  report.sessions[2].path = "tapes/deep/c.exec.jsonl";
  report.matrix_regressions = 1;
  Invocation& called = report.invocation;
  called.program = "build/codex-telemetry-diff";
  called.paths = {"my tapes", "-odd"};
  called.sessions = {"*c*"};
  called.subjects = {"cpp", "agents"};
  called.golden = "gold en";
  called.python = {"one", "two"};
  called.further = {{"agents@1", "two"}};
  called.timeout = "3";
  called.results = "out";
  FurtherReport further;
  further.judgement.causes = {Verdict::kUpstreamDrift};
  report.sessions[1].further = {{"agents@1", further}};
  const std::string review = "build/codex-telemetry-diff golden review 'my tapes' ./-odd --session '*c*' --golden 'gold en'";
  EXPECT_THAT(
      next_steps(report),
      ElementsAre(
          "build/codex-telemetry-diff replay 'my tapes' --session 'odd/it'\\''s' --explain --golden "
          "'gold en' --python one --python two --subject cpp --subject agents --timeout 3"
          "  # which rule made which values equal",
          review + " --python one --subject agents --timeout 3"
                   "  # what the Python client shows now, one cause at a time",
          review + " --python two --subject agents --timeout 3"
                   "  # what agents@1 shows otherwise, one cause at a time",
          "build/codex-telemetry-diff golden update tapes --session deep/c --golden 'gold en' "
          "--python one --subject agents --timeout 3"
          "  # record the golden that is missing, then review and commit it",
          "build/codex-telemetry-diff doctor --python one"
          "  # why a subject could not run, and what to install",
          "build/codex-telemetry-diff matrix --from out"
          "  # which cells got worse than matrix/accepted.json"));
}

TEST(NextSteps, OfManyMissingGoldensAreOneReview) {
  Report report;
  report.sessions = {session("a", Verdict::kGoldenMissing), session("b", Verdict::kGoldenMissing)};
  EXPECT_THAT(next_steps(report),
              ElementsAre("codex-telemetry-diff golden review"
                          "  # record the goldens that are missing, then commit them"));
}

TEST(NextSteps, AColumnThatTheAcceptedMatrixJudgesIsNobodysTask) {
  Report report;
  report.sessions = {session("a", Verdict::kMatch)};
  report.invocation.further = {{"agents@1", "two"}};
  FurtherReport further;
  further.judgement.causes = {Verdict::kUpstreamDrift};
  further.accepted = true;
  report.sessions[0].further = {{"agents@1", further}};
  EXPECT_THAT(next_steps(report), IsEmpty());
}

}  // namespace
}  // namespace codex::matrix::testing
