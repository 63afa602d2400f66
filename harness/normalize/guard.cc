#include "harness/normalize/guard.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "harness/normalize/walk.h"

namespace codex::harness {
namespace {

constexpr std::array<std::string_view, 8> kIdentities = {
    "thread:", "turn:", "item:", "request:", "client-request:", "trace:", "span:", "group:"};

bool is_word(char c) { return (c >= 'a' && c <= 'z') || c == '-'; }
bool is_number(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == ' '; }

// `rest` begins after the "<".
bool begins_identity(std::string_view rest) {
  for (const std::string_view kind : kIdentities) {
    if (!rest.starts_with(kind)) continue;
    const std::string_view number = rest.substr(kind.size());
    const std::size_t end = number.find('>');
    return end != std::string_view::npos && end > 0 &&
           std::all_of(number.begin(), number.begin() + static_cast<std::ptrdiff_t>(end),
                       is_number);
  }
  return false;
}

// Does a mark of `marks` stand at such a place that its "<" is at `at`?
bool is_in_mark(std::string_view text, std::size_t at, const std::vector<std::string>& marks) {
  return std::any_of(marks.begin(), marks.end(), [&](const std::string& mark) {
    const std::size_t before = mark.find('<');
    if (before == std::string::npos) return false;
    // Backslashes that were written there before stand between what comes before and the "<".
    std::size_t start = at;
    while (start > 0 && text[start - 1] == '\\') --start;
    return start >= before && text.substr(start - before, before) == mark.substr(0, before) &&
           text.substr(at).starts_with(std::string_view(mark).substr(before));
  });
}

}  // namespace

bool is_placeholder(std::string_view text) {
  if (text.size() < 3 || text.front() != '<' || text.back() != '>') return false;
  text = text.substr(1, text.size() - 2);
  const std::size_t colon = text.find(':');
  const std::string_view word = text.substr(0, colon);
  if (word.empty() || !std::all_of(word.begin(), word.end(), is_word)) return false;
  if (colon == std::string_view::npos) return true;
  const std::string_view number = text.substr(colon + 1);
  return !number.empty() && std::all_of(number.begin(), number.end(), is_number);
}

bool guard(std::string& text, const std::vector<std::string>& marks) {
  std::size_t at = text.find('<');
  if (at == std::string::npos) return false;
  if (text.find_first_not_of('\\') == at && is_placeholder(std::string_view(text).substr(at))) {
    text.insert(0, 1, '\\');
    return true;
  }
  bool guarded = false;
  for (; at != std::string::npos; at = text.find('<', at + 1)) {
    if (!begins_identity(std::string_view(text).substr(at + 1)) && !is_in_mark(text, at, marks)) {
      continue;
    }
    text.insert(at++, 1, '\\');
    guarded = true;
  }
  return guarded;
}

void guard(json::Value& value, const std::vector<std::string>& marks) {
  walk_strings(value, Place{},
               [&](std::string& text, const Place&, bool) { guard(text, marks); });
}

}  // namespace codex::harness
