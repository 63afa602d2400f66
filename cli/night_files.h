// The folder of a night: its reports, each written in one step, so that whatever happens to the
// process a file is wholly of one night.
#ifndef CLI_NIGHT_FILES_H_
#define CLI_NIGHT_FILES_H_

#include <string>
#include <string_view>

#include "golden/files.h"
#include "matrix/report.h"

namespace codex::cli {

// Replaces `path` in one step, or leaves it as it was.
golden::Status replace_file(golden::Files& files, const std::string& path, std::string_view bytes);

// report.json, report.html, junit.xml, summary.md, matrix.json, and issue.md where the night is
// red; an issue.md of a red night before is taken away.
golden::Status write_reports(golden::Files& files, const std::string& folder,
                             const matrix::Report& report);

}  // namespace codex::cli

#endif  // CLI_NIGHT_FILES_H_
