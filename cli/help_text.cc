#include "cli/help_text.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace codex::cli {
namespace {

constexpr std::size_t kColumn = 30;    // where CLI11 starts its descriptions
constexpr std::size_t kNarrow = 64;    // below it a column has no room
constexpr std::size_t kIndent = 6;     // of descriptions then

void wrap(std::string_view text, std::size_t indent, std::size_t width, std::size_t used,
          std::string& out) {
  bool first = true;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), end + 1));
    if (word.empty()) continue;
    if (!first && used + 1 + word.size() > width) {
      out += "\n" + std::string(indent, ' ');
      used = indent;
      first = true;
    }
    if (!first) out += ' ';
    out += word;
    used += word.size() + (first ? 0 : 1);
    first = false;
  }
}

bool is_example(std::string_view line) {
  return line.starts_with("Example: ") || line.starts_with("         codex");
}

}  // namespace

std::string fitted_help(const std::string& help, std::size_t width) {
  if (width == 0) return help;
  std::string out;
  for (std::string_view rest = help; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string line(rest.substr(0, end));
    rest.remove_prefix(std::min(rest.size(), end + 1));
    // A sentence that goes on in the next line.
    while (!is_example(line) && line.size() > width && line[0] != ' ' && !rest.empty() &&
           std::islower(static_cast<unsigned char>(rest[0])) != 0) {
      const std::size_t more = std::min(rest.find('\n'), rest.size());
      line += " " + std::string(rest.substr(0, more));
      rest.remove_prefix(std::min(rest.size(), more + 1));
    }
    const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    // "  --name VALUE        What it does", or what it does in its own line.
    const std::size_t gap = line.find("  ", indent);
    const bool has_column = indent == 2 && gap != std::string_view::npos;
    const bool is_column = indent == kColumn;
    const std::size_t column = width < kNarrow ? kIndent : kColumn;
    if (is_example(line) || (line.size() <= width && !(is_column && column != kColumn))) {
      out += line;
    } else if (is_column) {
      out += std::string(column, ' ');
      wrap(std::string_view(line).substr(indent), column, width, column, out);
    } else if (has_column && column == kColumn) {
      const std::size_t start = line.find_first_not_of(' ', gap);
      out += line.substr(0, start);
      wrap(std::string_view(line).substr(start), column, width, start, out);
    } else if (has_column) {
      out += line.substr(0, gap) + "\n" + std::string(column, ' ');
      wrap(std::string_view(line).substr(line.find_first_not_of(' ', gap)), column, width, column, out);
    } else {
      out += std::string(indent, ' ');
      wrap(std::string_view(line).substr(indent), indent == 2 ? kIndent : indent, width, indent, out);
    }
    out += '\n';
  }
  return out;
}

}  // namespace codex::cli
