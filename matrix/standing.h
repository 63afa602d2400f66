// A night against the nights before.
#ifndef MATRIX_STANDING_H_
#define MATRIX_STANDING_H_

#include <string>

#include "golden/files.h"
#include "golden/verdict.h"
#include "matrix/past.h"
#include "matrix/report.h"

namespace codex::matrix {

class History;

// Of a difference of a session, the same in every night: 32 hexadecimal digits of a digest of
// session, column, lane, name, path and both values. Equal differences of a session have one.
std::string fingerprint(const std::string& session, const std::string& column,
                        const golden::Difference& difference);

// Sets all of report.night but the matrix, which it leaves as it is. Pure.
void compare_with_past(const Past& past, Report& report);

// The same with the nights of `history`, or with none (null: a first night). An error where they
// cannot be read; then the night is set as a first one.
golden::Status apply_history(const History* history, Report& report);

}  // namespace codex::matrix

#endif  // MATRIX_STANDING_H_
