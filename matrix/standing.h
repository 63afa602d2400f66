// A night against the nights before.
#ifndef MATRIX_STANDING_H_
#define MATRIX_STANDING_H_

#include <string>

#include "golden/compare.h"
#include "golden/files.h"
#include "matrix/past.h"
#include "matrix/report.h"

namespace codex::matrix {

class History;

// Of a difference of a session, the same in every night: 32 hexadecimal digits of a digest of
// session, column, lane, name, path and both values. Equal differences of a session share one.
std::string fingerprint(const std::string& session, const std::string& column,
                        const golden::Difference& difference);

// Sets all of report.night but the matrix, which it leaves as it is; to be called when the rest of
// the report (exit, matrix_regressions) is as it will stay. Pure.
//
// A difference stands against the last night in which its session ran in its column; one that was
// known then counts as not there.
//   new         it was not there
//   persistent  it was
//   flaky       as persistent or new, but it has gone at least twice in the nights of `past` that
//               had the same tape, golden, tool, rules and version of the client
//   fixed       it was there, and tonight the session ran in that column to an end that can be
//               compared, with a golden if it was against one
// So neither a selection of the corpus, nor a column or client that is not there, nor a crash fixes
// anything. A cause is persistent where the last night that ran one of its sessions had it in that
// column, of whatever kind. A session is absent only from a night of the whole corpus; one whose
// tape could not be read tonight is "unreadable" instead.
void compare_with_past(const Past& past, Report& report);

// The same with the nights of `history`, or with none (null: a first night). Where they cannot be
// read: their error, and a night without any before it.
golden::Status apply_history(const History* history, Report& report);

}  // namespace codex::matrix

#endif  // MATRIX_STANDING_H_
