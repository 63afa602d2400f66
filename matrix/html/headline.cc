#include <algorithm>

#include "matrix/html/markup.h"
#include "matrix/html/sections.h"
#include "matrix/next_steps.h"

namespace codex::matrix::html {
namespace {

using golden::Verdict;

struct Said {
  std::string tone;  // good, warn, bad
  std::string text;
};

std::string of(std::size_t some, std::size_t all, const std::string& what) {
  return (some == all ? "all " + count(all) : count(some) + " of " + count(all)) + " " +
         (all == 1 ? "session " : "sessions ") + what;
}

std::string capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] -= 'a' - 'A';
  return text;
}

Said say(const Report& report) {
  const golden::Totals sums = totals(report);
  std::size_t red = 0;
  const auto number = [&](Verdict verdict) {
    const auto found = sums.by_verdict.find(verdict);
    return found == sums.by_verdict.end() ? std::size_t{0} : found->second;
  };
  for (const Verdict verdict : golden::kVerdicts)
    red += is_red(verdict) ? number(verdict) : 0;
  const int exit = exit_code(report);
  const std::string rest = exit == 130  ? ", and the run was interrupted"
                           : exit == 70 ? ", and the run was stopped by a bug of its own"
                                        : "";
  if (red > 0) {
    const bool only_missing = red == number(Verdict::kGoldenMissing);
    return {"bad", of(red, sums.sessions, only_missing ? "have no golden" : "differ") + rest};
  }
  if (exit == 130) return {"bad", "the run was interrupted"};
  if (exit == 70) return {"bad", "the run was stopped by a bug of its own"};
  if (!report.unreadable.empty()) {
    return {"bad", counted_in(report.unreadable.size(), "input", "inputs") + " could not be read"};
  }
  if (sums.matrix_regressions > 0) {
    return {"bad", counted_in(sums.matrix_regressions, "cell", "cells") +
                       " of the parity matrix got worse"};
  }
  if (sums.stale_entries > 0) {
    return {"bad",
            counted_in(sums.stale_entries, "known difference matches", "known differences match") +
                " no tape"};
  }
  if (sums.sessions == 0) return {"bad", "no session ran"};
  if (number(Verdict::kUnavailable) > 0) {
    return {"warn", of(number(Verdict::kUnavailable), sums.sessions, "could not run")};
  }
  if (exit != 0) return {"bad", "the run failed with exit " + std::to_string(exit)};
  const std::size_t known = number(Verdict::kKnownDifference);
  return {"good", of(sums.sessions, sums.sessions, sums.sessions == 1 ? "matches" : "match") +
                      (known > 0 ? ", " + count(known) + " with known differences" : "")};
}

std::string figure(const std::string& value, const std::string& name,
                   const std::string& class_name = "") {
  return "<div" + (class_name.empty() ? "" : " class=\"" + class_name + "\"") + "><dt>" + name +
         "</dt><dd>" + value + "</dd></div>\n";
}

// "2 new, 1 flaky"
std::string standings(const std::vector<Cluster>& clusters) {
  std::string text;
  for (const Standing standing :
       {Standing::kNew, Standing::kFlaky, Standing::kPersistent, Standing::kKnown}) {
    const auto number = std::count_if(clusters.begin(), clusters.end(), [&](const Cluster& each) {
      return each.standing == standing;
    });
    if (number == 0) continue;
    text += (text.empty() ? "" : ", ") + count(static_cast<std::size_t>(number)) + " " +
            standing_name(standing);
  }
  return text;
}

std::string whose(const std::vector<Cluster>& clusters) {
  std::vector<Verdict> kinds;
  for (const Cluster& cluster : clusters) {
    if (is_red(cluster.kind) && std::find(kinds.begin(), kinds.end(), cluster.kind) == kinds.end())
      kinds.push_back(cluster.kind);
  }
  std::string text;
  for (const Verdict kind : kinds)
    text += std::string(text.empty() ? "" : "; ") + whose_doing(kind);
  return text;
}

std::string lede(const Night& night) {
  std::string text;
  if (!night.clusters.empty()) {
    text = counted_in(night.clusters.size(), "cause", "causes") + ": " + standings(night.clusters) +
           ".";
    if (const std::string doing = whose(night.clusters); !doing.empty())
      text += " Whose doing: " + doing + ".";
  }
  if (night.before) {
    const auto gone = std::count_if(night.changed.begin(), night.changed.end(),
                                    [](const VerdictChange& each) { return each.now == "absent"; });
    const auto moved = static_cast<std::ptrdiff_t>(night.changed.size()) - gone;
    text += " Since the last night: " + count(night.differences_new) + " new and " +
            count(night.differences_fixed) + " fixed differences, " +
            counted_in(static_cast<std::size_t>(moved), "session has another verdict",
                       "sessions have another verdict");
    if (gone > 0) text += ", " + count(static_cast<std::size_t>(gone)) + " vanished";
    text += ".";
  } else {
    text += " There is no night before this one.";
  }
  return text;
}

std::string columns(const Report& report) {
  std::string text;
  const auto add = [&](const std::string& name, const std::string& package,
                       const std::string& version, const std::string& unavailable) {
    text += "<li>" + code(name) + " " + escaped(package) + " " + escaped(version);
    if (!unavailable.empty())
      text += ": " + tag(Verdict::kUnavailable) + " " + escaped(unavailable);
    text += "</li>\n";
  };
  for (const Column& column : report.columns)
    add(column.name, column.package, column.version, column.unavailable);
  if (report.columns.empty()) {
    for (const auto& [name, info] : report.subjects)
      add(name, info.package, info.version, "");
  }
  return text.empty()
             ? ""
             : "<ul class=\"columns\" aria-label=\"What was compared\">\n" + text + "</ul>\n";
}

}  // namespace

std::string headline_text(const Report& report) {
  return capital(say(report).text);
}

std::string headline(const Report& report, const std::vector<Listed>& sessions) {
  const Said said = say(report);
  const char* glyph = said.tone == "good" ? "✓" : said.tone == "warn" ? "⊘" : "✗";
  std::string text = "<header class=\"headline " + said.tone +
                     "\">\n<h1><span aria-hidden=\"true\">" + glyph + "</span> " +
                     capital(said.text) + "</h1>\n";
  if (report.night) text += "<p class=\"lede\">" + lede(*report.night) + "</p>\n";
  golden::Totals sums = totals(report);
  text += "<dl class=\"figures\">\n" + figure(count(sessions.size()), "sessions");
  for (auto verdict = golden::kVerdicts.rbegin(); verdict != golden::kVerdicts.rend(); ++verdict) {
    if (sums.by_verdict[*verdict] > 0)
      text += figure(count(sums.by_verdict[*verdict]), tag(*verdict));
  }
  golden::LeafTally leaves;
  for (const Listed& each : sessions)
    leaves += each.leaves;
  text += figure(count(leaves.compared), "leaves compared");
  if (report.night) {
    const auto& figures = report.night->matrix.figures;
    if (const auto all = figures.find("all"); all != figures.end()) {
      text += figure(count(all->second.exercised) + "/" + count(all->second.entries),
                     "features exercised");
      text += figure(count(all->second.matched) + "/" + count(all->second.compared),
                     "of those compared match");
    }
  }
  if (sums.matrix_regressions > 0) {
    text += figure(count(sums.matrix_regressions), "cells got worse", "bad");
  }
  return text + "</dl>\n" + columns(report) + "</header>\n";
}

std::string unreadable(const Report& report) {
  if (report.unreadable.empty() && report.stale_entries.empty()) return "";
  std::string text = section("unreadable", "What needs a hand first") + "<ul class=\"errors\">\n";
  for (const harness::Error& error : report.unreadable) {
    text += "<li>";
    if (!error.file.empty()) {
      text += code(error.file + (error.line > 0 ? ":" + std::to_string(error.line) : "")) + " ";
    }
    text += escaped(error.message);
    if (!error.hint.empty()) text += " <span class=\"muted\">" + escaped(error.hint) + "</span>";
    text += "</li>\n";
  }
  for (const golden::StaleEntry& entry : report.stale_entries) {
    text += "<li>" + code(entry.file + ":" + std::to_string(entry.line)) + " known difference " +
            code(entry.id) + " " + escaped(entry.why) + "</li>\n";
  }
  return text + "</ul>\n" + end_section();
}

std::string next(const Report& report) {
  const std::vector<std::string> steps = next_steps(report);
  if (steps.empty()) return "";
  std::string text = section("next", "What to do next") + "<ol class=\"steps\">\n";
  for (const std::string& step : steps) {
    const std::size_t at = std::min(step.rfind("  # "), step.size());
    text += "<li>" + copyable(step.substr(0, at));
    if (at < step.size())
      text += " <span class=\"muted\">" + escaped(step.substr(at + 4)) + "</span>";
    text += "</li>\n";
  }
  return text + "</ol>\n" + end_section();
}

}  // namespace codex::matrix::html
