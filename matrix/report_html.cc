// The page as a whole. Its parts: matrix/html/sections.h.
#include "matrix/html/assets.h"
#include "matrix/html/details.h"
#include "matrix/html/listed.h"
#include "matrix/html/markup.h"
#include "matrix/html/sections.h"
#include "matrix/report.h"

namespace codex::matrix {
namespace {

std::string head(const Report& report) {
  return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"" +
         html::content_security_policy() +
         "\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
         "<meta name=\"color-scheme\" content=\"light dark\">\n"
         "<meta name=\"referrer\" content=\"no-referrer\">\n<title>" +
         html::headline_text(report) + " – parity</title>\n<style>" + std::string(html::style()) +
         "</style>\n</head>\n<body>\n";
}

// Links to the parts that the page has.
std::string bar(const std::string& parts) {
  struct Part {
    const char* id;
    const char* name;
  };
  std::string links;
  for (const Part& part :
       {Part{"since", "Since last night"}, Part{"causes", "Causes"}, Part{"next", "Next"},
        Part{"trend", "Trend"}, Part{"matrix", "Matrix"}, Part{"sessions", "Sessions"},
        Part{"details", "What differs"}, Part{"run", "Run"}}) {
    const std::string id(part.id);
    if (parts.find("<section id=\"" + id + "\"") == std::string::npos) continue;
    const std::string link = "<a href=\"#" + id + "\">" + part.name + "</a>\n";
    links += link;
  }
  return "<nav class=\"bar\" aria-label=\"Parts of this page\">\n<strong>Parity</strong>\n" +
         links +
         "<span class=\"tools\" hidden><button type=\"button\" id=\"theme\">Dark</button>"
         "<button type=\"button\" id=\"help-button\" aria-keyshortcuts=\"?\">Keys</button></span>"
         "\n</nav>\n";
}

constexpr const char* kHelp = R"(<dialog id="help" aria-labelledby="help-title">
<h2 id="help-title">Keys</h2>
<dl>
<dt><kbd>/</kbd></dt><dd>filter the sessions</dd>
<dt><kbd>j</kbd> <kbd>k</kbd></dt><dd>next, previous session of the list</dd>
<dt><kbd>Enter</kbd></dt><dd>open what is in focus</dd>
<dt><kbd>?</kbd></dt><dd>this help</dd>
<dt><kbd>Esc</kbd></dt><dd>close it, or clear the filters</dd>
</dl>
<button type="button">Close</button>
</dialog>
)";

}  // namespace

std::string render_html(const Report& report) {
  std::vector<html::Listed> sessions = html::listed(report);
  const std::string details = html::details(report, sessions);
  const html::Anchors anchors = html::anchors(sessions);
  const std::string parts =
      html::headline(report, sessions) + html::unreadable(report) +
      html::since_last_night(report, anchors) + html::causes(report, anchors) + html::next(report) +
      html::trend(report) + html::parity_matrix(report, anchors) +
      html::session_list(report, sessions) + details + html::run_facts(report);
  return head(report) + bar(parts) + "<main>\n" + parts + "</main>\n" + kHelp + "<script>" +
         std::string(html::script()) + "</script>\n</body>\n</html>\n";
}

}  // namespace codex::matrix
