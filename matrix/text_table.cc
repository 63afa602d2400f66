#include "matrix/text_table.h"

#include <algorithm>

#include "codex/telemetry/json.h"

namespace codex::matrix {
namespace {

constexpr std::size_t kGap = 2;

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t length = json::length(text);
  return text + std::string(width > length ? width - length : 0, ' ');
}

}  // namespace

std::string text_table(const std::vector<std::vector<std::string>>& rows, std::size_t width) {
  std::vector<std::size_t> widths;
  for (const std::vector<std::string>& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], json::length(row[i]));
  }
  if (widths.empty()) return "";
  const std::size_t longest = width == 0 ? widths[0] : std::max(width / 2, kGap);
  if (widths[0] > longest) {
    widths[0] = 0;
    for (const std::vector<std::string>& row : rows) {
      const std::size_t length = row.empty() ? 0 : json::length(row[0]);
      if (length <= longest) widths[0] = std::max(widths[0], length);
    }
  }
  std::string text;
  for (std::size_t first = 1; first < widths.size() || first == 1;) {
    std::size_t end = first;
    for (std::size_t used = widths[0]; end < widths.size(); ++end) {
      used += kGap + widths[end];
      if (width != 0 && used > width && end > first) break;
    }
    if (first > 1) text += "\n";
    for (const std::vector<std::string>& row : rows) {
      std::string line = padded(row.empty() ? "" : row[0], widths[0] + kGap);
      if (!row.empty() && json::length(row[0]) > widths[0]) {
        line = row[0] + "\n" + std::string(widths[0] + kGap, ' ');
      }
      for (std::size_t i = first; i < std::min(end, row.size()); ++i) {
        line += padded(row[i], widths[i] + kGap);
      }
      text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
    if (end == first) break;  // one column alone
    first = end;
  }
  return text;
}

}  // namespace codex::matrix
