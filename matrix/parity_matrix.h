// The parity matrix: a row for each feature that a client declares, a column for each subject and
// version, and in each cell what the sessions of a run showed.
#ifndef MATRIX_PARITY_MATRIX_H_
#define MATRIX_PARITY_MATRIX_H_

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codex/telemetry/json.h"
#include "harness/model/result.h"
#include "matrix/column.h"

namespace codex::matrix {

class AcceptedMatrix;
struct Report;

// From best to worst.
enum class CellState {
  kMatch,            // reached, and every leaf there is equal or masked
  kKnownDifference,  // what differs there is known
  kNotObserved,      // reached, but this subject cannot show it
  kDiffers,
  kNotExercised,  // no session of the run reaches it
  kUnavailable,   // the column's subject could not run
};
inline constexpr std::array<CellState, 6> kCellStates = {
    CellState::kMatch,   CellState::kKnownDifference, CellState::kNotObserved,
    CellState::kDiffers, CellState::kNotExercised,    CellState::kUnavailable};
const char* cell_state_name(CellState state);  // "match", "known-difference", "not-exercised", …
std::optional<CellState> cell_state_from(std::string_view name);

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
  Cells cells;         // of all that stands at the entry's places, its fields too
  std::vector<FeatureField> fields;
};

// Of one kind of entry, or of all, that the first environment's clients declare. A cell's state is
// the worst of that environment's columns that reach it.
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
  std::string feature;  // or "session NAME"
  std::string field;    // empty: the feature itself; of a session "masked leaves" or "unseen leaves"
  std::string column;   // empty: the row is gone
  std::string was;      // cell_state_name; of leaves "12 of 345"
  std::string now;      // the same, or "gone"
};

// What became of the leaves of a session that was compared and in which nothing differs.
struct SessionLeaves {
  std::size_t compared = 0;
  std::size_t masked = 0;
  std::size_t not_observed = 0;
  bool operator==(const SessionLeaves&) const = default;
  std::size_t all() const { return compared + masked + not_observed; }
};

struct ParityMatrix {
  std::vector<Feature> features;           // by area, then id
  std::map<std::string, SessionLeaves> leaves;  // by session
  std::map<std::string, Figures> figures;  // by kind; "all"
  // Distinct (column, channel, name, path) that the wire reaches, and how many of them have a
  // known difference.
  std::size_t places = 0;
  std::size_t places_known = 0;
  std::vector<MatrixRegression> regressions;
  std::vector<MatrixRegression> improvements;  // the same the other way: better, or a new row
};

// Which area a feature belongs to: data (matrix/areas.json), the first rule whose glob matches the
// feature's id.
class Areas {
 public:
  static harness::Result<Areas> load(const std::string& path);
  static harness::Result<Areas> parse(std::string_view text, const std::string& file);
  std::optional<std::string> area_of(std::string_view feature) const;
  // In the order of the file, which is that of the matrix.
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
  std::vector<std::pair<std::string, std::string>> rules_;  // glob, area
};

// From the report's inventories and its sessions' coverage. `whole_corpus`: nothing was left out;
// only then regressions and improvements against `accepted` are told, since what a part of the
// corpus doesn't reach says nothing. A column that is not accepted, and one that is unavailable or
// has no inventory in this run, is not judged. An entry that no rule of `areas` matches is an error
// that names it.
harness::Result<ParityMatrix> compute_matrix(const Report& report, const Areas& areas,
                                             const AcceptedMatrix& accepted,
                                             bool whole_corpus = true);

// Columns of the report, where it names none those of its subjects and of the inventories' beside.
std::vector<Column> columns_of(const Report& report);

}  // namespace codex::matrix

#endif  // MATRIX_PARITY_MATRIX_H_
