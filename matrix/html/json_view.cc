#include "matrix/html/json_view.h"

#include <utility>
#include <vector>

#include "golden/json_pointer.h"
#include "golden/json_text.h"
#include "matrix/html/markup.h"

namespace codex::matrix::html {
namespace {

using json::Array;
using json::Object;
using json::Value;

constexpr std::size_t kLongestMarked = 2000;
constexpr std::size_t kLongestEqual = 100;
// Of equal members in a row so many are shown, where more than one would be folded.
constexpr std::size_t kEqualInARow = 3;

struct Line {
  std::size_t depth = 0;
  std::string html;
  bool marked = false;
};

struct Member {
  std::string key;  // of an object, as JSON; empty in an array
  std::string pointer;
  const Value* value;
};

std::vector<Member> members(const Value& value, const std::string& at) {
  std::vector<Member> result;
  if (const Object* object = value.object()) {
    for (const auto& [key, member] : *object) {
      result.push_back(
          {golden::shown(Value(key)) + ": ", at + "/" + golden::pointer_segment(key), &member});
    }
  } else if (const Array* array = value.array()) {
    for (std::size_t i = 0; i < array->size(); ++i)
      result.push_back({"", at + "/" + std::to_string(i), &(*array)[i]});
  }
  return result;
}

class View {
 public:
  explicit View(const std::set<std::string>& marks) : marks_(marks) {}

  void add(const Value& value, const std::string& at, const std::string& key, std::size_t depth,
           const char* end) {
    const bool marked = marks_.contains(at);
    if (marked || !is_above_mark(at)) {
      lines.push_back(
          {depth,
           escaped(key) +
               escaped_prefix(golden::shown(value), marked ? kLongestMarked : kLongestEqual) + end,
           marked});
      return;
    }
    const char* brackets = value.is_array() ? "[]" : "{}";
    lines.push_back({depth, escaped(key) + brackets[0], false});
    const std::vector<Member> all = members(value, at);
    for (std::size_t i = 0; i < all.size();) {
      i = fold(all, i, depth + 1);
      if (i == all.size()) break;
      add(*all[i].value, all[i].pointer, all[i].key, depth + 1, i + 1 < all.size() ? "," : "");
      ++i;
    }
    lines.push_back({depth, std::string(1, brackets[1]) + end, false});
  }

  std::vector<Line> lines;

 private:
  bool is_above_mark(const std::string& at) const {
    const auto next = marks_.lower_bound(at + "/");
    return next != marks_.end() && next->starts_with(at + "/");
  }

  // Shows the equal members from `begin` on; gives the first that isn't one.
  std::size_t fold(const std::vector<Member>& all, std::size_t begin, std::size_t depth) {
    std::size_t end = begin;
    while (end < all.size() && !marks_.contains(all[end].pointer) &&
           !is_above_mark(all[end].pointer)) {
      ++end;
    }
    const std::size_t shown = end - begin <= kEqualInARow + 1 ? end - begin : kEqualInARow;
    for (std::size_t i = begin; i < begin + shown; ++i)
      add(*all[i].value, all[i].pointer, all[i].key, depth, i + 1 < all.size() ? "," : "");
    if (begin + shown < end) {
      lines.push_back({depth, "<i>… " + count(end - begin - shown) + " more, equal</i>", false});
    }
    return end;
  }

  const std::set<std::string>& marks_;
};

// All members of every object and array, down to `depth`.
void expand(const Value& value, const std::string& key, std::size_t at, std::size_t depth,
            const char* end, std::vector<Line>& lines) {
  const std::vector<Member> all = members(value, "");
  if (all.empty() || at == depth) {
    lines.push_back(
        {at, escaped(key) + escaped_prefix(golden::shown(value), kLongestMarked) + end, true});
    return;
  }
  const char* brackets = value.is_array() ? "[]" : "{}";
  lines.push_back({at, escaped(key) + brackets[0], true});
  for (std::size_t i = 0; i < all.size(); ++i)
    expand(*all[i].value, all[i].key, at + 1, depth, i + 1 < all.size() ? "," : "", lines);
  lines.push_back({at, std::string(1, brackets[1]) + end, true});
}

std::string text(const std::vector<Line>& lines, char sign, std::size_t most_lines) {
  std::string html;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i == most_lines) {
      html += "  <i>… " + count(lines.size() - i) + " more lines</i>\n";
      break;
    }
    const std::string line =
        (lines[i].marked ? sign : ' ') + std::string(1 + 2 * lines[i].depth, ' ') + lines[i].html;
    html += lines[i].marked ? "<mark>" + line + "</mark>\n" : line + "\n";
  }
  return html;
}

}  // namespace

std::string json_view(const Value& value, const std::set<std::string>& marks, char sign) {
  View view(marks);
  view.add(value, "", "", 0, "");
  return text(view.lines, sign, view.lines.size());
}

std::string json_view_alone(const Value& value, char sign, std::size_t most_lines) {
  std::vector<Line> lines;
  for (const std::size_t depth : {4U, 3U, 2U, 1U}) {
    lines.clear();
    expand(value, "", 0, depth, "", lines);
    if (lines.size() <= most_lines) break;
  }
  return text(lines, sign, most_lines);
}

}  // namespace codex::matrix::html
