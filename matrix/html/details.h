// The part of the page that shows what a session differs in.
#ifndef MATRIX_HTML_DETAILS_H_
#define MATRIX_HTML_DETAILS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "matrix/html/listed.h"

namespace codex::matrix::html {

// What a page can hold and still open at once, in bytes of HTML.
inline constexpr std::size_t kMostDetails = 4 << 20;
inline constexpr std::size_t kMostOfOneSession = 256 << 10;

// The sessions that do not match, worst first, each foldable. Sets `has_details`. Where not all
// fit, those go in first that are the first of a cause, then the worst.
std::string details(const Report& report, std::vector<Listed>& sessions,
                    std::size_t most = kMostDetails);

}  // namespace codex::matrix::html

#endif  // MATRIX_HTML_DETAILS_H_
