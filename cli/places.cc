#include "cli/places.h"

#include <filesystem>
#include <system_error>

namespace codex::cli {
namespace fs = std::filesystem;

namespace {

fs::path self() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error);
}

// Empty where neither `folder` nor one above it has `path`.
std::string upwards(fs::path folder, const fs::path& path) {
  std::error_code error;
  for (; !folder.empty(); folder = folder.parent_path()) {
    if (fs::exists(folder / path, error)) return (folder / path).string();
    if (folder == folder.parent_path()) break;
  }
  return "";
}

// From where the user is, else from where the program is: it finds its own project's files.
std::string find(const fs::path& path) {
  std::error_code error;
  const std::string here = upwards(fs::current_path(error), path);
  return here.empty() ? upwards(self().parent_path(), path) : here;
}

}  // namespace

std::string program(const std::string& name) { return (self().parent_path() / name).string(); }

std::string nearest_venv() { return find(".venv"); }

std::string project_folder() {
  std::error_code error;
  const fs::path goldens = upwards(fs::current_path(error), kDefaultGoldens);
  return goldens.parent_path().parent_path().string();
}

std::string nearest(const std::string& path) {
  std::error_code error;
  if (fs::exists(path, error)) return path;
  const std::string found = find(path);
  return found.empty() ? path : found;
}

std::string accepted_matrix() {
  return (fs::path(nearest(kKnownDifferences)).parent_path() / "accepted.json").string();
}

}  // namespace codex::cli
