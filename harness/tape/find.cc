#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "harness/tape/tape.h"

namespace codex::harness {
namespace {

namespace fs = std::filesystem;

bool is_hidden(const fs::path& path) {
  return path.filename().string().starts_with('.');
}

Error failure(const std::string& path, const std::error_code& error) {
  return {.message = "cannot be read: " + error.message(), .file = path};
}

// The *.jsonl under `folder`, hidden files and folders left out, in no order.
Result<std::vector<std::string>> search(const std::string& folder) {
  std::vector<std::string> found;
  std::error_code error;
  fs::recursive_directory_iterator at(folder, error);
  if (error) return failure(folder, error);
  for (; at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (error) return failure(folder, error);
    std::error_code ignored;
    if (is_hidden(at->path())) {
      if (at->is_directory(ignored)) at.disable_recursion_pending();
    } else if (at->path().extension() == ".jsonl" && at->is_regular_file(ignored)) {
      found.push_back(at->path().string());
    }
  }
  if (error) return failure(folder, error);
  return found;
}

std::string identity(const std::string& path) {
  std::error_code error;
  const fs::path canonical = fs::canonical(path, error);
  return error ? path : canonical.string();
}

}  // namespace

std::string session_name(const std::string& path, const std::string& root) {
  fs::path relative = fs::path(path).lexically_normal();
  const fs::path base = root.empty() ? relative.parent_path() : fs::path(root).lexically_normal();
  if (!base.empty()) {
    const fs::path below = relative.lexically_relative(base);
    // A file that is not under the root goes by its own name.
    const bool is_below = !below.empty() && *below.begin() != "..";
    relative = is_below ? below : relative.filename();
  }
  std::string name = relative.generic_string();
  for (const std::string_view suffix : {".tape.jsonl", ".exec.jsonl", ".jsonl"}) {
    if (name.size() > suffix.size() && name.ends_with(suffix)) {
      name.resize(name.size() - suffix.size());
      break;
    }
  }
  return name;
}

Result<std::vector<TapeFile>> find_tapes(const std::vector<std::string>& paths) {
  std::map<std::string, TapeFile> by_name;
  std::set<std::string> seen;  // a file that is named twice, once by its folder say, is one tape
  for (const std::string& path : paths) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) {
      return Error{.message = "there is no such file or folder", .file = path};
    }
    std::vector<std::string> files = {path};
    const bool is_folder = fs::is_directory(status);
    if (is_folder) {
      Result<std::vector<std::string>> found = search(path);
      if (!found) return found.error();
      if (found->empty()) {
        return Error{.message = "no tapes in this folder",
                     .file = path,
                     .hint = "tapes are *.tape.jsonl, *.exec.jsonl or *.jsonl"};
      }
      files = std::move(found.value());
      std::sort(files.begin(), files.end());
    }
    const std::string root = is_folder ? path : fs::path(path).parent_path().string();
    for (const std::string& file : files) {
      if (!seen.insert(identity(file)).second) continue;
      const std::string name = session_name(file, root);
      const auto [place, is_new] = by_name.try_emplace(name, TapeFile{file, root});
      if (!is_new) {
        return Error{.message = "two tapes have the session name \"" + name +
                                "\": " + place->second.path + " and " + file,
                     .hint = "rename one, or give a folder that holds both"};
      }
    }
  }
  if (by_name.empty()) return Error{.message = "no tapes were given"};
  std::vector<TapeFile> tapes;
  for (auto& [name, tape] : by_name)
    tapes.push_back(std::move(tape));
  return tapes;
}

}  // namespace codex::harness
