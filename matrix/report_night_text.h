// A night for a terminal: what a person reads in ten seconds.
#ifndef MATRIX_REPORT_NIGHT_TEXT_H_
#define MATRIX_REPORT_NIGHT_TEXT_H_

#include <string>

#include "matrix/report.h"

namespace codex::matrix {

// A line with the verdict and counts, what is new since the night before, the first causes, what
// vanished, and where the reports are (`folder`). At most some 30 lines; what is left out is
// counted. No control characters but line feeds, and colours where they are wanted.
std::string render_night_text(const Report& report, const std::string& folder, bool color);

}  // namespace codex::matrix

#endif  // MATRIX_REPORT_NIGHT_TEXT_H_
