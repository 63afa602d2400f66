#include "harness/normalize/pattern.h"

#include <cstddef>

namespace codex::harness {
namespace {

// Where one star can take what another could, the latest is enough: so no pattern is slow.
template <typename Pattern, typename Text, typename IsStar, typename Equal>
bool matches(const Pattern& pattern, const Text& text, IsStar is_star, Equal equal) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = pattern.size();
  std::size_t taken = 0;
  while (t < text.size()) {
    if (p < pattern.size() && is_star(pattern[p])) {
      star = p++;
      taken = t;
    } else if (p < pattern.size() && equal(pattern[p], text[t])) {
      ++p;
      ++t;
    } else if (star < pattern.size()) {
      p = star + 1;
      t = ++taken;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && is_star(pattern[p])) ++p;
  return p == pattern.size();
}

}  // namespace

bool matches_glob(std::string_view glob, std::string_view text) {
  return matches(
      glob, text, [](char c) { return c == '*'; }, [](char a, char b) { return a == b; });
}

bool matches_path(const Path& pattern, const Path& path) {
  return matches(
      pattern, path, [](const std::string& segment) { return segment == "**"; },
      [](const std::string& a, const std::string& b) { return a == "*" || a == b; });
}

}  // namespace codex::harness
