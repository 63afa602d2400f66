// Text as HTML, and the small pieces that every part of the page is made of.
//
// Whatever comes from a session goes through escaped(): it is then neither markup, in text and in
// attributes, nor a control or bidirectional character.
#ifndef MATRIX_HTML_MARKUP_H_
#define MATRIX_HTML_MARKUP_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "golden/verdict_name.h"
#include "matrix/night.h"
#include "matrix/parity_matrix.h"

namespace codex::matrix::html {

std::string escaped(std::string_view text);
// At most `longest` characters of it, then "…".
std::string escaped_prefix(std::string_view text, std::size_t longest);
std::string code(std::string_view text);
// A JSON pointer or a command, which the script gives a button that copies it.
std::string copyable(std::string_view text);

std::string count(std::size_t number);  // "10,000"
// "1 session", "2,000 sessions", of "session", "sessions".
std::string counted_in(std::size_t number, const std::string& one, const std::string& many);

// Told by sign, word and colour, never by colour alone.
std::string tag(golden::Verdict verdict);
std::string tag(std::string_view verdict_name);  // of one that may also be "absent"
std::string tag(Standing standing);
std::string tag(CellState state);
// The sign alone, as text.
const char* sign(golden::Verdict verdict);
const char* sign(CellState state);

// Whose doing a difference of this kind is, in words.
const char* whose_doing(golden::Verdict verdict);

// Does a session with this verdict make the run red?
bool is_red(golden::Verdict verdict);

// Around what depends on the clock or the host: without such parts two reports of the same results
// are the same bytes.
std::string of_run(const std::string& html);

// A heading with an anchor, opening a section that end_section() closes.
std::string section(const std::string& id, const std::string& title);
std::string end_section();

}  // namespace codex::matrix::html

#endif  // MATRIX_HTML_MARKUP_H_
