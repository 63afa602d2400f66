#include "matrix/report_night.h"

namespace codex::matrix {

std::string render_summary(const Report& report, std::size_t) { return render_markdown(report); }
std::string render_issue(const Report&, std::size_t) { return {}; }
std::string issue_fingerprint(const Report&) { return {}; }
std::string issue_title(const Report&) { return {}; }
std::string render_badge(const Report&) { return {}; }

}  // namespace codex::matrix
