#include "matrix/html/listed.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "matrix/html/markup.h"

namespace codex::matrix::html {
namespace {

std::string transport_of(const SessionReport& session) {
  if (session.subjects.contains("agents")) return "exec";
  if (session.subjects.contains("codex-sdk")) return "app-server";
  return "";
}

std::string outcome_of(const SessionReport& session) {
  std::set<std::string> outcomes;
  std::string all;
  const auto add = [&](const std::string& column, const SubjectReport& subject) {
    const std::string outcome = harness::outcome_name(subject.outcome);
    outcomes.insert(outcome);
    all += (all.empty() ? "" : ", ") + column + " " + outcome;
  };
  for (const auto& [name, subject] : session.subjects)
    add(name, subject);
  for (const auto& [column, further] : session.further)
    add(column, further.subject);
  return outcomes.size() == 1 ? *outcomes.begin() : all;
}

Listed listed(const SessionReport& session, std::size_t number) {
  Listed entry{.session = &session,
               .id = "s" + std::to_string(number),
               .verdict = session.verdict(),
               .transport = transport_of(session),
               .outcome = outcome_of(session),
               .columns = {},
               .leaves = {}};
  std::set<std::string> columns;
  for_differences(session, [&](const std::string& column, const golden::JudgedDifference&) {
    columns.insert(column);
    ++entry.differences;
  });
  entry.columns.assign(columns.begin(), columns.end());
  for (const auto& [lane, leaves] : session.judgement.lanes)
    entry.leaves += leaves.total();
  return entry;
}

}  // namespace

void for_differences(const SessionReport& session, const UseDifference& use) {
  for (const golden::JudgedDifference& judged : session.judgement.differences)
    use(judged.subject, judged);
  for (const auto& [column, further] : session.further) {
    for (const golden::JudgedDifference& judged : further.judgement.differences)
      use(column, judged);
  }
}

std::vector<Listed> listed(const Report& report) {
  std::vector<Listed> sessions;
  for (const SessionReport* session : sorted_sessions(report))
    sessions.push_back(listed(*session, sessions.size() + 1));
  std::stable_sort(sessions.begin(), sessions.end(),
                   [](const Listed& a, const Listed& b) { return a.verdict > b.verdict; });
  return sessions;
}

Anchors anchors(const std::vector<Listed>& sessions) {
  Anchors anchors;
  for (const Listed& each : sessions) {
    if (each.has_details) anchors[each.session->session] = each.id;
  }
  return anchors;
}

std::string linked(const std::string& session, const Anchors& anchors) {
  const auto found = anchors.find(session);
  if (found == anchors.end()) return code(session);
  return "<a href=\"#" + found->second + "\">" + code(session) + "</a>";
}

}  // namespace codex::matrix::html
