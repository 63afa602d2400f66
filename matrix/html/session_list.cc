#include <algorithm>
#include <set>

#include "matrix/html/markup.h"
#include "matrix/html/script_data.h"
#include "matrix/html/sections.h"
#include "matrix/printable.h"

namespace codex::matrix::html {
namespace {

using golden::Verdict;

std::string joined(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& each : list)
    text += (text.empty() ? "" : ", ") + each;
  return text;
}

// script.js makes the same of the data; scripts/browser compares them.
std::string row(const Listed& listed) {
  const std::string name = "<code>" + escaped(listed.session->session) + "</code>";
  const auto number = [](std::size_t value) {
    return "<td class=\"number\">" + count(value) + "</td>";
  };
  return "<tr><th scope=\"row\">" +
         (listed.has_details ? "<a href=\"#" + listed.id + "\">" + name + "</a>" : name) +
         "</th><td>" + tag(listed.verdict) + "</td><td>" + escaped(listed.transport) + "</td><td>" +
         escaped(listed.outcome) + "</td>" + number(listed.differences) + "<td>" +
         escaped(joined(listed.columns)) + "</td>" + number(listed.leaves.compared) +
         number(listed.leaves.masked) + number(listed.leaves.not_observed) + "</tr>\n";
}

json::Value number(std::size_t value) {
  return json::Value(static_cast<std::uint64_t>(value));
}

json::Value data_of(const Listed& listed) {
  return json::Array{printable(listed.session->session),
                     static_cast<int>(listed.verdict),
                     listed.transport,
                     printable(listed.outcome),
                     number(listed.differences),
                     printable(joined(listed.columns)),
                     number(listed.leaves.compared),
                     number(listed.leaves.masked),
                     number(listed.leaves.not_observed),
                     listed.has_details ? listed.id : ""};
}

std::string data(const std::vector<Listed>& sessions) {
  json::Array verdicts;
  for (const Verdict verdict : golden::kVerdicts) {
    verdicts.push_back(json::Array{golden::verdict_name(verdict), sign(verdict)});
  }
  json::Array rows;
  for (const Listed& each : sessions)
    rows.push_back(data_of(each));
  return script_data("data", json::Object{{"rows", number(kStaticRows)},
                                          {"verdicts", std::move(verdicts)},
                                          {"sessions", std::move(rows)}});
}

// `before`: what a name follows, so that no option is blank whatever the name is.
std::string options(const std::set<std::string>& values, const std::string& before) {
  std::string text;
  for (const std::string& value : values)
    text += "<option value=\"" + escaped(value) + "\">" + before + escaped(value) + "</option>";
  return text;
}

// The script shows it: without the script it does nothing.
std::string filters(const std::vector<Listed>& sessions) {
  std::set<std::string> transports;
  std::set<std::string> columns;
  std::map<Verdict, std::size_t> verdicts;
  for (const Listed& each : sessions) {
    if (!each.transport.empty()) transports.insert(each.transport);
    columns.insert(each.columns.begin(), each.columns.end());
    ++verdicts[each.verdict];
  }
  std::string text =
      "<div class=\"filters\" role=\"search\" aria-label=\"Sessions\" hidden>\n"
      "<p><label for=\"filter\">Name</label> <input type=\"search\" id=\"filter\" "
      "autocomplete=\"off\" spellcheck=\"false\" placeholder=\"part of a name\"></p>\n"
      "<p><label for=\"transport\">Transport</label> <select id=\"transport\">"
      "<option value=\"\">any</option>" +
      options(transports, "") +
      "</select></p>\n<p><label for=\"column\">Differs</label> <select id=\"column\">"
      "<option value=\"\">in any column</option>" +
      options(columns, "in ") +
      "</select></p>\n<p class=\"verdicts\" role=\"group\" "
      "aria-label=\"Verdicts\">";
  for (auto verdict = golden::kVerdicts.rbegin(); verdict != golden::kVerdicts.rend(); ++verdict) {
    if (verdicts[*verdict] == 0) continue;
    text += "<button type=\"button\" aria-pressed=\"false\" data-verdict=\"" +
            std::to_string(static_cast<int>(*verdict)) + "\">" + tag(*verdict) + " " +
            count(verdicts[*verdict]) + "</button>";
  }
  return text + "</p>\n</div>\n";
}

}  // namespace

std::string session_list(const Report&, const std::vector<Listed>& sessions) {
  if (sessions.empty()) return "";
  std::string text = section("sessions", "Sessions") + filters(sessions) +
                     "<p id=\"shown\" role=\"status\">" +
                     counted_in(sessions.size(), "session", "sessions") +
                     ", the worst first</p>\n"
                     "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"All "
                     "sessions\"><table id=\"session-table\">\n<thead><tr>"
                     "<th scope=\"col\" data-sort=\"0\">Session</th>"
                     "<th scope=\"col\" data-sort=\"1\" aria-sort=\"descending\">Verdict</th>"
                     "<th scope=\"col\">Transport</th><th scope=\"col\">Outcome</th>"
                     "<th scope=\"col\" class=\"number\" data-sort=\"4\">Differences</th>"
                     "<th scope=\"col\">In</th>"
                     "<th scope=\"col\" class=\"number\" data-sort=\"6\">Compared</th>"
                     "<th scope=\"col\" class=\"number\" data-sort=\"7\">Masked</th>"
                     "<th scope=\"col\" class=\"number\" data-sort=\"8\">Not observed</th>"
                     "</tr></thead>\n<tbody>\n";
  const std::size_t shown = std::min(sessions.size(), kStaticRows);
  for (std::size_t i = 0; i < shown; ++i)
    text += row(sessions[i]);
  text += "</tbody></table></div>\n";
  if (shown < sessions.size()) {
    text += "<p class=\"cut\" id=\"more\">" + count(sessions.size() - shown) +
            " more sessions are listed with JavaScript, or in the JSON report.</p>\n";
  }
  return text + data(sessions) + end_section();
}

}  // namespace codex::matrix::html
