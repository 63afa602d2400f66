#include <algorithm>
#include <array>
#include <cstdio>
#include <map>

#include "matrix/difference_text.h"
#include "matrix/matrix_forms.h"
#include "matrix/printable.h"
#include "matrix/text_table.h"

namespace codex::matrix {
namespace {

using Row = std::vector<std::string>;

std::string markdown_table(const std::vector<Row>& rows) {
  std::string text;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    text += "|";
    for (const std::string& each : rows[i]) text += " " + each + " |";
    text += "\n";
    if (i > 0) continue;
    text += "|";
    for (std::size_t k = 0; k < rows[0].size(); ++k) text += k == 0 ? "---|" : "---:|";
    text += "\n";
  }
  return text;
}

// "12 of 14", or "-" of nothing.
std::string of(std::size_t part, std::size_t whole) {
  return whole == 0 ? "-" : std::to_string(part) + " of " + std::to_string(whole);
}

std::string percent(std::size_t part, std::size_t whole) {
  if (whole == 0) return "-";
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %%",
                100.0 * static_cast<double>(part) / static_cast<double>(whole));
  return text;
}

std::string state(const Cells& cells, const std::string& column) {
  const auto found = cells.find(column);
  return found == cells.end() ? "" : cell_state_name(found->second.state);
}

bool is_reached(const Cells& cells) {
  return std::any_of(cells.begin(), cells.end(),
                     [](const auto& cell) { return cell.second.sessions > 0; });
}

std::string reached_fields(const Feature& feature) {
  const auto reached = static_cast<std::size_t>(
      std::count_if(feature.fields.begin(), feature.fields.end(),
                    [](const FeatureField& field) { return is_reached(field.cells); }));
  return feature.fields.empty() ? "" : of(reached, feature.fields.size());
}

// An area's counts in one column.
struct Sums {
  std::map<CellState, std::size_t> states;
  std::size_t features = 0;
  std::string text() const {
    std::string words;
    for (const auto& [state, count] : states) {
      words += (words.empty() ? "" : ", ") + std::to_string(count) + " " + cell_state_name(state);
    }
    return words.empty() ? "-" : words;
  }
};

std::vector<Row> area_rows(const ParityMatrix& matrix, const std::vector<Column>& columns) {
  std::vector<std::string> order;
  std::map<std::string, std::map<std::string, Sums>> sums;  // area, column
  std::map<std::string, std::array<std::size_t, 4>> counts;  // features, reached; fields, reached
  for (const Feature& feature : matrix.features) {
    if (order.empty() || order.back() != feature.area) order.push_back(feature.area);
    std::array<std::size_t, 4>& count = counts[feature.area];
    ++count[0];
    if (is_reached(feature.cells)) ++count[1];
    count[2] += feature.fields.size();
    for (const FeatureField& field : feature.fields) {
      if (is_reached(field.cells)) ++count[3];
    }
    for (const auto& [column, cell] : feature.cells) ++sums[feature.area][column].states[cell.state];
  }
  std::vector<Row> rows{{"area", "exercised", "fields exercised"}};
  for (const Column& column : columns) rows[0].push_back(column.name);
  for (const std::string& area : order) {
    const auto& count = counts[area];
    Row row{area, of(count[1], count[0]), of(count[3], count[2])};
    for (const Column& column : columns) row.push_back(sums[area][column.name].text());
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<Row> feature_rows(const ParityMatrix& matrix, const std::vector<Column>& columns) {
  std::vector<Row> rows{{"feature", "area", "fields"}};
  for (const Column& column : columns) rows[0].push_back(column.name);
  for (const Feature& feature : matrix.features) {
    Row row{printable(feature.id), feature.area, reached_fields(feature)};
    for (const Column& column : columns) row.push_back(state(feature.cells, column.name));
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<Row> figure_rows(const ParityMatrix& matrix) {
  std::vector<Row> rows{{"kind", "entries", "exercised", "compared", "matched", "known", "fields",
                         "exercised", "compared", "matched"}};
  const auto add = [&](const std::string& kind, const Figures& each) {
    rows.push_back({kind, std::to_string(each.entries), std::to_string(each.exercised),
                    std::to_string(each.compared), std::to_string(each.matched),
                    std::to_string(each.known), std::to_string(each.fields),
                    std::to_string(each.fields_exercised), std::to_string(each.fields_compared),
                    std::to_string(each.fields_matched)});
  };
  for (const auto& [kind, each] : matrix.figures) {
    if (kind != "all") add(kind, each);
  }
  if (const auto all = matrix.figures.find("all"); all != matrix.figures.end()) {
    add("all", all->second);
    const Figures& each = all->second;
    rows.push_back({"", "", percent(each.exercised, each.entries),
                    percent(each.compared, each.entries), percent(each.matched, each.entries),
                    percent(each.known, each.entries), "",
                    percent(each.fields_exercised, each.fields),
                    percent(each.fields_compared, each.fields),
                    percent(each.fields_matched, each.fields)});
  }
  return rows;
}

std::string places(const ParityMatrix& matrix) {
  return std::to_string(matrix.places) + " places that the wire reaches (column, channel, name, " +
         "path), " + std::to_string(matrix.places_known) + " of them (" +
         percent(matrix.places_known, matrix.places) + ") under known differences\n";
}

std::string change(const MatrixRegression& each) {
  std::string text = printable(each.feature);
  if (!each.field.empty()) text += " " + printable(each.field);
  if (!each.column.empty()) text += "  [" + each.column + "]";
  return text + "  " + each.was + " -> " + each.now + "\n";
}

}  // namespace

std::string render_matrix_text(const ParityMatrix& matrix, const std::vector<Column>& columns,
                               const MatrixTextOptions& options) {
  std::string text =
      text_table(options.every_feature ? feature_rows(matrix, columns) : area_rows(matrix, columns),
                 options.width);
  text += "\n" + text_table(figure_rows(matrix), options.width) + "\n" + places(matrix);
  if (!options.whole_corpus) {
    return text + "not the whole corpus: nothing is said against the accepted matrix\n";
  }
  if (!matrix.regressions.empty()) {
    text += "\n" + counted(matrix.regressions.size(), "matrix-regression", "matrix-regressions") +
            ":\n";
    for (const MatrixRegression& each : matrix.regressions) text += "  " + change(each);
  }
  if (!matrix.improvements.empty()) {
    text += "\n" + counted(matrix.improvements.size(), "improvement", "improvements") +
            ", which codex-telemetry-diff matrix --accept takes in:\n";
    for (const MatrixRegression& each : matrix.improvements) text += "  " + change(each);
  }
  return text;
}

std::string render_matrix_markdown(const ParityMatrix& matrix,
                                   const std::vector<Column>& columns) {
  std::string text = markdown_table(area_rows(matrix, columns)) + "\n" + render_figures(matrix);
  const auto list = [&](const char* title, const std::vector<MatrixRegression>& changes) {
    if (changes.empty()) return;
    text += "\n" + std::string(title) + ":\n\n```\n";
    for (const MatrixRegression& each : changes) text += change(each);
    text += "```\n";
  };
  list("Worse than the accepted matrix", matrix.regressions);
  list("Better than the accepted matrix", matrix.improvements);
  return text;
}

std::string render_figures(const ParityMatrix& matrix) {
  return markdown_table(figure_rows(matrix)) + "\n" + places(matrix);
}

std::string render_inventory_text(const ParityMatrix& matrix, const std::vector<Column>& columns) {
  std::string text;
  const auto cells = [&](const Cells& each) {
    std::string line;
    for (const Column& column : columns) {
      const auto found = each.find(column.name);
      if (found == each.end()) continue;
      line += "  " + column.name + " " + cell_state_name(found->second.state);
    }
    return line;
  };
  const auto sessions = [](const Cells& each) {
    const Cell* most = nullptr;
    for (const auto& [column, cell] : each) {
      if (most == nullptr || cell.sessions > most->sessions) most = &cell;
    }
    std::string line;
    if (most == nullptr || most->sessions == 0) return line;
    for (const std::string& name : most->evidence) line += (line.empty() ? "" : ", ") + printable(name);
    if (most->sessions > most->evidence.size()) line += ", …";
    return counted(most->sessions, "session", "sessions") + ": " + line;
  };
  for (const Feature& feature : matrix.features) {
    text += feature.area + "  " + printable(feature.id) + cells(feature.cells) + "\n";
    text += "    " + feature.kind + ", " + printable(feature.source) + "\n";
    if (const std::string names = sessions(feature.cells); !names.empty()) {
      text += "    " + names + "\n";
    }
    for (const FeatureField& field : feature.fields) {
      text += "    . " + printable(field.name) + cells(field.cells) + "\n";
    }
  }
  return text;
}

std::string render_unexercised(const ParityMatrix& matrix) {
  std::string text;
  for (const Feature& feature : matrix.features) {
    if (!is_reached(feature.cells)) {
      text += printable(feature.id) + "\n";
      continue;  // nor are its fields
    }
    for (const FeatureField& field : feature.fields) {
      if (!is_reached(field.cells)) text += printable(feature.id) + "  " + printable(field.name) + "\n";
    }
  }
  return text;
}

}  // namespace codex::matrix
