// The page's style sheet and script (style.css, script.js), and what allows them to run.
#ifndef MATRIX_HTML_ASSETS_H_
#define MATRIX_HTML_ASSETS_H_

#include <string>
#include <string_view>

namespace codex::matrix::html {

std::string_view style();
std::string_view script();

// As a source of a Content-Security-Policy: `'sha256-…'`.
std::string csp_hash(std::string_view text);
// Nothing is loaded from anywhere, and nothing runs but style() and script().
std::string content_security_policy();

}  // namespace codex::matrix::html

#endif  // MATRIX_HTML_ASSETS_H_
