#include "harness/model/data_dir.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace codex::harness {

std::string data_dir() {
  if (const char* set = std::getenv("CODEX_TELEMETRY_DATA_DIR"); set != nullptr && *set != '\0') {
    return set;
  }
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) {
    const std::filesystem::path installed =
        program.parent_path().parent_path() / "share" / "codex-telemetry-diff";
    if (std::filesystem::is_directory(installed, error)) return installed.string();
  }
  return CTD_SOURCE_DIR;
}

std::string data_file(std::string_view relative) {
  return data_dir() + "/" + std::string(relative);
}

}  // namespace codex::harness
