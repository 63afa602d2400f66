// What to run next, from what a run found.
#ifndef MATRIX_NEXT_STEPS_H_
#define MATRIX_NEXT_STEPS_H_

#include <string>
#include <vector>

#include "matrix/report.h"

namespace codex::matrix {

// One line each, a command and after " # " what it is for; the most urgent first. Empty where
// there is nothing to do. A command has the options of Report::invocation that mean something to it.
std::vector<std::string> next_steps(const Report& report);

}  // namespace codex::matrix

#endif  // MATRIX_NEXT_STEPS_H_
