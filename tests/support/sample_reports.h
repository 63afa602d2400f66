// Reports of nights that never were, for the tests of the reports' forms and for looking at them
// in a browser. Everything in them is compared and judged as in a real run.
#ifndef TESTS_SUPPORT_SAMPLE_REPORTS_H_
#define TESTS_SUPPORT_SAMPLE_REPORTS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "matrix/report.h"

namespace codex::test {

// Everything matches.
matrix::Report green_night();
// Differences of four kinds and known ones, causes of every standing, further columns, a night
// before, cells that got worse, inputs that cannot be read.
matrix::Report red_night();
// `sessions` sessions, of which every thirtieth differs.
matrix::Report large_night(std::size_t sessions);
// Each text wherever a report can hold one: names, paths, values, notes, causes, features.
matrix::Report hostile_night(const std::vector<std::string>& texts);

// What a session could try to break a page out of its quotes with; no text is of anybody's list.
std::vector<std::string> hostile_texts();

}  // namespace codex::test

#endif  // TESTS_SUPPORT_SAMPLE_REPORTS_H_
