#include <algorithm>

#include "matrix/html/markup.h"
#include "matrix/html/sections.h"

namespace codex::matrix::html {
namespace {

constexpr std::size_t kLongestChange = 160;
constexpr std::size_t kMostSessions = 40;  // named of a cause
constexpr std::size_t kMostCauses = 500;
constexpr std::size_t kMostChanges = 200;

std::string sessions_of(const Cluster& cluster, const Anchors& anchors) {
  if (cluster.sessions.empty()) return "";
  if (cluster.sessions.size() == 1) return linked(cluster.sessions.front(), anchors);
  std::string text = "<details><summary>" +
                     counted_in(cluster.sessions.size(), "session", "sessions") +
                     "</summary>\n<ul>\n";
  for (std::size_t i = 0; i < std::min(cluster.sessions.size(), kMostSessions); ++i)
    text += "<li>" + linked(cluster.sessions[i], anchors) + "</li>\n";
  if (cluster.sessions.size() > kMostSessions) {
    text +=
        "<li class=\"cut\">and " + count(cluster.sessions.size() - kMostSessions) + " more</li>\n";
  }
  return text + "</ul></details>";
}

std::string cause_text(const Cluster& cluster) {
  return "<code>" + escaped_prefix(cluster.cause.where, kLongestChange) +
         "</code><br><code class=\"change\">" + escaped_prefix(cluster.cause.what, kLongestChange) +
         "</code> <span class=\"id\">" + escaped(cluster.cause.id) + "</span>";
}

std::string row(const Cluster& cluster, const Anchors& anchors) {
  std::string standing = tag(cluster.standing);
  if (!cluster.since.empty() && cluster.standing != Standing::kNew) {
    standing += of_run("<br><span class=\"muted\">since " + escaped(cluster.since.substr(0, 10)) +
                       "</span>");
  }
  return "<tr><td>" + cause_text(cluster) + "</td><td>" + tag(cluster.kind) +
         "<br><span class=\"muted\">" + whose_doing(cluster.kind) + "</span></td><td>" +
         code(cluster.column) + "<br><span class=\"muted\">against " + escaped(cluster.against) +
         "</span></td><td>" + standing + "</td><td class=\"number\">" + count(cluster.differences) +
         "</td><td>" + sessions_of(cluster, anchors) + "</td></tr>\n";
}

std::string wide_table(const std::string& name, const std::string& head, const std::string& body) {
  return "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"" + name +
         "\"><table>\n<thead><tr>" + head + "</tr></thead>\n<tbody>\n" + body +
         "</tbody></table></div>\n";
}

std::string inputs(const Night& night) {
  if (night.inputs.empty()) return "";
  std::string body;
  for (std::size_t i = 0; i < std::min(night.inputs.size(), kMostChanges); ++i) {
    const InputChange& each = night.inputs[i];
    body += "<tr><th scope=\"row\">" + escaped(each.what) + "</th><td><code>" +
            escaped_prefix(each.was, 60) + "</code></td><td><code>" + escaped_prefix(each.now, 60) +
            "</code></td></tr>\n";
  }
  std::string text = "<h3>Changed inputs</h3>\n" +
                     wide_table("Table of changed inputs",
                                "<th scope=\"col\">What</th><th scope=\"col\">Was</th>"
                                "<th scope=\"col\">Is now</th>",
                                body);
  if (night.inputs.size() > kMostChanges) {
    text += "<p class=\"cut\">and " + count(night.inputs.size() - kMostChanges) + " more</p>\n";
  }
  return text;
}

std::string changes(const std::string& title, const std::vector<const VerdictChange*>& list,
                    const Anchors& anchors) {
  if (list.empty()) return "";
  std::string text = "<details" + std::string(list.size() <= 12 ? " open" : "") + ">\n<summary>" +
                     title + " (" + count(list.size()) + ")</summary>\n<ul class=\"changes\">\n";
  for (std::size_t i = 0; i < std::min(list.size(), kMostChanges); ++i) {
    text += "<li>" + linked(list[i]->session, anchors) + " " + tag(list[i]->was) +
            " <span aria-label=\"is now\" role=\"img\">→</span> " + tag(list[i]->now) + "</li>\n";
  }
  if (list.size() > kMostChanges) {
    text += "<li class=\"cut\">and " + count(list.size() - kMostChanges) + " more</li>\n";
  }
  return text + "</ul></details>\n";
}

std::string fixed(const Night& night) {
  if (night.fixed.empty()) return "";
  std::string text = "<details open>\n<summary>Causes that are gone (" + count(night.fixed.size()) +
                     ")</summary>\n<ul class=\"changes\">\n";
  for (std::size_t i = 0; i < std::min(night.fixed.size(), kMostChanges); ++i) {
    text += "<li>" + tag(night.fixed[i].kind) + " " + cause_text(night.fixed[i]) +
            " <span class=\"muted\">" +
            counted_in(night.fixed[i].sessions.size(), "session", "sessions") + "</span></li>\n";
  }
  if (night.fixed.size() > kMostChanges) {
    text += "<li class=\"cut\">and " + count(night.fixed.size() - kMostChanges) + " more</li>\n";
  }
  return text + "</ul></details>\n";
}

}  // namespace

std::string since_last_night(const Report& report, const Anchors& anchors) {
  if (!report.night || !report.night->before) return "";
  const Night& night = *report.night;
  std::vector<const VerdictChange*> vanished;
  std::vector<const VerdictChange*> added;
  std::vector<const VerdictChange*> worse;
  std::vector<const VerdictChange*> better;
  for (const VerdictChange& each : night.changed) {
    const auto was = golden::parse_verdict(each.was);
    const auto now = golden::parse_verdict(each.now);
    auto& list = !now ? vanished : !was ? added : *now > *was ? worse : better;
    list.push_back(&each);
  }
  std::string text = inputs(night) + changes("Sessions that got worse", worse, anchors) +
                     changes("Sessions that vanished from the corpus", vanished, anchors) +
                     changes("Sessions that got better", better, anchors) + fixed(night) +
                     changes("Sessions that are new", added, anchors);
  if (text.empty()) text = "<p>Nothing is another than in the last night.</p>\n";
  return section("since", "Since the last night" + of_run(" <span class=\"muted\">" +
                                                          escaped(*night.before) + "</span>")) +
         text + end_section();
}

std::string causes(const Report& report, const Anchors& anchors) {
  if (!report.night || report.night->clusters.empty()) return "";
  const std::vector<Cluster>& clusters = report.night->clusters;
  std::string body;
  for (std::size_t i = 0; i < std::min(clusters.size(), kMostCauses); ++i)
    body += row(clusters[i], anchors);
  std::string text = section("causes", "Causes") +
                     wide_table("Table of causes",
                                "<th scope=\"col\">What changed</th><th scope=\"col\">Kind</th>"
                                "<th scope=\"col\">Column</th><th scope=\"col\">Standing</th>"
                                "<th scope=\"col\" class=\"number\">Differences</th>"
                                "<th scope=\"col\">Sessions</th>",
                                body);
  if (clusters.size() > kMostCauses) {
    text += "<p class=\"cut\">and " + count(clusters.size() - kMostCauses) +
            " more causes; the JSON report has all</p>\n";
  }
  return text + end_section();
}

}  // namespace codex::matrix::html
