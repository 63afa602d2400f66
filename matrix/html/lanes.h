// Lanes that differ, both sides beside each other.
#ifndef MATRIX_HTML_LANES_H_
#define MATRIX_HTML_LANES_H_

#include <cstddef>
#include <string>

#include "matrix/report.h"

namespace codex::matrix::html {

// Empty where the report has no sides of the session. Rows beyond `most` bytes are counted instead.
std::string lanes(const SessionReport& session, std::size_t most);

}  // namespace codex::matrix::html

#endif  // MATRIX_HTML_LANES_H_
