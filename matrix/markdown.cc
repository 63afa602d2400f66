#include "matrix/markdown.h"

#include <algorithm>

#include "matrix/printable.h"

namespace codex::matrix {
namespace {

// For the words about what was left out.
constexpr std::size_t kReserve = 400;

std::string span(const std::string& text) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  const char* space = longest > 0 || text.empty() ? " " : "";
  return fence + space + text + space + fence;
}

}  // namespace

std::string code(std::string_view text, std::size_t longest) {
  return span(shortened(printable(text), longest));
}

std::string cell(std::string_view text, std::size_t longest) {
  std::string escaped;
  for (const char c : shortened(printable(text), longest))
    escaped += c == '|' ? std::string("\\|") : std::string(1, c);
  return span(escaped);
}

void Page::leave_out(const std::string& thing) {
  if (!thing.empty()) ++left_out_[thing];
}

void Page::add(const std::string& text, const std::string& thing) {
  if (!full_ && text_.size() + text.size() > longest_) {
    full_ = true;
    text_.resize(safe_);
    for (const std::string& each : after_safe_)
      leave_out(each);
  }
  if (full_) {
    leave_out(thing);
    return;
  }
  text_ += text;
  if (text_.size() + kReserve <= longest_) {
    safe_ = text_.size();
  } else {
    after_safe_.push_back(thing);
  }
}

void Page::rows(const std::string& header, const std::vector<std::string>& lines,
                const std::string& thing, std::size_t most) {
  const std::size_t shown = most == 0 ? lines.size() : std::min(most, lines.size());
  for (std::size_t i = 0; i < shown; ++i)
    add(i == 0 ? header + lines[i] : lines[i], thing);
  if (shown < lines.size())
    add("\nAnd " + std::to_string(lines.size() - shown) + " more " + thing + ".\n");
}

std::string Page::take() {
  if (full_) {
    std::string words;
    for (const auto& [thing, count] : left_out_)
      words += (words.empty() ? "" : ", ") + std::to_string(count) + " " + thing;
    text_ += "\n**Cut here, for its length.** Left out: " +
             (words.empty() ? std::string("the rest") : words) + ". report.json has everything.\n";
  }
  return std::move(text_);
}

}  // namespace codex::matrix
