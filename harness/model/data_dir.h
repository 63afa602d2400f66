// Where the files are that the programs read at run time: defaults, rules, registries, tapes.
#ifndef HARNESS_MODEL_DATA_DIR_H_
#define HARNESS_MODEL_DATA_DIR_H_

#include <string>
#include <string_view>

namespace codex::harness {

// The root of a tree that is laid out like the repository, first of: $CODEX_TELEMETRY_DATA_DIR,
// ../share/codex-telemetry-diff beside the running program's folder where that exists (an
// installation), the sources that the program was built from.
std::string data_dir();

// data_file("harness/data/driver_defaults.json")
std::string data_file(std::string_view relative);

}  // namespace codex::harness

#endif  // HARNESS_MODEL_DATA_DIR_H_
