// A column of the parity matrix: a subject in one version.
#ifndef MATRIX_COLUMN_H_
#define MATRIX_COLUMN_H_

#include <string>

namespace codex::matrix {

// Of the first environment (the one that verdicts come from) a column has the subject's name,
// "cpp", "agents", "codex-sdk". Of each further one it has the version too: "agents@0.23.0".
struct Column {
  std::string name;
  std::string subject;
  std::string package;
  std::string version;
  bool further = false;     // of a further environment
  std::string unavailable;  // why none of its sessions could run, or empty
  bool operator==(const Column&) const = default;
};

}  // namespace codex::matrix

#endif  // MATRIX_COLUMN_H_
