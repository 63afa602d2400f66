#include <algorithm>
#include <map>

#include "matrix/html/markup.h"
#include "matrix/html/sections.h"

namespace codex::matrix::html {
namespace {

constexpr std::size_t kMostChanges = 200;
constexpr std::size_t kMostFieldRows = 20'000;

using Columns = std::vector<std::string>;

// In the report's order, then whatever else the cells have.
Columns columns(const Report& report) {
  Columns names;
  const auto add = [&](const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const Column& column : report.columns)
    add(column.name);
  for (const Feature& feature : report.night->matrix.features) {
    for (const auto& [name, cell] : feature.cells)
      add(name);
  }
  return names;
}

std::string spoken(const std::string& text) {
  return "<span class=\"spoken\">" + text + "</span>";
}

std::string cell_html(const Cells& cells, const std::string& column, bool with_count) {
  const auto found = cells.find(column);
  if (found == cells.end()) {
    return "<span class=\"cell none\">" + spoken(escaped(column) + ": ") +
           "<span aria-hidden=\"true\">–</span>" + spoken("not declared") + "</span>";
  }
  const Cell& cell = found->second;
  std::string text = "<span class=\"cell\">" + spoken(escaped(column) + ": ") + tag(cell.state);
  if (with_count && cell.sessions > 0) {
    text += " <span class=\"muted\">" + count(cell.sessions) + spoken(" sessions") + "</span>";
  }
  return text + "</span>";
}

CellState worst(const Cells& cells) {
  CellState state = CellState::kMatch;
  // Worse is what somebody must look at: what differs, then what nothing shows.
  const auto weight = [](CellState each) {
    return each == CellState::kDiffers ? 10 : static_cast<int>(each);
  };
  for (const auto& [column, cell] : cells) {
    if (weight(cell.state) > weight(state)) state = cell.state;
  }
  return state;
}

std::string evidence(const Feature& feature, const Columns& columns, const Anchors& anchors) {
  std::string text = "<ul class=\"evidence\">\n";
  for (const std::string& column : columns) {
    const auto found = feature.cells.find(column);
    if (found == feature.cells.end()) continue;
    const Cell& cell = found->second;
    text += "<li>" + code(column) + " " + tag(cell.state) + " " +
            (cell.sessions == 0 ? "no session reaches it"
                                : counted_in(cell.sessions, "session", "sessions"));
    for (std::size_t i = 0; i < cell.evidence.size(); ++i)
      text += (i == 0 ? ": " : ", ") + linked(cell.evidence[i], anchors);
    if (cell.evidence.size() < cell.sessions && !cell.evidence.empty()) text += ", …";
    text += "</li>\n";
  }
  return text + "</ul>\n";
}

std::string fields(const Feature& feature, const Columns& columns, std::size_t& budget) {
  if (feature.fields.empty()) return "";
  if (budget < feature.fields.size()) {
    return "<p class=\"cut\">" + counted_in(feature.fields.size(), "field", "fields") +
           " left out here; the JSON report has them.</p>\n";
  }
  budget -= feature.fields.size();
  std::string text = "<table class=\"fields\">\n<thead><tr><th scope=\"col\">Field</th>";
  for (const std::string& column : columns)
    text += "<th scope=\"col\">" + code(column) + "</th>";
  text += "</tr></thead>\n<tbody>\n";
  for (const FeatureField& field : feature.fields) {
    text += "<tr><th scope=\"row\">" + code(field.name) + "</th>";
    for (const std::string& column : columns) {
      const auto found = field.cells.find(column);
      text += "<td>" + (found == field.cells.end() ? "–" : tag(found->second.state)) + "</td>";
    }
    text += "</tr>\n";
  }
  return text + "</tbody></table>\n";
}

std::string feature_html(const Feature& feature, std::size_t number, const Columns& columns,
                         const Anchors& anchors, std::size_t& budget) {
  std::string text =
      "<details class=\"feature f-" + std::string(cell_state_name(worst(feature.cells))) +
      "\" id=\"f" + std::to_string(number) + "\">\n<summary><span class=\"id\">" +
      code(feature.id) + " <span class=\"muted\">" + escaped(feature.kind) + "</span></span>";
  for (const std::string& column : columns)
    text += cell_html(feature.cells, column, true);
  text += "</summary>\n";
  if (!feature.source.empty())
    text += "<p class=\"muted\">declared in " + code(feature.source) + "</p>\n";
  return text + evidence(feature, columns, anchors) + fields(feature, columns, budget) +
         "</details>\n";
}

struct Area {
  std::string name;
  std::vector<std::size_t> features;  // indices
};

std::vector<Area> areas(const ParityMatrix& matrix) {
  std::vector<Area> result;
  for (std::size_t i = 0; i < matrix.features.size(); ++i) {
    if (result.empty() || result.back().name != matrix.features[i].area)
      result.push_back({matrix.features[i].area, {}});
    result.back().features.push_back(i);
  }
  return result;
}

std::string area_id(std::size_t number) {
  return "area" + std::to_string(number);
}

using States = std::map<CellState, std::size_t>;

States states(const ParityMatrix& matrix, const Area& area, const std::string& column) {
  States result;
  for (const std::size_t i : area.features) {
    const auto found = matrix.features[i].cells.find(column);
    if (found != matrix.features[i].cells.end()) ++result[found->second.state];
  }
  return result;
}

// How the features of an area stand in a column: a bar, and the numbers.
std::string share(const States& states) {
  std::size_t all = 0;
  for (const auto& [state, number] : states)
    all += number;
  if (all == 0) return "<td>–</td>";
  std::string bar =
      "<svg class=\"share\" viewBox=\"0 0 100 6\" preserveAspectRatio=\"none\" "
      "aria-hidden=\"true\" focusable=\"false\">";
  std::string text;
  std::size_t sum = 0;
  for (const auto& [state, number] : states) {
    // In hundredths, so that it is the same everywhere.
    const std::size_t from = sum * 10'000 / all;
    sum += number;
    const std::size_t to = sum * 10'000 / all;
    const auto hundredths = [](std::size_t value) {
      const std::string rest = std::to_string(value % 100);
      return std::to_string(value / 100) + "." + (rest.size() < 2 ? "0" : "") + rest;
    };
    bar += "<rect class=\"c-" + std::string(cell_state_name(state)) + "\" x=\"" + hundredths(from) +
           "\" y=\"0\" width=\"" + hundredths(to - from) + "\" height=\"6\"/>";
    text += (text.empty() ? "" : " ") + std::string("<span class=\"tally c-") +
            cell_state_name(state) + "\"><span aria-hidden=\"true\">" + sign(state) + "</span>" +
            count(number) + spoken(" " + std::string(cell_state_name(state))) + "</span>";
  }
  return "<td>" + bar + "</svg><span class=\"tallies\">" + text + "</span></td>";
}

std::string overview(const ParityMatrix& matrix, const std::vector<Area>& areas,
                     const Columns& columns) {
  std::string text =
      "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"Areas\">"
      "<table class=\"areas\">\n<thead><tr><th scope=\"col\">Area</th>"
      "<th scope=\"col\" class=\"number\">Features</th>";
  for (const std::string& column : columns)
    text += "<th scope=\"col\">" + code(column) + "</th>";
  text += "</tr></thead>\n<tbody>\n";
  for (std::size_t a = 0; a < areas.size(); ++a) {
    const Area& area = areas[a];
    text += "<tr><th scope=\"row\"><a href=\"#" + area_id(a) + "\">" + escaped(area.name) +
            "</a></th><td class=\"number\">" + count(area.features.size()) + "</td>";
    for (const std::string& column : columns)
      text += share(states(matrix, area, column));
    text += "</tr>\n";
  }
  return text + "</tbody></table></div>\n";
}

std::string changes(const std::string& title, const std::vector<MatrixRegression>& list) {
  if (list.empty()) return "";
  std::string text = "<details open>\n<summary>" + title + " (" + count(list.size()) +
                     ")</summary>\n<ul class=\"changes\">\n";
  for (std::size_t i = 0; i < std::min(list.size(), kMostChanges); ++i) {
    const MatrixRegression& each = list[i];
    text += "<li>" + code(each.feature);
    if (!each.field.empty()) text += " " + code(each.field);
    if (!each.column.empty()) text += " in " + code(each.column);
    text += ": " + escaped(each.was) + " <span aria-label=\"is now\" role=\"img\">→</span> " +
            escaped(each.now) + "</li>\n";
  }
  if (list.size() > kMostChanges) {
    text += "<li class=\"cut\">and " + count(list.size() - kMostChanges) + " more</li>\n";
  }
  return text + "</ul></details>\n";
}

std::string figures(const ParityMatrix& matrix) {
  if (matrix.figures.empty()) return "";
  std::string text =
      "<details>\n<summary>Figures by kind</summary>\n<div class=\"wide\" role=\"region\" "
      "tabindex=\"0\" aria-label=\"Figures by kind\"><table>\n<thead><tr><th "
      "scope=\"col\">Kind</th>";
  for (const char* name : {"entries", "exercised", "compared", "matched", "known", "fields",
                           "fields exercised", "fields compared", "fields matched"}) {
    text += "<th scope=\"col\" class=\"number\">" + std::string(name) + "</th>";
  }
  text += "</tr></thead>\n<tbody>\n";
  for (const auto& [kind, each] : matrix.figures) {
    text += "<tr><th scope=\"row\">" + escaped(kind) + "</th>";
    for (const std::size_t value :
         {each.entries, each.exercised, each.compared, each.matched, each.known, each.fields,
          each.fields_exercised, each.fields_compared, each.fields_matched}) {
      text += "<td class=\"number\">" + count(value) + "</td>";
    }
    text += "</tr>\n";
  }
  return text + "</tbody></table></div></details>\n";
}

}  // namespace

std::string parity_matrix(const Report& report, const Anchors& anchors) {
  if (!report.night || report.night->matrix.features.empty()) return "";
  const ParityMatrix& matrix = report.night->matrix;
  const Columns names = columns(report);
  const std::vector<Area> all = areas(matrix);
  std::size_t budget = kMostFieldRows;
  std::string text = section("matrix", "Parity matrix") +
                     changes("Cells that got worse", matrix.regressions) +
                     changes("Cells that got better", matrix.improvements) +
                     overview(matrix, all, names) + figures(matrix) +
                     "<p class=\"option\"><input type=\"checkbox\" id=\"hide-matching\"> "
                     "<label for=\"hide-matching\">Only features that do not match in every "
                     "column</label></p>\n<div class=\"features\" role=\"region\" tabindex=\"0\" "
                     "aria-label=\"Features by area\">\n";
  for (std::size_t a = 0; a < all.size(); ++a) {
    const bool differs = std::any_of(
        all[a].features.begin(), all[a].features.end(),
        [&](std::size_t i) { return worst(matrix.features[i].cells) == CellState::kDiffers; });
    text += "<details class=\"area\" id=\"" + area_id(a) + "\"" + (differs ? " open" : "") +
            ">\n<summary><span class=\"id\"><strong>" + escaped(all[a].name) +
            "</strong> <span class=\"muted\">" +
            counted_in(all[a].features.size(), "feature", "features") + "</span></span>";
    for (const std::string& name : names)
      text += "<span class=\"cell\">" + code(name) + "</span>";
    text += "</summary>\n";
    for (const std::size_t i : all[a].features)
      text += feature_html(matrix.features[i], i + 1, names, anchors, budget);
    text += "</details>\n";
  }
  return text + "</div>\n" + end_section();
}

}  // namespace codex::matrix::html
