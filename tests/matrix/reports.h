// Reports for the tests of their forms.
#ifndef TESTS_MATRIX_REPORTS_H_
#define TESTS_MATRIX_REPORTS_H_

#include <string>

#include "golden/verdict.h"
#include "matrix/report.h"

namespace codex::matrix::testing {

inline constexpr const char* kEscape = "\x1b[31m";

// A session with that verdict and nothing else.
SessionReport session(const std::string& name, golden::Verdict verdict);
// A session that was really compared: a masked, an identity, a differing and a driver's leaf.
SessionReport differing(const std::string& name);
// What a session could try: everything that is shown carries an escape sequence.
SessionReport hostile();
// Are there no control characters but line feeds?
bool is_safe(const std::string& text);

}  // namespace codex::matrix::testing

#endif  // TESTS_MATRIX_REPORTS_H_
