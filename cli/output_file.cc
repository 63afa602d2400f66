#include "cli/output_file.h"

#include <filesystem>
#include <fstream>
#include <system_error>

#include "cli/night_files.h"
#include "golden/files.h"

namespace codex::cli {
namespace {

namespace fs = std::filesystem;

// /dev/stdout may be a file, but one that others write to at the same time.
bool is_replaceable(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  return (!fs::exists(status) || fs::is_regular_file(status)) && !path.string().starts_with("/dev/") &&
         !path.string().starts_with("/proc/");
}

// The file itself, where it is named by a link.
std::string itself(const std::string& path) {
  std::error_code error;
  if (!fs::is_symlink(path, error)) return path;
  const fs::path target = fs::weakly_canonical(path, error);
  return error ? path : target.string();
}

}  // namespace

bool write_output(const std::string& path, const std::string& text, const Console& console) {
  std::string why;
  if (is_replaceable(path)) {
    const golden::Status status = replace_file(golden::disk(), itself(path), text);
    if (!status) return true;
    why = " (" + status->message + ")";
  } else {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << text << std::flush;
    if (out) return true;
  }
  console.error("cannot write " + path + why + ": choose another file with -o");
  return false;
}

}  // namespace codex::cli
