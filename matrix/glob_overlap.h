// Whether two patterns of names can mean the same name.
#ifndef MATRIX_GLOB_OVERLAP_H_
#define MATRIX_GLOB_OVERLAP_H_

#include <string_view>

namespace codex::matrix {

// Is there a text that both globs match (harness::matches_glob)?
bool globs_overlap(std::string_view a, std::string_view b);

}  // namespace codex::matrix

#endif  // MATRIX_GLOB_OVERLAP_H_
