// The file that -o names.
#ifndef CLI_OUTPUT_FILE_H_
#define CLI_OUTPUT_FILE_H_

#include <string>

#include "cli/console.h"

namespace codex::cli {

// A file is replaced in one step: it is wholly the old or wholly the new one, whenever the run is
// stopped. Pipes and devices are written to. False where that did not work: said on the console.
bool write_output(const std::string& path, const std::string& text, const Console& console);

}  // namespace codex::cli

#endif  // CLI_OUTPUT_FILE_H_
