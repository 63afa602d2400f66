// The parity matrix by itself, and its forms: JSON, text, Markdown.
#ifndef MATRIX_MATRIX_FORMS_H_
#define MATRIX_MATRIX_FORMS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "codex/telemetry/json.h"
#include "matrix/column.h"
#include "matrix/parity_matrix.h"

namespace codex::matrix {

// {"features":[{"id","area","kind","source","cells":{COLUMN:{"state","sessions","evidence"}},
//   "fields":[{"name","cells"}]}],"figures":{KIND:{…}},"places","places_known","regressions":[…],
//   "improvements":[…]}
json::Value to_json(const ParityMatrix& matrix);

struct MatrixTextOptions {
  bool every_feature = false;  // a line each; else a line for each area
  // Nothing was left out of the corpus; else regressions are not told, which is said.
  bool whole_corpus = true;
  std::size_t width = 0;  // of the terminal, in columns; 0: any
};
// For people: areas or features, what is worse and what is better than accepted, the figures.
std::string render_matrix_text(const ParityMatrix& matrix, const std::vector<Column>& columns,
                               const MatrixTextOptions& options = {});
std::string render_matrix_markdown(const ParityMatrix& matrix, const std::vector<Column>& columns);

// Each feature, where it was read, the sessions that reach it, and its cells; then its fields.
std::string render_inventory_text(const ParityMatrix& matrix, const std::vector<Column>& columns);
// Features and fields that no session reaches: "FEATURE", "FEATURE FIELD", a line each.
std::string render_unexercised(const ParityMatrix& matrix);
// The table of figures by kind, as Markdown.
std::string render_figures(const ParityMatrix& matrix);

}  // namespace codex::matrix

#endif  // MATRIX_MATRIX_FORMS_H_
