// The HTML report as text. What it looks like, and that it works: scripts/soak browser.
#include <algorithm>
#include <regex>
#include <set>

#include <gmock/gmock.h>

#include "matrix/html/assets.h"
#include "matrix/html/details.h"
#include "matrix/html/json_view.h"
#include "matrix/html/markup.h"
#include "matrix/html/script_data.h"
#include "matrix/printable.h"
#include "matrix/report.h"
#include "tests/matrix/reports.h"
#include "tests/support/sample_reports.h"

namespace codex::matrix::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const Report& red() {
  static const Report kReport = test::red_night();
  return kReport;
}

std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t from = text.find(begin);
  if (from == std::string::npos) return "";
  const std::size_t start = from + begin.size();
  return text.substr(start, text.find(end, start) - start);
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

std::string without_run(std::string page) {
  for (std::size_t at = page.find("<!--run-->"); at != std::string::npos;
       at = page.find("<!--run-->")) {
    page.erase(at, page.find("<!--/run-->", at) + 11 - at);
  }
  return page;
}

// The page less style and script, in which session's texts never are.
std::string body_of(const std::string& page) {
  std::string body = page.substr(page.find("<body>"));
  return body.substr(0, body.rfind("<script>"));
}

// Names of elements and of attributes.
std::set<std::string> markup_of(const std::string& body) {
  std::set<std::string> names;
  for (std::size_t at = body.find('<'); at != std::string::npos; at = body.find('<', at + 1)) {
    const std::string tag = body.substr(at, body.find('>', at) - at);
    if (tag.starts_with("<!--")) {
      names.insert(tag);
      continue;
    }
    std::string outside;  // of quotes
    bool quoted = false;
    for (const char c : tag) {
      if (c == '"') quoted = !quoted;
      if (!quoted) outside += c;
    }
    names.insert(outside.substr(0, outside.find(' ')));
    static const std::regex kAttribute(" ([a-zA-Z-]+)");
    for (std::sregex_iterator each(outside.begin(), outside.end(), kAttribute), end; each != end;
         ++each) {
      names.insert((*each)[1]);
    }
  }
  return names;
}

TEST(ReportHtml, SaysWhatMattersFirst) {
  const std::string page = render_html(red());
  EXPECT_THAT(page, StartsWith("<!doctype html>\n"));
  const std::string headline = between(page, "<header", "</header>");
  for (const char* part :
       {"15 of 80 sessions differ", "Whose doing: both, each in its own way; the C++ telemetry",
        "Since the last night: 31 new and 3 fixed differences", "1 vanished", "cells got worse",
        "<code>agents@0.20.0</code>"}) {
    EXPECT_THAT(headline, HasSubstr(part));
  }
  EXPECT_THAT(between(render_html(test::green_night()), "<h1>", "</h1>"),
              HasSubstr("All 80 sessions match, 1 with known differences"));
}

TEST(ReportHtml, HasAllItsParts) {
  const std::string page = render_html(red());
  for (const char* id :
       {"unreadable", "since", "causes", "next", "trend", "matrix", "sessions", "details", "run"}) {
    EXPECT_EQ(count_of(page, std::string("<section id=\"") + id + "\""), 1U) << id;
  }
  for (const char* part :
       {"harness/sessions/odd/cut.tape.jsonl:7", "agents (openai-agents)", "odd/old-tape",
        "Cells that got worse (2)", "<code class=\"copy\">/data/item/exit_code</code>",
        "codex-telemetry-diff golden review", "usage-added-twice", "the golden is old"}) {
    EXPECT_THAT(page, HasSubstr(part));
  }
}

TEST(ReportHtml, OfARunWithoutANightHasNoPartsOfIt) {
  Report report;
  report.sessions = {differing("echo"), session("a", golden::Verdict::kMatch)};
  const std::string page = render_html(report);
  for (const char* id : {"since", "causes", "trend", "matrix"}) {
    EXPECT_THAT(page, Not(HasSubstr(std::string("<section id=\"") + id + "\"")));
  }
  EXPECT_THAT(page, HasSubstr("1 of 2 sessions differ"));
  EXPECT_THAT(page, HasSubstr("href=\"#s2\"><code>echo</code>"));
  EXPECT_THAT(page, HasSubstr("<details class=\"session\" id=\"s2\">"));
  EXPECT_THAT(render_html(Report()), HasSubstr("No session ran"));
}

TEST(ReportHtml, TakesTheVerdictFromFurtherColumnsToo) {
  Report report;
  report.sessions = {session("a", golden::Verdict::kMatch)};
  report.sessions[0].further["agents@0.1"].judgement = differing("a").judgement;
  const std::string page = render_html(report);
  EXPECT_THAT(page, HasSubstr("All 1 session differ"));
  EXPECT_THAT(between(page, "<details class=\"session\"", "</summary>"), HasSubstr("difference"));
  EXPECT_THAT(page, HasSubstr("<td>agents@0.1</td>"));
}

TEST(ReportHtml, AllowsItsOwnStyleAndScriptAlone) {
  const std::string page = render_html(red());
  const std::string policy = between(page, "Content-Security-Policy\" content=\"", "\">");
  EXPECT_THAT(policy, StartsWith("default-src 'none'; "));
  EXPECT_THAT(policy,
              HasSubstr("style-src " + html::csp_hash(between(page, "<style>", "</style>"))));
  EXPECT_THAT(policy,
              HasSubstr("script-src " + html::csp_hash(between(page, "<script>", "</script>"))));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  // sha256 of nothing, as every implementation has it.
  EXPECT_EQ(html::csp_hash(""), "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='");
  EXPECT_THAT(std::string(html::script()), Not(HasSubstr("innerHTML")));
  EXPECT_THAT(std::string(html::style()), Not(HasSubstr("url(")));
  EXPECT_THAT(std::string(html::style()), Not(HasSubstr("@import")));
}

TEST(ReportHtml, LoadsNothingAndLinksNowhereElse) {
  const std::string page = render_html(red());
  for (const char* part : {"src=", "http:", "https:", " style=", "@import", "javascript:"}) {
    EXPECT_EQ(count_of(body_of(page), part), 0U) << part;
  }
  EXPECT_EQ(count_of(page, "href=\""), count_of(page, "href=\"#"));
}

TEST(ReportHtml, EveryLinkLeadsSomewhereAndEveryIdIsOne) {
  const std::string body = body_of(render_html(red()));
  std::set<std::string> ids;
  static const std::regex kId(" id=\"([^\"]*)\"");
  for (std::sregex_iterator each(body.begin(), body.end(), kId), end; each != end; ++each)
    EXPECT_TRUE(ids.insert((*each)[1]).second) << (*each)[1];
  static const std::regex kLink("href=\"#([^\"]*)\"");
  for (std::sregex_iterator each(body.begin(), body.end(), kLink), end; each != end; ++each)
    EXPECT_TRUE(ids.contains((*each)[1])) << (*each)[1];
}

// Whatever stands in whatever field: the page has no element and no attribute that it would not
// have anyway, and no character that does something.
TEST(ReportHtml, NoTextBecomesMarkup) {
  const std::vector<std::string> texts = test::hostile_texts();
  const std::vector<std::string> tame(texts.size(), "tame");
  const std::string page = render_html(test::hostile_night(texts));
  EXPECT_EQ(markup_of(body_of(page)), markup_of(body_of(render_html(test::hostile_night(tame)))));
  EXPECT_TRUE(is_safe(page));
  const std::string data =
      between(page, "<script type=\"application/json\" id=\"data\">", "</script>");
  EXPECT_EQ(data.find_first_of("<>&"), std::string::npos);
  EXPECT_TRUE(json::parse(data).ok());
  for (const std::string& text : texts) {
    EXPECT_GE(count_of(page, html::escaped(text)), 20U) << printable(text);
  }
}

TEST(ReportHtml, DependsOnTheClockInMarkedPartsOnly) {
  Report other = red();
  EXPECT_EQ(render_html(other), render_html(red()));
  std::reverse(other.sessions.begin(), other.sessions.end());
  other.run.started = "2027-01-01T00:00:00Z";
  other.run.seconds = 1;
  other.run.jobs = 9;
  other.run.more = json::Object{{"host", "other"}};
  other.night->before = "2026-12-31T00:00:00Z";
  for (Cluster& cluster : other.night->clusters)
    cluster.since = "2026-12-30T00:00:00Z";
  for (NightPoint& night : other.night->trend) {
    night.started = "2026-12-24T00:00:00Z";
    night.seconds = 3;
  }
  for (SessionReport& each : other.sessions)
    each.seconds = 7;
  EXPECT_NE(render_html(other), render_html(red()));
  EXPECT_EQ(without_run(render_html(other)), without_run(render_html(red())));
}

TEST(ReportHtml, OfManySessionsStaysSmallAndSaysWhatItCuts) {
  const Report report = test::large_night(10'000);
  const std::string page = render_html(report);
  EXPECT_LT(page.size(), 8U << 20);
  EXPECT_THAT(page, HasSubstr("334 of 10,000 sessions differ"));
  EXPECT_THAT(page, HasSubstr("9,700 more sessions are listed with JavaScript"));
  const auto data =
      json::parse(between(page, "<script type=\"application/json\" id=\"data\">", "</script>"));
  EXPECT_EQ(data.value().get("sessions")->array()->size(), 10'000U);
  std::vector<html::Listed> sessions = html::listed(report);
  const std::string details = html::details(report, sessions, 100'000);
  EXPECT_THAT(details, HasSubstr("more sessions differ. To keep this page quick"));
  // The first of each cause is there.
  for (const Cluster& cluster : report.night->clusters)
    EXPECT_THAT(details, HasSubstr(html::escaped(cluster.sessions.front()))) << cluster.cause.where;
}

TEST(ReportHtml, CutsASessionThatIsTooLong) {
  Report report;
  report.sessions = {differing("echo")};
  auto& differences = report.sessions[0].judgement.differences;
  differences.resize(5000, differences[0]);
  const std::string page = render_html(report);
  EXPECT_THAT(page, HasSubstr("more differences are left out here; the JSON report has all"));
  EXPECT_LT(page.size(), 400'000U);
}

TEST(JsonView, MarksWhatDiffersAndFoldsWhatDoesNot) {
  const auto value =
      json::parse(R"({"a":1,"b":{"x":[1,2,{"y":"<b>"}]},"c":2,"d":3,"e":4,"f":5,"g":6,"h/i":7})")
          .value();
  EXPECT_EQ(html::json_view(value, {"/b/x/2/y", "/h~1i"}, '-'),
            "  {\n"
            "    &quot;a&quot;: 1,\n"
            "    &quot;b&quot;: {\n"
            "      &quot;x&quot;: [\n"
            "        1,\n"
            "        2,\n"
            "        {\n"
            "<mark>-         &quot;y&quot;: &quot;&lt;b&gt;&quot;</mark>\n"
            "        }\n"
            "      ]\n"
            "    },\n"
            "    &quot;c&quot;: 2,\n"
            "    &quot;d&quot;: 3,\n"
            "    &quot;e&quot;: 4,\n"
            "    <i>… 2 more, equal</i>\n"
            "<mark>-   &quot;h/i&quot;: 7</mark>\n"
            "  }\n");
}

TEST(JsonView, ShowsAllOfWhatTheOtherSideLacks) {
  const auto value = json::parse(R"({"a":{"b":[1,2]}})").value();
  EXPECT_EQ(html::json_view_alone(value, '+'),
            "<mark>+ {</mark>\n<mark>+   &quot;a&quot;: {</mark>\n"
            "<mark>+     &quot;b&quot;: [</mark>\n<mark>+       1,</mark>\n"
            "<mark>+       2</mark>\n<mark>+     ]</mark>\n<mark>+   }</mark>\n<mark>+ }</mark>\n");
  EXPECT_EQ(html::json_view_alone(value, '+', 5),
            "<mark>+ {</mark>\n<mark>+   &quot;a&quot;: {</mark>\n"
            "<mark>+     &quot;b&quot;: [1,2]</mark>\n<mark>+   }</mark>\n<mark>+ }</mark>\n");
  EXPECT_THAT(html::json_view_alone(value, '+', 2), HasSubstr("… 1 more lines"));
}

TEST(ScriptData, CannotEndItsElement) {
  EXPECT_EQ(html::script_data("d", json::Array{"</script><!--&", "\xe2\x80\xa8"}),
            "<script type=\"application/json\" id=\"d\">[\"\\u003c/script\\u003e\\u003c!--"
            "\\u0026\",\"\\u2028\"]</script>\n");
}

TEST(Markup, CountsAsPeopleWrite) {
  EXPECT_EQ(html::count(0), "0");
  EXPECT_EQ(html::count(999), "999");
  EXPECT_EQ(html::count(1000), "1,000");
  EXPECT_EQ(html::count(1234567), "1,234,567");
  EXPECT_EQ(html::counted_in(1, "session", "sessions"), "1 session");
  EXPECT_EQ(html::escaped_prefix("a<é>", 3), "a&lt;é…");
}

}  // namespace
}  // namespace codex::matrix::testing
