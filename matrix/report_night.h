// The forms of a night that a CI service shows: its step summary, and the issue it keeps open.
#ifndef MATRIX_REPORT_NIGHT_H_
#define MATRIX_REPORT_NIGHT_H_

#include <cstddef>
#include <string>

#include "matrix/report.h"

namespace codex::matrix {

// What GitHub takes: of a step summary bytes, of an issue's body characters (we count bytes, of
// which there are never fewer), of a title characters.
inline constexpr std::size_t kLongestSummary = 1024 * 1024;
inline constexpr std::size_t kLongestIssue = 65536;
inline constexpr std::size_t kLongestTitle = 256;

// Markdown, shorter than `longest` bytes: verdict, what is new, causes, changed inputs, what
// vanished, the matrix, then sessions. What does not fit is left out from the end, and counted.
std::string render_summary(const Report& report, std::size_t longest = kLongestSummary);

// Markdown, at most `longest` bytes; empty when nothing is red. The first line is a comment,
//   <!-- codex-telemetry-diff fingerprint=0123456789abcdef causes=c0123abcd,… -->
// so that a job finds the issue of the same causes again; the second the title, "# …".
std::string render_issue(const Report& report, std::size_t longest = kLongestIssue);
// 16 hexadecimal digits: of the causes that the run is red for, whatever their counts. Empty when
// nothing is red.
std::string issue_fingerprint(const Report& report);
std::string issue_title(const Report& report);

// {"schemaVersion":1,"label":"parity",…}: what shields.io shows as a badge.
std::string render_badge(const Report& report);

}  // namespace codex::matrix

#endif  // MATRIX_REPORT_NIGHT_H_
