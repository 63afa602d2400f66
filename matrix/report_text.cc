#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "golden/cause.h"
#include "golden/lane.h"
#include "matrix/clusters.h"
#include "matrix/difference_text.h"
#include "matrix/next_steps.h"
#include "matrix/printable.h"
#include "matrix/report.h"

namespace codex::matrix {
namespace {

using golden::JudgedDifference;
using golden::Verdict;

class TextReport {
 public:
  TextReport(const Report& report, const TextOptions& options)
      : report_(report), options_(options), sessions_(sorted_sessions(report)) {}

  std::string render() {
    overview();
    for (const SessionReport* session : sessions_) {
      if (session->verdict() != Verdict::kMatch) details(*session);
    }
    causes();
    sums();
    const std::vector<std::string> steps = next_steps(report_);
    if (!steps.empty()) text_ += "next:\n";
    for (const std::string& step : steps)
      text_ += "  " + step + "\n";
    return std::move(text_);
  }

 private:
  std::string colored(Verdict verdict) const {
    const std::string name = golden::verdict_name(verdict);
    if (!options_.color) return name;
    const char* color = "\033[31m";  // red
    if (verdict == Verdict::kMatch) color = "\033[32m";
    if (verdict == Verdict::kKnownDifference || verdict == Verdict::kUnavailable) {
      color = "\033[35m";  // nobody's fault; magenta, for yellow is not read on white
    }
    return color + name + "\033[0m";
  }

  // Why a subject could not run stands in the judgement's own words.
  static bool is_noted(const golden::Judgement& judgement, const std::string& reason) {
    return std::any_of(judgement.notes.begin(), judgement.notes.end(),
                       [&](const std::string& note) { return note.ends_with(reason); });
  }

  bool listed(const SessionReport& session) const {
    return options_.all_sessions || session.verdict() != Verdict::kMatch;
  }

  void overview() {
    std::size_t width = 0;
    for (const SessionReport* session : sessions_) {
      if (listed(*session)) width = std::max(width, printable(session->session).size());
    }
    for (const SessionReport* session : sessions_) {
      if (!listed(*session)) continue;
      const std::string name = printable(session->session);
      text_ += name + std::string(width - name.size() + 2, ' ');
      text_ += colored(session->verdict());
      const std::size_t count = session->all_differences().size();
      if (count > 0) text_ += "  " + counted(count, "difference", "differences");
      text_ += "\n";
    }
  }

  void details(const SessionReport& session) {
    const golden::Judgement& judgement = session.judgement;
    text_ += "\n" + printable(session.session) + ": " + colored(session.verdict()) + "\n";
    for (const std::string& note : judgement.notes)
      text_ += "  " + printable(note) + "\n";
    for (const auto& [name, subject] : session.subjects) {
      if (subject.reason.empty() || is_noted(judgement, subject.reason)) continue;
      text_ += "  " + printable(name) + " " + harness::outcome_name(subject.outcome) + ": " +
               printable(subject.reason) + "\n";
    }
    for (const auto& [column, further] : session.further) {
      for (const std::string& note : further.judgement.notes)
        text_ += "  " + printable(note) + "\n";
    }
    for (const golden::StaleEntry& entry : judgement.stale_entries)
      stale(entry);
    std::vector<const JudgedDifference*> by_lane = session.all_differences();
    std::stable_sort(by_lane.begin(), by_lane.end(), [](const auto* a, const auto* b) {
      return golden::LaneLess()(a->difference.lane, b->difference.lane);
    });
    std::string_view lane;
    std::size_t told = 0;
    std::set<CauseKey> shown;
    std::map<CauseKey, std::size_t> repeated;
    for (const JudgedDifference* judged : by_lane) {
      CauseKey key(golden::cause_of(judged->difference).id, judged->subject, judged->kind);
      if (options_.most_of_cause != 0 && told_of_cause_[key] >= options_.most_of_cause) {
        ++repeated[std::move(key)];
        ++told;
        continue;
      }
      shown.insert(std::move(key));
      if (options_.most_differences != 0 && told == options_.most_differences) break;
      ++told;
      if (judged->difference.lane != lane)
        text_ += "  " + printable(judged->difference.lane) + "\n";
      lane = judged->difference.lane;
      const DifferenceText difference = describe(*judged, options_.longest_value);
      text_ += "    " + difference.place + "  [" + difference.kind + "]\n";
      text_ += "      expected " + difference.expected + "\n";
      text_ += "      actual   " + difference.actual + "\n";
    }
    if (told < by_lane.size()) {
      text_ += "  and " + std::to_string(by_lane.size() - told) +
               " more; --format json shows them all\n";
    }
    for (const auto& [key, count] : repeated) {
      text_ += "  " + std::to_string(count) + " of cause " + std::get<0>(key) + ", see below\n";
    }
    for (const CauseKey& key : shown)
      ++told_of_cause_[key];
  }

  // Those that not every session was told of.
  void causes() {
    if (options_.most_of_cause == 0) return;
    bool first = true;
    for (const Cluster& each : clusters(report_)) {
      if (each.differences == 0 || each.sessions.size() <= options_.most_of_cause) continue;
      if (std::exchange(first, false)) text_ += "\ncauses:\n";
      text_ += "  " + each.cause.id + "  " + counted(each.sessions.size(), "session", "sessions") +
               "  " + golden::verdict_name(each.kind) + ": " + printable(each.column) +
               " against " + printable(each.against) + "\n    " + printable(each.cause.where) +
               "\n    " + shortened(printable(each.cause.what), options_.longest_value) + "\n";
    }
  }

  void stale(const golden::StaleEntry& entry) {
    text_ += "  " + printable(entry.file) + ":" + std::to_string(entry.line) +
             ": known difference " + printable(entry.id) + " " + printable(entry.why) + "\n";
  }

  void sums() {
    golden::Totals totals = matrix::totals(report_);
    if (!text_.empty()) text_ += "\n";
    if (!report_.stale_entries.empty()) text_ += "stale known differences:\n";
    for (const golden::StaleEntry& entry : report_.stale_entries)
      stale(entry);
    text_ += counted(totals.sessions, "session", "sessions") + ": ";
    bool first = true;
    for (const Verdict verdict : golden::kVerdicts) {
      if (totals.by_verdict[verdict] == 0) continue;
      text_ += (first ? "" : ", ") + std::to_string(totals.by_verdict[verdict]) + " " +
               golden::verdict_name(verdict);
      first = false;
    }
    text_ += first ? "none\n" : "\n";
    golden::LeafTally leaves;
    for (const SessionReport* session : sessions_) {
      for (const auto& [lane, tally] : session->judgement.lanes)
        leaves += tally.total();
    }
    text_ += "leaves: " + std::to_string(leaves.compared) + " compared (" +
             std::to_string(leaves.differing) + " differ), " + std::to_string(leaves.masked) +
             " masked, " + std::to_string(leaves.not_observed) + " not observed\n";
  }

  using CauseKey = std::tuple<std::string, std::string, Verdict>;  // id, subject, kind

  const Report& report_;
  const TextOptions& options_;
  std::map<CauseKey, std::size_t> told_of_cause_;  // in so many sessions
  std::vector<const SessionReport*> sessions_;
  std::string text_;
};

}  // namespace

std::string render_text(const Report& report, const TextOptions& options) {
  return TextReport(report, options).render();
}

}  // namespace codex::matrix
