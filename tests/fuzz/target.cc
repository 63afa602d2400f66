#include "tests/fuzz/target.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace codex::fuzz {

void check(bool holds, std::string_view sentence) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %.*s\n", static_cast<int>(sentence.size()), sentence.data());
  std::abort();
}

std::vector<std::string> files_of_tree(std::string_view folder, std::string_view ending,
                                       std::size_t longest) {
  namespace fs = std::filesystem;
  std::vector<fs::path> paths;
  for (const auto& entry :
       fs::recursive_directory_iterator(fs::path(CTD_SOURCE_DIR) / std::string(folder))) {
    if (entry.is_regular_file() && entry.path().string().ends_with(ending))
      paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> texts;
  for (const fs::path& path : paths) {
    std::ifstream file(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (text.size() > longest) {
      text.resize(longest);
      text.resize(text.rfind('\n') + 1);  // npos + 1: nothing
    }
    if (!text.empty()) texts.push_back(std::move(text));
  }
  return texts;
}

Cuts::Cuts(std::string_view input) {
  for (const char byte : input)
    state_ = (state_ ^ static_cast<unsigned char>(byte)) * 1099511628211U;
}

std::size_t Cuts::next(std::size_t most) {
  state_ = (state_ ^ (state_ >> 29)) * 6364136223846793005U + 1442695040888963407U;
  return static_cast<std::size_t>(state_ >> 33) % most + 1;
}

}  // namespace codex::fuzz
