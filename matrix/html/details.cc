#include "matrix/html/details.h"

#include <algorithm>
#include <map>
#include <set>

#include "matrix/difference_text.h"
#include "matrix/html/lanes.h"
#include "matrix/html/markup.h"

namespace codex::matrix::html {
namespace {

constexpr std::size_t kLongestValue = 600;

std::string subject_line(const std::string& column, const SubjectReport& subject) {
  std::string text = "<li>" + code(column) + " " + harness::outcome_name(subject.outcome) + ", " +
                     counted_in(subject.observations, "observation", "observations");
  if (!subject.reason.empty()) text += ": " + code(subject.reason);
  std::size_t scrubbed = 0;
  for (const auto& [rule, number] : subject.scrubbed)
    scrubbed += number;
  if (scrubbed > 0) text += "; " + counted_in(scrubbed, "secret", "secrets") + " scrubbed";
  return text + "</li>\n";
}

std::string notes(const std::string& column, const golden::Judgement& judgement) {
  std::string text;
  const std::string of = column.empty() ? "" : code(column) + ": ";
  for (const std::string& note : judgement.notes)
    text += "<li>" + of + escaped(note) + "</li>\n";
  for (const golden::StaleEntry& entry : judgement.stale_entries) {
    text += "<li>" + of + code(entry.file + ":" + std::to_string(entry.line)) +
            ": known difference " + code(entry.id) + " " + escaped(entry.why) + "</li>\n";
  }
  return text;
}

std::string facts(const SessionReport& session) {
  std::string text = "<ul class=\"facts\">\n<li>" + copyable(session.path) + "</li>\n";
  for (const auto& [name, subject] : session.subjects)
    text += subject_line(name, subject);
  for (const auto& [column, further] : session.further)
    text += subject_line(column, further.subject);
  text += notes("", session.judgement);
  for (const auto& [column, further] : session.further)
    text += notes(column, further.judgement);
  return text + "</ul>\n";
}

std::string difference_row(const std::string& column, const golden::JudgedDifference& judged) {
  const golden::Difference& found = judged.difference;
  const DifferenceText said = describe(judged, kLongestValue);
  std::string place = "<code>" + escaped(found.name) + "</code>";
  if (!found.path.empty()) place += "<br>" + copyable(found.path);
  if (found.path.empty()) {
    place += std::string("<br><span class=\"muted\">") +
             (found.expected ? "is missing" : "is extra") + "</span>";
  }
  if (found.key_order) place += "<br><span class=\"muted\">order of keys</span>";
  std::string kind = tag(judged.known ? golden::Verdict::kKnownDifference : judged.kind);
  if (judged.known) kind += "<br>" + code(*judged.known);
  kind += "<br><span class=\"muted\">" + escaped(column) + " against " + escaped(judged.against) +
          "</span>";
  const auto value = [](const std::optional<json::Value>& side, const std::string& text) {
    return side ? "<code>" + escaped(text) + "</code>" : "<span class=\"muted\">nothing</span>";
  };
  return "<tr><td>" + code(found.lane) + "</td><td>" + place + "</td><td>" +
         value(found.expected, said.expected) + "</td><td>" + value(found.actual, said.actual) +
         "</td><td>" + kind + "</td></tr>\n";
}

std::string differences(const Listed& listed, std::size_t most) {
  if (listed.differences == 0) return "";
  std::string text =
      "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"Differences of " +
      escaped(listed.session->session) +
      "\"><table class=\"differences\">\n<thead><tr><th scope=\"col\">Lane</th>"
      "<th scope=\"col\">Observation and path</th><th scope=\"col\">Expected</th>"
      "<th scope=\"col\">Actual</th><th scope=\"col\">Kind</th></tr></thead>\n<tbody>\n";
  std::size_t left_out = 0;
  for_differences(*listed.session,
                  [&](const std::string& column, const golden::JudgedDifference& judged) {
                    if (text.size() < most) {
                      text += difference_row(column, judged);
                    } else {
                      ++left_out;
                    }
                  });
  text += "</tbody></table></div>\n";
  if (left_out > 0) {
    text += "<p class=\"cut\">" +
            counted_in(left_out, "more difference is", "more differences are") +
            " left out here; the JSON report has all.</p>\n";
  }
  return text;
}

std::string of_session(const Listed& listed) {
  const SessionReport& session = *listed.session;
  std::string text =
      "<details class=\"session\" id=\"" + listed.id + "\">\n<summary>" + tag(listed.verdict) +
      " <span class=\"name\">" + escaped(session.session) + "</span> <span class=\"muted\">" +
      counted_in(listed.differences, "difference", "differences") + "</span></summary>\n";
  text += facts(session);
  text += differences(listed, kMostOfOneSession / 2);
  return text + lanes(session, kMostOfOneSession / 2) + "</details>\n";
}

// Indices of those that may have details, the most telling first.
std::vector<std::size_t> by_weight(const Report& report, const std::vector<Listed>& sessions) {
  std::map<std::string, std::size_t> index;
  std::vector<std::size_t> order;
  std::set<std::size_t> taken;
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    if (sessions[i].verdict != golden::Verdict::kMatch)
      index.emplace(sessions[i].session->session, i);
  }
  const auto take = [&](std::size_t i) {
    if (taken.insert(i).second) order.push_back(i);
  };
  if (report.night) {
    for (const Cluster& cluster : report.night->clusters) {
      const auto first = std::find_if(cluster.sessions.begin(), cluster.sessions.end(),
                                      [&](const auto& name) { return index.contains(name); });
      if (first != cluster.sessions.end()) take(index[*first]);
    }
  }
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    if (sessions[i].verdict != golden::Verdict::kMatch) take(i);
  }
  return order;
}

}  // namespace

std::string details(const Report& report, std::vector<Listed>& sessions, std::size_t most) {
  std::map<std::size_t, std::string> parts;
  std::size_t size = 0;
  std::size_t left_out = 0;
  for (const std::size_t i : by_weight(report, sessions)) {
    if (size >= most) {
      ++left_out;
      continue;
    }
    std::string part = of_session(sessions[i]);
    size += part.size();
    sessions[i].has_details = true;
    parts.emplace(i, std::move(part));
  }
  if (parts.empty()) return "";
  std::string text = section("details", "What differs");
  for (const auto& [i, part] : parts)
    text += part;
  if (left_out > 0) {
    text += "<p class=\"cut\">" +
            counted_in(left_out, "more session differs", "more sessions differ") +
            ". To keep this page quick, what they differ in is left out; the JSON report has all "
            "of it.</p>\n";
  }
  return text + end_section();
}

}  // namespace codex::matrix::html
