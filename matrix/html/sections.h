// The parts of the page, in their order. Each is a whole <section>, or empty where the report has
// nothing to say there.
#ifndef MATRIX_HTML_SECTIONS_H_
#define MATRIX_HTML_SECTIONS_H_

#include <string>
#include <vector>

#include "matrix/html/listed.h"
#include "matrix/report.h"

namespace codex::matrix::html {

// Verdict, counts, what is new: to be read in ten seconds.
std::string headline(const Report& report, const std::vector<Listed>& sessions);
// The headline's sentence as text, "3 of 40 sessions differ": the page's title.
std::string headline_text(const Report& report);
// What could not be read, and what to do next, as commands.
std::string unreadable(const Report& report);
std::string next(const Report& report);
// Changed inputs, verdicts and what vanished, against the last night.
std::string since_last_night(const Report& report, const Anchors& anchors);
// One row a cause.
std::string causes(const Report& report, const Anchors& anchors);
// Features by area, with a cell for each column; each opens its fields and evidence.
std::string parity_matrix(const Report& report, const Anchors& anchors);
// Every session. Rows stand in the page up to kStaticRows, the rest is data for the script.
inline constexpr std::size_t kStaticRows = 300;
std::string session_list(const Report& report, const std::vector<Listed>& sessions);
// The nights, and facts of the run: all that depends on clock and host (of_run).
std::string trend(const Report& report);
std::string run_facts(const Report& report);

}  // namespace codex::matrix::html

#endif  // MATRIX_HTML_SECTIONS_H_
