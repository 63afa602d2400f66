#include "matrix/night_text.h"

#include <algorithm>
#include <map>
#include <utility>

#include "matrix/clusters.h"
#include "matrix/difference_text.h"
#include "matrix/next_steps.h"
#include "matrix/shell_word.h"

namespace codex::matrix {
namespace {

using golden::Verdict;

constexpr std::size_t kLongestName = 200;
constexpr std::size_t kLongestPlace = 200;
constexpr std::size_t kLongestChange = 160;
constexpr std::size_t kLongestValue = 240;
constexpr const char* kAbsent = "absent";

std::string number(std::size_t count) {
  return std::to_string(count);
}

std::string sessions_of(std::size_t count) {
  return counted(count, "session", "sessions");
}

// "`event/call …` `"add" → "create"`"
std::string cause_of(const Cluster& cluster) {
  return code(cluster.cause.where, kLongestPlace) + " " + code(cluster.cause.what, kLongestChange);
}

std::string line_of(const Cluster& cluster, const Report& report) {
  std::string text = "- " + cause_of(cluster) + ": " + golden::verdict_name(cluster.kind);
  if (!cluster.column.empty()) text += " in " + code(cluster.column);
  if (!cluster.sessions.empty()) text += ", " + sessions_of(cluster.sessions.size());
  return text + "; " + whose_doing(cluster, report) + "\n";
}

// By what they were and are; many of one kind are one line.
std::vector<std::string> verdict_changes(const Night& night, const NightLimits& limits) {
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> kinds;
  for (const VerdictChange& each : night.changed) {
    const bool of_corpus = each.was == kAbsent || !golden::parse_verdict(each.now);
    if (!of_corpus) kinds[{each.was, each.now}].push_back(each.session);
  }
  std::vector<std::string> lines;
  for (const auto& [kind, names] : kinds) {
    std::string line = "- " + sessions_of(names.size()) + " from " + kind.first + " to " +
                       kind.second + ": ";
    constexpr std::size_t kNames = 3;
    for (std::size_t i = 0; i < std::min({names.size(), kNames, limits.names}); ++i)
      line += (i == 0 ? "" : ", ") + code(names[i], kLongestName);
    if (names.size() > kNames) line += ", …";
    lines.push_back(line + "\n");
  }
  return lines;
}

std::string regression(const MatrixRegression& each) {
  std::string text = "- " + code(each.feature, kLongestName);
  if (!each.field.empty()) text += " " + code(each.field, kLongestName);
  if (!each.column.empty()) text += " in " + code(each.column);
  return text + ": " + code(each.was) + " → " + code(each.now) + "\n";
}

std::string share(std::size_t part, std::size_t whole) {
  return number(part) + (whole == 0 ? "" : " (" + number(part * 100 / whole) + " %)");
}

// The first difference of the cluster, in its first session.
const golden::JudgedDifference* example_of(const Cluster& cluster, const SessionReport& session) {
  const golden::JudgedDifference* found = nullptr;
  for_each_difference(session, [&](const std::string& column,
                                   const golden::JudgedDifference& judged) {
    if (!found && column == cluster.column && judged.against == cluster.against &&
        judged.kind == cluster.kind && golden::cause_of(judged.difference) == cluster.cause)
      found = &judged;
  });
  return found;
}

}  // namespace

std::vector<const Cluster*> open_clusters(const Report& report) {
  std::vector<const Cluster*> open;
  if (!report.night) return open;
  for (const Cluster& each : report.night->clusters) {
    if (is_open(each)) open.push_back(&each);
  }
  std::stable_partition(open.begin(), open.end(), [](const Cluster* each) {
    return each->standing == Standing::kNew;
  });
  return open;
}

std::string whose_doing(const Cluster& cluster, const Report& report) {
  const auto upstream = [&] {
    for (const Column& each : report.columns) {
      if (each.name == cluster.column)
        return "upstream (" + cell(each.package + " " + each.version, kLongestName) + ")";
    }
    return std::string("upstream");
  };
  switch (cluster.kind) {
    case Verdict::kConflict: return "C++ and upstream";
    case Verdict::kCppRegression: return "C++";
    case Verdict::kUpstreamDrift: return upstream();
    case Verdict::kGoldenStale:
    case Verdict::kGoldenMissing: return "golden";
    case Verdict::kDifference: return "C++ or upstream";
    case Verdict::kStaleKnownDifference: return "known differences";
    case Verdict::kUnavailable: return "environment";
    case Verdict::kKnownDifference: return "known";
    case Verdict::kMatch: break;
  }
  return "nobody";
}

std::string headline(const Report& report) {
  const golden::Totals sums = totals(report);
  switch (exit_code(report)) {
    case 0: return "C++ and Python are the same in " + sessions_of(sums.sessions);
    case 2: return "Nothing was compared";
    case 70: return "The run ended with an error of the tool's own";
    case 130: return "The run was interrupted";
    default: break;
  }
  const std::vector<const Cluster*> open = open_clusters(report);
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (!open.empty()) {
    const auto fresh = static_cast<std::size_t>(std::count_if(
        open.begin(), open.end(), [](const auto* each) { return each->standing == Standing::kNew; }));
    add(counted(open.size(), "cause", "causes") + " to decide on");
    if (report.night->before) add(fresh == 0 ? "none of them new" : number(fresh) + " of them new");
  }
  if (sums.matrix_regressions > 0) {
    add(counted(sums.matrix_regressions, "cell", "cells") + " of the matrix got worse");
  }
  if (!report.unreadable.empty())
    add(counted(report.unreadable.size(), "file", "files") + " could not be read");
  return text.empty() ? "C++ and Python are not the same" : text;
}

std::string totals_line(const Report& report) {
  golden::Totals sums = totals(report);
  std::string text = sessions_of(sums.sessions);
  bool first = true;
  for (const Verdict verdict : golden::kVerdicts) {
    if (sums.by_verdict[verdict] == 0) continue;
    text += (first ? ": " : ", ") + number(sums.by_verdict[verdict]) + " " +
            golden::verdict_name(verdict);
    first = false;
  }
  return text;
}

void add_news(Page& page, const Report& report, const NightLimits& limits) {
  if (!report.night) return;
  const Night& night = *report.night;
  if (!night.before) {
    page.add("\n## Since the last night\n\nThis is the first night of the history, so everything "
             "counts as new.\n");
    return;
  }
  page.add("\n## Since the last night (" + code(*night.before, kLongestName) + ")\n\n");
  page.add("Differences: **" + number(night.differences_new) + " new**, " +
           number(night.differences_persistent) + " persistent, " +
           number(night.differences_fixed) + " fixed, " + number(night.differences_flaky) +
           " flaky, " + number(night.differences_known) + " known; " +
           counted(night.stale_entries, "stale entry", "stale entries") +
           " of the known differences.\n");
  std::vector<std::string> fresh;
  for (const Cluster* each : open_clusters(report)) {
    if (each->standing == Standing::kNew) fresh.push_back(line_of(*each, report));
  }
  page.rows("\n**New causes**\n\n", fresh, "new causes", limits.examples);
  std::vector<std::string> gone;
  for (const Cluster& each : night.fixed) {
    gone.push_back("- " + cause_of(each) + ": was " + golden::verdict_name(each.kind) + " in " +
                   code(each.column) + ", " + sessions_of(each.sessions.size()) +
                   (each.standing == Standing::kFlaky ? "; comes and goes" : "") + "\n");
  }
  page.rows("\n**Causes that are gone**\n\n", gone, "fixed causes", limits.examples);
  page.rows("\n**Changed verdicts**\n\n", verdict_changes(night, limits), "changes of verdicts");
}

void add_causes(Page& page, const Report& report, const NightLimits& limits) {
  if (!report.night) return;
  std::vector<std::string> lines;
  for (const Cluster* each : open_clusters(report)) {
    std::string standing = standing_name(each->standing);
    if (each->standing != Standing::kNew) standing += ", since " + cell(each->since, kLongestName);
    lines.push_back("| " + number(each->sessions.size()) + " | " + number(each->differences) +
                    " | " + golden::verdict_name(each->kind) + " | " +
                    (each->column.empty() ? std::string() : cell(each->column, kLongestName)) +
                    " | " + whose_doing(*each, report) + " | " + standing + " | " +
                    cell(each->cause.where, kLongestPlace) + " " +
                    cell(each->cause.what, kLongestChange) + " |\n");
  }
  page.rows("\n## Causes\n\n| sessions | differences | kind | column | whose doing | standing | "
            "what |\n|---:|---:|---|---|---|---|---|\n",
            lines, "causes", limits.causes);
  const std::size_t settled = report.night->clusters.size() - lines.size();
  if (settled > 0) {
    page.add("\n" + counted(settled, "further cause is", "further causes are") +
             " known, or of a column that the accepted matrix judges.\n");
  }
}

void add_examples(Page& page, const Report& report, const NightLimits& limits) {
  std::map<std::string_view, const SessionReport*> by_name;
  for (const SessionReport& each : report.sessions)
    by_name.emplace(each.session, &each);
  std::vector<std::string> parts;
  for (const Cluster* each : open_clusters(report)) {
    if (parts.size() > limits.examples) break;  // one more, to be counted
    if (each->sessions.empty() || !by_name.contains(each->sessions.front())) continue;
    const SessionReport& session = *by_name.at(each->sessions.front());
    const golden::JudgedDifference* judged = example_of(*each, session);
    if (!judged) continue;
    const DifferenceText text = describe(*judged, kLongestValue);
    parts.push_back("- " + cause_of(*each) + "\n  - " + code(session.session, kLongestName) + " " +
                    code(judged->difference.lane + " " + text.place, kLongestPlace) +
                    "\n  - expected " + code(text.expected) + "\n  - actual " + code(text.actual) +
                    "\n  - " + code("codex-telemetry-diff replay " + shell_word(session.path)) +
                    "\n");
  }
  const bool more = parts.size() > limits.examples;
  if (more) parts.pop_back();
  page.rows("\n## An example of each\n\n", parts, "examples");
}

void add_inputs(Page& page, const Report& report, const NightLimits& limits) {
  if (!report.night) return;
  std::vector<std::string> lines;
  for (const InputChange& each : report.night->inputs) {
    lines.push_back("- " + code(each.what, kLongestName) + ": " + code(each.was, kLongestName) +
                    " → " + code(each.now, kLongestName) + "\n");
  }
  page.rows("\n## Changed inputs\n\n", lines, "changed inputs", limits.names);
}

void add_corpus(Page& page, const Report& report, const NightLimits& limits) {
  if (!report.night) return;
  std::vector<std::string> gone;
  std::vector<std::string> fresh;
  for (const VerdictChange& each : report.night->changed) {
    const std::string name = "- " + code(each.session, kLongestName);
    if (each.was == kAbsent) fresh.push_back(name + ": " + each.now + "\n");
    else if (!golden::parse_verdict(each.now))
      gone.push_back(name + ": was " + each.was + ", is " + each.now + "\n");
  }
  page.rows("\n## Vanished from the corpus: " + sessions_of(gone.size()) + "\n\n", gone, "sessions",
            limits.names);
  page.rows("\n## New in the corpus: " + sessions_of(fresh.size()) + "\n\n", fresh, "sessions",
            limits.names);
}

void add_unreadable(Page& page, const Report& report) {
  std::vector<std::string> lines;
  for (const harness::Error& each : report.unreadable)
    lines.push_back("- " + code(each.text(), 4 * kLongestName) + "\n");
  page.rows("\n## Could not be read\n\n", lines, "files");
}

void add_matrix(Page& page, const Report& report, const NightLimits& limits) {
  if (!report.night) return;
  const ParityMatrix& matrix = report.night->matrix;
  std::vector<std::string> lines;
  const auto row = [&](const std::string& name, const Figures& each) {
    lines.push_back("| " + name + " | " + number(each.entries) + " | " +
                    share(each.exercised, each.entries) + " | " +
                    share(each.compared, each.entries) + " | " +
                    share(each.matched, each.entries) + " | " + number(each.known) + " | " +
                    share(each.fields_matched, each.fields) + " |\n");
  };
  constexpr const char* kAll = "all";
  for (const auto& [kind, each] : matrix.figures) {
    if (kind != kAll) row(cell(kind, kLongestName), each);
  }
  if (const auto all = matrix.figures.find(kAll); all != matrix.figures.end())
    row("**all**", all->second);
  page.rows("\n## Parity matrix\n\n| kind | entries | exercised | compared | matched | known | "
            "fields matched |\n|---|---:|---:|---:|---:|---:|---:|\n",
            lines, "kinds");
  std::vector<std::string> worse;
  for (const MatrixRegression& each : matrix.regressions)
    worse.push_back(regression(each));
  page.rows("\n**Worse than accepted: " + counted(worse.size(), "cell", "cells") + "**\n\n", worse,
            "cells", limits.names);
  std::vector<std::string> better;
  for (const MatrixRegression& each : matrix.improvements)
    better.push_back(regression(each));
  page.rows("\n**Better than accepted: " + counted(better.size(), "cell", "cells") + "**\n\n",
            better, "cells", limits.names);
}

void add_steps(Page& page, const Report& report) {
  std::vector<std::string> lines;
  for (const std::string& step : next_steps(report))
    lines.push_back("- " + code(step) + "\n");
  page.rows("\n## Next\n\n", lines, "steps", 20);
}

}  // namespace codex::matrix
