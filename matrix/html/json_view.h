// One side of an observation, for people: what differs is marked, what is equal takes little room.
#ifndef MATRIX_HTML_JSON_VIEW_H_
#define MATRIX_HTML_JSON_VIEW_H_

#include <set>
#include <string>

#include "codex/telemetry/json.h"

namespace codex::matrix::html {

// Lines of indented JSON. Values at `marks` (JSON pointers) stand whole, up to 2000 characters, on
// lines that begin with `sign` and are marked; an equal value is cut to one line, and a long run of
// equal members folded to their number.
std::string json_view(const json::Value& value, const std::set<std::string>& marks, char sign);

// All of it marked, as what the other side lacks, up to `most_lines` lines.
std::string json_view_alone(const json::Value& value, char sign, std::size_t most_lines = 40);

}  // namespace codex::matrix::html

#endif  // MATRIX_HTML_JSON_VIEW_H_
