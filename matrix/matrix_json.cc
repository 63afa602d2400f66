#include "matrix/matrix_forms.h"

namespace codex::matrix {
namespace {

using json::Array;
using json::Object;
using json::Value;

Value number(std::size_t count) { return Value(static_cast<std::uint64_t>(count)); }

Value cells_json(const Cells& cells) {
  Object object;
  for (const auto& [column, cell] : cells) {
    Array evidence;
    for (const std::string& session : cell.evidence) evidence.push_back(session);
    object.append(column, Object{{"state", cell_state_name(cell.state)},
                                 {"sessions", number(cell.sessions)},
                                 {"evidence", std::move(evidence)}});
  }
  return object;
}

Value changes_json(const std::vector<MatrixRegression>& changes) {
  Array list;
  for (const MatrixRegression& change : changes) {
    list.push_back(Object{{"feature", change.feature},
                          {"field", change.field},
                          {"column", change.column},
                          {"was", change.was},
                          {"now", change.now}});
  }
  return list;
}

}  // namespace

Value to_json(const ParityMatrix& matrix) {
  Array features;
  for (const Feature& feature : matrix.features) {
    Array fields;
    for (const FeatureField& field : feature.fields)
      fields.push_back(Object{{"name", field.name}, {"cells", cells_json(field.cells)}});
    features.push_back(Object{{"id", feature.id},
                              {"area", feature.area},
                              {"kind", feature.kind},
                              {"source", feature.source},
                              {"cells", cells_json(feature.cells)},
                              {"fields", std::move(fields)}});
  }
  Object figures;
  for (const auto& [kind, each] : matrix.figures) {
    figures.append(kind, Object{{"entries", number(each.entries)},
                                {"exercised", number(each.exercised)},
                                {"compared", number(each.compared)},
                                {"matched", number(each.matched)},
                                {"known", number(each.known)},
                                {"fields", number(each.fields)},
                                {"fields_exercised", number(each.fields_exercised)},
                                {"fields_compared", number(each.fields_compared)},
                                {"fields_matched", number(each.fields_matched)}});
  }
  return Object{{"features", std::move(features)},
                {"figures", std::move(figures)},
                {"places", number(matrix.places)},
                {"places_known", number(matrix.places_known)},
                {"regressions", changes_json(matrix.regressions)},
                {"improvements", changes_json(matrix.improvements)}};
}

}  // namespace codex::matrix
