// The forms of a report that people and other tools read.
#include <gmock/gmock.h>

#include "matrix/next_steps.h"
#include "matrix/report.h"
#include "tests/matrix/reports.h"

namespace codex::matrix::testing {
namespace {

using golden::Verdict;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

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
                                          render_markdown(report), render_html(report)};
  for (const std::string& form : forms) {
    EXPECT_TRUE(is_safe(form)) << form;
    EXPECT_THAT(form, HasSubstr("\\u001b[31m"));
  }
  EXPECT_THAT(forms[3], Not(HasSubstr("<b>")));
  EXPECT_THAT(forms[5], AllOf(Not(HasSubstr("<b>")), HasSubstr("&lt;b&gt;")));
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

TEST(ReportHtml, IsOnePageThatLoadsAndRunsNothing) {
  Report report;
  report.sessions = {differing("echo"), session("a", Verdict::kMatch)};
  const std::string page = render_html(report);
  EXPECT_THAT(page, StartsWith("<!doctype html>\n"));
  for (const char* part :
       {"<td><span class=\"verdict bad\">difference</span></td><td class=\"number\">1</td>",
        "<td><code>a</code></td><td><span class=\"verdict match\">match</span></td>",
        "<a href=\"#s1\"><code>echo</code></a>", "<section id=\"s1\">",
        "<code>span/trace:1 span.end /data/x</code>",
        "<tr><th>expected</th><td><code>1</code></td></tr>",
        "<tr><th>actual</th><td><code>2</code></td></tr>", "default-src 'none'"}) {
    EXPECT_THAT(page, HasSubstr(part));
  }
  for (const char* part : {"<script", "src=", "http:", "https:", "url("}) {
    EXPECT_THAT(page, Not(HasSubstr(part)));
  }
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

}  // namespace
}  // namespace codex::matrix::testing
