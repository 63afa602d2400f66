// The parity matrix: a row for each feature that a client declares, a column for each subject and
// version, and in each cell what the sessions of a run showed.
#ifndef MATRIX_PARITY_MATRIX_H_
#define MATRIX_PARITY_MATRIX_H_

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "codex/telemetry/json.h"

namespace codex::matrix {

// From best to worst.
enum class CellState {
  kMatch,            // reached, and every leaf there is equal or masked
  kKnownDifference,  // what differs there is known
  kNotObserved,      // reached, but this subject cannot show it
  kDiffers,
  kNotExercised,  // no session of the run reaches it
  kUnavailable,   // the column's subject could not run
};
const char* cell_state_name(CellState state);  // "match", "known-difference", "not-exercised", …

struct Cell {
  CellState state = CellState::kNotExercised;
  std::size_t sessions = 0;           // that reach it
  std::vector<std::string> evidence;  // some of their names: those that differ first, then by name
};

// Column name → cell. A column whose client does not declare the row has none.
using Cells = std::map<std::string, Cell>;

struct FeatureField {
  std::string name;
  Cells cells;
};

struct Feature {
  std::string id;      // the inventory's
  std::string area;    // lifecycle, items, tools, approvals, usage, tracing, logging, errors, switches
  std::string kind;    // the inventory's
  std::string source;  // the inventory's
  Cells cells;         // of the entry and all its fields: the worst, but unreached fields count not
  std::vector<FeatureField> fields;
};

// Of one kind of entry, or of all.
struct Figures {
  std::size_t entries = 0;
  std::size_t exercised = 0;
  std::size_t compared = 0;  // exercised, and not only "not observed"
  std::size_t matched = 0;
  std::size_t known = 0;
  std::size_t fields = 0;
  std::size_t fields_exercised = 0;
  std::size_t fields_compared = 0;
  std::size_t fields_matched = 0;
};

// A cell that is worse than the accepted matrix has it, or a row that is gone.
struct MatrixRegression {
  std::string feature;
  std::string field;   // empty: the feature itself
  std::string column;  // empty: the row is gone
  std::string was;     // cell_state_name
  std::string now;     // the same, or "gone"
};

struct ParityMatrix {
  std::vector<Feature> features;           // by area, then id
  std::map<std::string, Figures> figures;  // by kind; "all"
  // Distinct (column, channel, name, path) that the wire reaches, and how many of them have a
  // known difference.
  std::size_t places = 0;
  std::size_t places_known = 0;
  std::vector<MatrixRegression> regressions;
  std::vector<MatrixRegression> improvements;  // the same the other way: better, or a new row
};

}  // namespace codex::matrix

#endif  // MATRIX_PARITY_MATRIX_H_
