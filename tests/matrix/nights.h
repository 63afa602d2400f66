// Nights for the tests of what is told from one to the next.
#ifndef TESTS_MATRIX_NIGHTS_H_
#define TESTS_MATRIX_NIGHTS_H_

#include <string>

#include "golden/verdict.h"
#include "matrix/report.h"

namespace codex::matrix::testing {

// A value that changed at `path` of an event in a tool call's lane.
golden::JudgedDifference change(const std::string& subject, const std::string& path,
                                const std::string& expected, const std::string& actual,
                                golden::Verdict kind = golden::Verdict::kUpstreamDrift);

// A session in which cpp and agents ran to their end, with tape and golden.
SessionReport ran(const std::string& name);
// Adds the difference and what follows from it to the session, or to a column of a further
// environment.
SessionReport& add(SessionReport& session, golden::JudgedDifference difference);
SessionReport& add_further(SessionReport& session, const std::string& column,
                           golden::JudgedDifference difference);

// The n-th night over the whole corpus, with these versions of the clients.
Report night(int number, std::vector<SessionReport> sessions);

}  // namespace codex::matrix::testing

#endif  // TESTS_MATRIX_NIGHTS_H_
