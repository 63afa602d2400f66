#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

#include "golden/json_text.h"
#include "matrix/night_json.h"
#include "matrix/report.h"

namespace codex::matrix {
namespace {

using golden::Judgement;
using golden::LeafTally;
using golden::Verdict;
using json::Array;
using json::Object;
using json::Value;

Value number(std::size_t count) {
  return Value(static_cast<std::uint64_t>(count));
}

Object counts(const std::map<std::string, std::size_t>& by_name) {
  Object object;
  for (const auto& [name, count] : by_name)
    object.append(name, number(count));
  return object;
}

Object short_tally(const LeafTally& tally) {
  return {{"compared", number(tally.compared)},
          {"masked", number(tally.masked)},
          {"not_observed", number(tally.not_observed)}};
}

Object full_tally(const LeafTally& tally) {
  Object object = short_tally(tally);
  object.append("differing", number(tally.differing));
  object.append("identity", number(tally.identity));
  return object;
}

struct ChannelLeaves {
  LeafTally wire;
  LeafTally driver;
  Object lanes;
};

Object leaves(const Judgement& judgement) {
  std::map<std::string, ChannelLeaves> channels;
  for (const auto& [lane, tallies] : judgement.lanes) {
    ChannelLeaves& channel = channels[std::string(golden::channel_of(lane))];
    channel.wire += tallies.wire;
    channel.driver += tallies.driver;
    channel.lanes.append(lane, short_tally(tallies.total()));
  }
  Object object;
  for (auto& [name, channel] : channels) {
    LeafTally total = channel.wire;
    total += channel.driver;
    Object entry = full_tally(total);
    entry.append("by_rule", counts(total.by_rule));
    entry.append("wire", full_tally(channel.wire));
    entry.append("driver", full_tally(channel.driver));
    entry.append("lanes", std::move(channel.lanes));
    object.append(name, std::move(entry));
  }
  return object;
}

Value difference(const golden::JudgedDifference& judged) {
  const golden::Difference& found = judged.difference;
  Object object{{"subject", judged.subject},
                {"against", judged.against},
                {"lane", found.lane},
                {"name", found.name},
                {"path", found.path}};
  if (found.expected) object.append("expected", *found.expected);
  if (found.actual) object.append("actual", *found.actual);
  object.append("known", judged.known ? Value(*judged.known) : Value());
  object.append("kind", golden::verdict_name(judged.kind));
  object.append("origin", found.origin == harness::Origin::kWire ? "wire" : "driver");
  if (found.key_order) object.append("key_order", true);
  return object;
}

Value stale_entries(const std::vector<golden::StaleEntry>& entries) {
  Array list;
  for (const golden::StaleEntry& entry : entries) {
    list.push_back(Object{
        {"id", entry.id}, {"file", entry.file}, {"line", number(entry.line)}, {"why", entry.why}});
  }
  return list;
}

Value subject(const SubjectReport& report) {
  Object object{{"outcome", harness::outcome_name(report.outcome)},
                {"observations", number(report.observations)}};
  if (!report.reason.empty()) object.append("reason", report.reason);
  if (!report.scrubbed.empty()) object.append("scrubbed", counts(report.scrubbed));
  if (!report.extra.is_null()) object.append("extra", report.extra);
  return object;
}

Value further(const SessionReport& report) {
  Object columns;
  for (const auto& [column, each] : report.further) {
    Object object = *subject(each.subject).object();
    object.append("verdict", golden::verdict_name(each.judgement.verdict));
    if (each.accepted) object.append("accepted", true);
    Array differences;
    for (const auto& judged : each.judgement.differences)
      differences.push_back(difference(judged));
    object.append("differences", std::move(differences));
    if (!each.judgement.notes.empty()) {
      object.append("notes", Array(each.judgement.notes.begin(), each.judgement.notes.end()));
    }
    columns.append(column, std::move(object));
  }
  return columns;
}

Value session(const SessionReport& report) {
  const Judgement& judgement = report.judgement;
  Object subjects;
  for (const auto& [name, ran] : report.subjects)
    subjects.append(name, subject(ran));
  Array differences;
  for (const auto& judged : judgement.differences)
    differences.push_back(difference(judged));
  Object object{{"session", report.session},
                {"path", report.path},
                {"verdict", golden::verdict_name(report.verdict())},
                {"subjects", std::move(subjects)},
                {"leaves", leaves(judgement)},
                {"differences", std::move(differences)}};
  Array notes;
  for (const std::string& note : judgement.notes)
    notes.emplace_back(note);
  if (!notes.empty()) object.append("notes", std::move(notes));
  if (!judgement.stale_entries.empty()) {
    object.append("stale_known_differences", stale_entries(judgement.stale_entries));
  }
  if (!report.further.empty()) object.append("further", further(report));
  return object;
}

Value run(const Report& report) {
  Object object{{"started", report.run.started},
                {"seconds", report.run.seconds},
                {"jobs", number(report.run.jobs)}};
  Object seconds;
  for (const SessionReport* each : sorted_sessions(report)) {
    seconds.set(each->session, each->seconds);
  }
  object.append("session_seconds", std::move(seconds));
  if (report.night) {
    for (auto& [key, value] : clocks_json(*report.night))
      object.set(key, std::move(value));
  }
  for (const auto& [key, value] : report.run.more)
    object.set(key, value);
  return object;
}

Value subjects(const Report& report) {
  Object object;
  for (const auto& [name, info] : report.subjects) {
    object.append(name, Object{{"package", info.package}, {"version", info.version}});
  }
  return object;
}

Value columns(const Report& report) {
  Array list;
  for (const Column& column : report.columns) {
    Object object{{"column", column.name},
                  {"subject", column.subject},
                  {"package", column.package},
                  {"version", column.version},
                  {"further", column.further}};
    if (!column.unavailable.empty()) object.append("unavailable", column.unavailable);
    list.push_back(std::move(object));
  }
  return list;
}

Value unreadable(const Report& report) {
  Array list;
  for (const harness::Error& error : report.unreadable) {
    list.push_back(Object{{"message", error.message},
                          {"file", error.file},
                          {"line", number(error.line)},
                          {"hint", error.hint}});
  }
  return list;
}

Value all_totals(const Report& report) {
  golden::Totals sums = totals(report);
  Object object{{"sessions", number(sums.sessions)}};
  for (const Verdict verdict : golden::kVerdicts) {
    object.append(golden::verdict_name(verdict), number(sums.by_verdict[verdict]));
  }
  object.append("matrix-regression", number(sums.matrix_regressions));
  return object;
}

}  // namespace

std::vector<const SessionReport*> sorted_sessions(const Report& report) {
  std::vector<const SessionReport*> sessions;
  for (const SessionReport& each : report.sessions)
    sessions.push_back(&each);
  std::sort(sessions.begin(), sessions.end(), [](const SessionReport* a, const SessionReport* b) {
    return std::tie(a->session, a->path) < std::tie(b->session, b->path);
  });
  return sessions;
}

golden::Verdict SessionReport::verdict() const {
  golden::Verdict result = judgement.verdict;
  for (const auto& [column, each] : further) {
    if (!each.accepted) result = golden::worst(result, each.judgement.verdict);
  }
  return result;
}

std::vector<const golden::JudgedDifference*> SessionReport::all_differences() const {
  std::vector<const golden::JudgedDifference*> all;
  for (const auto& each : judgement.differences)
    all.push_back(&each);
  for (const auto& [column, report] : further) {
    for (const auto& each : report.judgement.differences)
      all.push_back(&each);
  }
  return all;
}

golden::Totals totals(const Report& report) {
  golden::Totals sums;
  for (const SessionReport& each : report.sessions)
    sums.add(each.verdict());
  sums.stale_entries = report.stale_entries.size();
  sums.matrix_regressions = report.matrix_regressions;
  return sums;
}

int exit_code(const Report& report) {
  if (report.exit) return *report.exit;
  // A corpus of which nothing could be read is red, and not empty.
  return report.unreadable.empty() ? golden::exit_code(totals(report)) : 1;
}

namespace {

Object object_of(const Report& report, Array sessions) {
  Object object{{"report", 1},
                {"run", run(report)},
                {"subjects", subjects(report)},
                {"sessions", std::move(sessions)},
                {"totals", all_totals(report)},
                {"exit", exit_code(report)}};
  if (!report.stale_entries.empty()) {
    object.append("stale_known_differences", stale_entries(report.stale_entries));
  }
  if (!report.columns.empty()) object.append("columns", columns(report));
  if (!report.unreadable.empty()) object.append("unreadable", unreadable(report));
  if (report.night) {
    object.append("clusters", clusters_json(*report.night));
    object.append("since", since_json(*report.night));
    object.append("matrix", matrix_json(*report.night));
  }
  return object;
}

// pretty_text of a value that stands so deep; no string in it has a line break of its own.
std::string nested(const Value& value, std::size_t depth) {
  std::string text;
  for (const char c : golden::pretty_text(golden::encode(value))) {
    text += c;
    if (c == '\n') text.append(depth, ' ');
  }
  return text;
}

}  // namespace

Value build_report(const Report& report) {
  Array sessions;
  for (const SessionReport* each : sorted_sessions(report))
    sessions.push_back(session(*each));
  return golden::encode(object_of(report, std::move(sessions)));
}

// pretty_text(build_report(report)), but one session at a time: there may be many.
std::string render_json(const Report& report) {
  std::string text;
  for (const auto& [key, value] : object_of(report, {})) {
    text += std::string(text.empty() ? "{" : ",") + "\n " + golden::shown(Value(key)) + ": ";
    if (key != "sessions" || report.sessions.empty()) {
      text += nested(value, 1);
      continue;
    }
    bool first = true;
    for (const SessionReport* each : sorted_sessions(report)) {
      text += std::string(first ? "[" : ",") + "\n  " + nested(session(*each), 2);
      first = false;
    }
    text += "\n ]";
  }
  return text + "\n}\n";
}

std::string render_jsonl(const Report& report) {
  const auto line = [](const Value& value) { return golden::shown(value) + "\n"; };
  std::string text =
      line(Object{{"report", 1}, {"run", run(report)}, {"subjects", subjects(report)}});
  for (const SessionReport* each : sorted_sessions(report))
    text += line(session(*each));
  Object footer{{"totals", all_totals(report)}, {"exit", exit_code(report)}};
  if (!report.stale_entries.empty()) {
    footer.append("stale_known_differences", stale_entries(report.stale_entries));
  }
  return text + line(footer);
}

}  // namespace codex::matrix
