#include "matrix/report_night_text.h"

#include <algorithm>
#include <string_view>

#include "matrix/difference_text.h"
#include "matrix/next_steps.h"
#include "matrix/printable.h"

namespace codex::matrix {
namespace {

using golden::Verdict;

constexpr std::size_t kMostCauses = 8;
constexpr std::size_t kMostNames = 6;
constexpr std::size_t kLongestWhat = 100;  // characters

// At most so many bytes, whole characters of it.
std::string shortened(const std::string& text, std::size_t longest) {
  if (json::length(text) <= longest) return text;
  return std::string(json::prefix(text, longest)) + "…";
}

class NightText {
 public:
  NightText(const Report& report, bool color) : report_(report), color_(color) {}

  std::string render(const std::string& folder) {
    headline();
    counts();
    if (report_.night) {
      since(*report_.night);
      causes(*report_.night);
      changes(*report_.night);
    }
    problems();
    columns();
    line("report: " + printable(folder) + "/report.html");
    for (const std::string& step : next_steps(report_)) line("next: " + step);
    return std::move(text_);
  }

 private:
  void line(const std::string& text) { text_ += text + "\n"; }

  void headline() {
    const int status = exit_code(report_);
    const char* word = status == 0 ? "parity" : status == 3 ? "parity of what could run" : "no parity";
    const char* paint = status == 0 ? "\033[32m" : status == 3 ? "\033[35m" : "\033[31m";
    line((color_ ? paint : "") + std::string(word) + (color_ ? "\033[0m" : "") +
         " (exit " + std::to_string(status) + ")");
  }

  void counts() {
    golden::Totals sums = totals(report_);
    std::string text = counted(sums.sessions, "session", "sessions") + ": ";
    bool first = true;
    for (auto verdict = golden::kVerdicts.rbegin(); verdict != golden::kVerdicts.rend(); ++verdict) {
      if (sums.by_verdict[*verdict] == 0) continue;
      text += (first ? "" : ", ") + std::to_string(sums.by_verdict[*verdict]) + " " +
              golden::verdict_name(*verdict);
      first = false;
    }
    line(first ? text + "none" : text);
    if (sums.stale_entries > 0) {
      line(counted(sums.stale_entries, "known difference", "known differences") + " of no tape");
    }
    if (sums.matrix_regressions > 0) {
      line(counted(sums.matrix_regressions, "cell", "cells") + " worse than the accepted matrix");
    }
  }

  void since(const Night& night) {
    if (!night.before) {
      line("the first night: there is none to compare with");
      return;
    }
    line("since the night of " + printable(*night.before) + ": " +
         counted(night.differences_new, "difference", "differences") + " new, " +
         std::to_string(night.differences_persistent) + " persistent, " +
         std::to_string(night.differences_flaky) + " flaky, " +
         std::to_string(night.differences_fixed) + " fixed");
  }

  void causes(const Night& night) {
    std::size_t told = 0;
    for (const Cluster& cluster : night.clusters) {
      if (told == kMostCauses) break;
      ++told;
      line("  " + std::string(golden::verdict_name(cluster.kind)) + "  " +
           printable(cluster.column) + "  " + printable(cluster.cause.where) + "  " +
           printable(shortened(cluster.cause.what, kLongestWhat)) + "  (" +
           counted(cluster.sessions.size(), "session", "sessions") + ", " +
           standing_name(cluster.standing) + ")");
    }
    if (told < night.clusters.size()) {
      line("  and " + counted(night.clusters.size() - told, "cause", "causes") + " more");
    }
  }

  void names(const std::string& title, const std::vector<std::string>& all) {
    if (all.empty()) return;
    std::string text = title;
    for (std::size_t i = 0; i < std::min(all.size(), kMostNames); ++i) {
      text += (i == 0 ? " " : ", ") + printable(all[i]);
    }
    if (all.size() > kMostNames) text += " and " + std::to_string(all.size() - kMostNames) + " more";
    line(text);
  }

  void changes(const Night& night) {
    std::vector<std::string> vanished;
    std::vector<std::string> added;
    if (night.before) {
      for (const VerdictChange& change : night.changed) {
        if (change.now == "absent") vanished.push_back(change.session);
        if (change.was == "absent") added.push_back(change.session);
      }
    }
    names("vanished from the corpus:", vanished);
    names("new in the corpus:", added);
    std::vector<std::string> inputs;
    for (const InputChange& change : night.inputs) inputs.push_back(change.what);
    names("changed:", inputs);
  }

  void problems() {
    std::vector<std::string> all;
    for (const harness::Error& error : report_.unreadable) all.push_back(error.text());
    for (std::size_t i = 0; i < std::min(all.size(), kMostNames); ++i) {
      line("went on without: " + printable(all[i]));
    }
    if (all.size() > kMostNames) {
      line("and " + std::to_string(all.size() - kMostNames) + " more problems");
    }
  }

  void columns() {
    for (const Column& column : report_.columns) {
      if (column.unavailable.empty()) continue;
      line(printable(column.name) + " is unavailable: " +
           printable(shortened(column.unavailable, 2 * kLongestWhat)));
    }
  }

  const Report& report_;
  const bool color_;
  std::string text_;
};

}  // namespace

std::string render_night_text(const Report& report, const std::string& folder, bool color) {
  return NightText(report, color).render(folder);
}

}  // namespace codex::matrix
