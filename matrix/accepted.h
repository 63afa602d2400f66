// The accepted matrix (matrix/accepted.json), reviewed like a golden: JSON lines, a header, one
// feature a line by id, a footer that tells their number and digest. So a file that was cut or
// edited is an error and never a smaller matrix.
//   {"matrix":1,"columns":["cpp","agents",…]}
//   {"id":…,"cells":{"agents":"match","cpp":"match"},"fields":[NAME,…],
//    "other":[{"cells":{…},"fields":[NAME,…]},…]}
//   {"session":NAME,"leaves":[COMPARED,MASKED,NOT OBSERVED]}, by name, after the features
//   {"features":N,"sha256":SHA256 of the lines between, their LFs included}
// `fields` have the feature's cells, those under `other` have cells of their own. A session whose
// leaves are masked or not observed to a larger share than its line has is worse; one without a line
// is new.
#ifndef MATRIX_ACCEPTED_H_
#define MATRIX_ACCEPTED_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "golden/files.h"
#include "harness/model/result.h"
#include "matrix/parity_matrix.h"

namespace codex::matrix {

// Column → state.
using AcceptedCells = std::map<std::string, CellState>;

struct AcceptedFeature {
  AcceptedCells cells;
  std::map<std::string, AcceptedCells> fields;
  bool operator==(const AcceptedFeature&) const = default;
};

class AcceptedMatrix {
 public:
  AcceptedMatrix() = default;  // nothing is accepted yet

  // Errors name file and line.
  static harness::Result<AcceptedMatrix> load(const std::string& path);
  static harness::Result<AcceptedMatrix> parse(std::string_view text, const std::string& file);
  // What would be accepted if this were. Columns that could not run keep what `before` has.
  static AcceptedMatrix of(const ParityMatrix& matrix, const AcceptedMatrix& before);

  std::string print() const;
  // Replaces the file in one step. Whether it may be written at all is for the caller to know
  // (golden::write_refusal).
  golden::Status write(golden::Files& files, const std::string& path) const;

  bool has_column(const std::string& name) const;
  const std::vector<std::string>& columns() const { return columns_; }
  const std::map<std::string, AcceptedFeature>& features() const { return features_; }
  const std::map<std::string, SessionLeaves>& leaves() const { return leaves_; }

  // Fills `regressions` and `improvements`. `judged`: names of the columns that can be judged.
  void compare(ParityMatrix& matrix, const std::vector<Column>& judged) const;

 private:
  std::vector<std::string> columns_;
  std::map<std::string, AcceptedFeature> features_;
  std::map<std::string, SessionLeaves> leaves_;  // by session; empty: none is accepted yet
};

}  // namespace codex::matrix

#endif  // MATRIX_ACCEPTED_H_
