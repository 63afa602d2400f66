#include <algorithm>
#include <array>
#include <cstdio>

#include "golden/json_text.h"
#include "matrix/html/markup.h"
#include "matrix/html/sections.h"
#include "matrix/printable.h"

namespace codex::matrix::html {
namespace {

using golden::Verdict;

constexpr std::size_t kMostNights = 60;
constexpr std::size_t kSlowest = 10;
// Of the drawing, in its own units.
constexpr double kLeft = 44;
constexpr double kWidth = 900;
constexpr double kHeight = 170;
constexpr double kBottom = 26;
constexpr double kTop = 12;

std::string coordinate(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

std::string seconds_text(double seconds) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f s", seconds);
  return text.data();
}

std::size_t number(const NightPoint& night, Verdict verdict) {
  const auto found = night.verdicts.find(golden::verdict_name(verdict));
  return found == night.verdicts.end() ? 0 : found->second;
}

std::size_t sessions(const NightPoint& night) {
  std::size_t sum = 0;
  for (const Verdict verdict : golden::kVerdicts)
    sum += number(night, verdict);
  return sum;
}

std::size_t unmatched(const NightPoint& night) {
  return sessions(night) - number(night, Verdict::kMatch);
}

std::string day(const NightPoint& night) {
  return escaped(night.started.substr(0, 10));
}

// 1, 2, 5, 10, 20, 50, …, not smaller than `most`.
std::size_t round_up(std::size_t most) {
  for (std::size_t step = 1;; step *= 10) {
    for (const std::size_t factor : {1U, 2U, 5U}) {
      if (step * factor >= most) return step * factor;
    }
  }
}

std::string bar(const NightPoint& night, double x, double width, double scale) {
  double y = kHeight - kBottom;
  std::string text = "<g><title>" + escaped(night.started) + ": " +
                     counted_in(sessions(night), "session", "sessions");
  for (auto verdict = golden::kVerdicts.rbegin(); verdict != golden::kVerdicts.rend(); ++verdict) {
    if (number(night, *verdict) > 0)
      text += ", " + count(number(night, *verdict)) + " " + golden::verdict_name(*verdict);
  }
  text += "</title>";
  // The whole height answers to the pointer.
  text += "<rect class=\"hover\" x=\"" + coordinate(x) + "\" y=\"" + coordinate(kTop) +
          "\" width=\"" + coordinate(width) + "\" height=\"" +
          coordinate(kHeight - kBottom - kTop) + "\"/>";
  for (const Verdict verdict : golden::kVerdicts) {
    const std::size_t value = number(night, verdict);
    if (verdict == Verdict::kMatch || value == 0) continue;
    const double height = static_cast<double>(value) * scale;
    y -= height;
    text += "<rect class=\"v-" + std::string(golden::verdict_name(verdict)) + "\" x=\"" +
            coordinate(x) + "\" y=\"" + coordinate(y) + "\" width=\"" + coordinate(width) +
            "\" height=\"" + coordinate(height) + "\"/>";
  }
  if (unmatched(night) == 0) {
    text += "<rect class=\"v-match\" x=\"" + coordinate(x) + "\" y=\"" + coordinate(y - 2) +
            "\" width=\"" + coordinate(width) + "\" height=\"2\"/>";
  }
  return text + "</g>\n";
}

std::string drawing(const std::vector<NightPoint>& nights) {
  std::size_t most = 1;
  for (const NightPoint& night : nights)
    most = std::max(most, unmatched(night));
  const std::size_t top = round_up(most);
  const double scale = (kHeight - kBottom - kTop) / static_cast<double>(top);
  // A first few nights are not drawn as walls.
  const double step =
      (kWidth - kLeft) / static_cast<double>(std::max<std::size_t>(nights.size(), 20));
  std::string text = "<svg class=\"trend\" viewBox=\"0 0 " + coordinate(kWidth) + " " +
                     coordinate(kHeight) +
                     "\" role=\"img\" aria-labelledby=\"trend-name\">\n<title id=\"trend-name\">" +
                     "Sessions that do not match, by night; the table below has the numbers"
                     "</title>\n";
  const auto line = [&](std::size_t value) {
    const double y = kHeight - kBottom - static_cast<double>(value) * scale;
    text += "<line x1=\"" + coordinate(kLeft) + "\" x2=\"" + coordinate(kWidth) + "\" y1=\"" +
            coordinate(y) + "\" y2=\"" + coordinate(y) + "\"/><text class=\"scale\" x=\"" +
            coordinate(kLeft - 6) + "\" y=\"" + coordinate(y + 4) + "\">" + count(value) +
            "</text>\n";
  };
  line(0);
  if (top > 1) line(top / 2);
  line(top);
  double x = kLeft;
  for (const NightPoint& night : nights) {
    text += bar(night, x + step * 0.1, step * 0.8, scale);
    x += step;
  }
  const auto label = [&](const NightPoint& night, double at, const char* anchor) {
    text += "<text x=\"" + coordinate(at) + "\" y=\"" + coordinate(kHeight - 8) +
            "\" text-anchor=\"" + anchor + "\">" + day(night) + "</text>\n";
  };
  label(nights.front(), kLeft, "start");
  if (nights.size() >= 5) label(nights.back(), x, "end");
  return text + "</svg>\n";
}

std::string legend(const std::vector<NightPoint>& nights) {
  std::string text;
  for (auto verdict = golden::kVerdicts.rbegin(); verdict != golden::kVerdicts.rend(); ++verdict) {
    const bool shown = std::any_of(nights.begin(), nights.end(), [&](const NightPoint& night) {
      return number(night, *verdict) > 0;
    });
    if (shown && *verdict != Verdict::kMatch) {
      text += "<li><span class=\"key v-" + std::string(golden::verdict_name(*verdict)) +
              "\"></span>" + tag(*verdict) + "</li>\n";
    }
  }
  return text.empty() ? "" : "<ul class=\"legend\">\n" + text + "</ul>\n";
}

std::string table(const std::vector<NightPoint>& nights) {
  std::vector<Verdict> shown;
  for (const Verdict verdict : golden::kVerdicts) {
    if (std::any_of(nights.begin(), nights.end(),
                    [&](const NightPoint& night) { return number(night, verdict) > 0; })) {
      shown.push_back(verdict);
    }
  }
  std::string text =
      "<details>\n<summary>The nights as a table</summary>\n<div class=\"wide\" role=\"region\" "
      "tabindex=\"0\" aria-label=\"Nights\"><table>\n<thead><tr><th scope=\"col\">Night</th>"
      "<th scope=\"col\" class=\"number\">Sessions</th>";
  for (const Verdict verdict : shown)
    text += "<th scope=\"col\" class=\"number\">" + std::string(golden::verdict_name(verdict)) +
            "</th>";
  text +=
      "<th scope=\"col\" class=\"number\">Took</th><th scope=\"col\" class=\"number\">Exit</th>"
      "</tr></thead>\n<tbody>\n";
  for (auto night = nights.rbegin(); night != nights.rend(); ++night) {
    text += "<tr><th scope=\"row\">" + escaped(night->started) + "</th><td class=\"number\">" +
            count(sessions(*night)) + "</td>";
    for (const Verdict verdict : shown)
      text += "<td class=\"number\">" + count(number(*night, verdict)) + "</td>";
    text += "<td class=\"number\">" + seconds_text(night->seconds) + "</td><td class=\"number\">" +
            std::to_string(night->exit) + "</td></tr>\n";
  }
  return text + "</tbody></table></div></details>\n";
}

std::string slowest(const Report& report) {
  std::vector<const SessionReport*> order = sorted_sessions(report);
  std::stable_sort(order.begin(), order.end(), [](const SessionReport* a, const SessionReport* b) {
    return a->seconds > b->seconds;
  });
  if (order.size() > kSlowest) order.resize(kSlowest);
  std::string body;
  for (const SessionReport* each : order) {
    if (each->seconds > 0) {
      body += "<tr><td>" + code(each->session) + "</td><td class=\"number\">" +
              seconds_text(each->seconds) + "</td></tr>\n";
    }
  }
  if (body.empty()) return "";
  return "<details>\n<summary>The slowest sessions</summary>\n<table>\n<thead><tr>"
         "<th scope=\"col\">Session</th><th scope=\"col\" class=\"number\">Took</th></tr></thead>\n"
         "<tbody>\n" +
         body + "</tbody></table></details>\n";
}

}  // namespace

std::string trend(const Report& report) {
  if (!report.night || report.night->trend.empty()) return "";
  const std::vector<NightPoint>& all = report.night->trend;
  const std::vector<NightPoint> nights(
      all.end() - static_cast<std::ptrdiff_t>(std::min(all.size(), kMostNights)), all.end());
  std::string text = section("trend", "Sessions that do not match, by night") + drawing(nights) +
                     legend(nights) + table(nights);
  if (all.size() > nights.size()) {
    text += "<p class=\"cut\">The last " + count(nights.size()) + " nights of " +
            count(all.size()) + ".</p>\n";
  }
  return of_run(text + end_section());
}

std::string run_facts(const Report& report) {
  std::string text = section("run", "This run") + "<dl class=\"run\">\n";
  const auto fact = [&](const std::string& name, const std::string& value) {
    text += "<dt>" + escaped(name) + "</dt><dd>" + value + "</dd>\n";
  };
  if (!report.run.started.empty()) fact("started", escaped(report.run.started));
  fact("took", seconds_text(report.run.seconds));
  fact("jobs", count(report.run.jobs));
  if (!report.run.id.empty()) fact("id", code(report.run.id));
  for (const auto& [key, value] : report.run.more)
    fact(key, code(printable_value(value, 500)));
  return of_run(text + "</dl>\n" + slowest(report) + end_section());
}

}  // namespace codex::matrix::html
