// Where things are when nobody says so.
#ifndef CLI_PLACES_H_
#define CLI_PLACES_H_

#include <string>

namespace codex::cli {

inline constexpr const char* kDefaultTapes = "harness/sessions";
inline constexpr const char* kDefaultGoldens = "golden/transcripts";
inline constexpr const char* kKnownDifferences = "matrix/known_differences.jsonl";

// A program of ours, beside this one. The path, whether it exists or not.
std::string program(const std::string& name);
// The nearest `.venv` from the working folder upwards, else from this program's folder upwards;
// empty where there is none.
std::string nearest_venv();
// The nearest folder from the working one upwards that has goldens; empty where there is none.
std::string project_folder();
// `path` where the working folder has it, else where `.venv` would be looked for; else as it is.
std::string nearest(const std::string& path);
// The accepted matrix, beside the nearest known differences: never another project's. It may not
// be there yet.
std::string accepted_matrix();

}  // namespace codex::cli

#endif  // CLI_PLACES_H_
