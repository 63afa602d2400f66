#include "matrix/difference_text.h"

#include "matrix/printable.h"

namespace codex::matrix {

DifferenceText describe(const golden::JudgedDifference& judged, std::size_t longest_value) {
  const golden::Difference& found = judged.difference;
  const auto value = [&](const std::optional<json::Value>& side) {
    return side ? printable_value(*side, longest_value) : std::string("nothing");
  };
  DifferenceText text;
  text.place = printable(found.name);
  if (!found.path.empty()) text.place += " " + printable(found.path);
  if (found.path.empty()) text.place += found.expected ? " (is missing)" : " (is extra)";
  if (found.key_order) text.place += " (order of keys)";
  text.kind = judged.known ? "known (" + printable(*judged.known) + ")"
                           : std::string(golden::verdict_name(judged.kind));
  text.kind += ": " + printable(judged.subject) + " against " + printable(judged.against);
  text.expected = value(found.expected);
  text.actual = value(found.actual);
  return text;
}

std::string counted(std::size_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

}  // namespace codex::matrix
