// Data that the page's script reads.
#ifndef MATRIX_HTML_SCRIPT_DATA_H_
#define MATRIX_HTML_SCRIPT_DATA_H_

#include <string>

#include "codex/telemetry/json.h"

namespace codex::matrix::html {

// A <script type="application/json">. Nothing in its text can end the element or start another:
// `<`, `>`, `&` and everything beyond ASCII are escaped as JSON has it.
std::string script_data(const std::string& id, const json::Value& value);

}  // namespace codex::matrix::html

#endif  // MATRIX_HTML_SCRIPT_DATA_H_
