#include <fstream>
#include <iterator>

#include "harness/normalize/pattern.h"
#include "matrix/parity_matrix.h"

namespace codex::matrix {
namespace {

using harness::Error;
using harness::Result;
using json::Value;

}  // namespace

Result<Areas> Areas::load(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{.message = "cannot be read", .file = path};
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return parse(text, path);
}

Result<Areas> Areas::parse(std::string_view text, const std::string& file) {
  const json::ParseResult parsed = json::parse(text);
  if (!parsed) {
    return Error{.message = parsed.error().text(), .file = file, .line = parsed.error().line};
  }
  const auto bad = [&](const std::string& what) { return Error{.message = what, .file = file}; };
  const Value* list = parsed.value().get("areas");
  if (list == nullptr || !list->is_array()) return bad("\"areas\" is missing or no list");
  Areas areas;
  for (const Value& each : *list->array()) {
    const Value* name = each.get("area");
    const Value* features = each.get("features");
    if (name == nullptr || name->text().empty()) return bad("an area has no name, \"area\"");
    if (features == nullptr || !features->is_array()) {
      return bad("the area \"" + *name->string() + "\" has no list \"features\"");
    }
    areas.names_.push_back(*name->string());
    for (const Value& glob : *features->array()) {
      if (!glob.is_string()) return bad("the area \"" + *name->string() + "\" lists no text");
      areas.rules_.emplace_back(*glob.string(), *name->string());
    }
  }
  return areas;
}

std::optional<std::string> Areas::area_of(std::string_view feature) const {
  for (const auto& [glob, area] : rules_) {
    if (harness::matches_glob(glob, feature)) return area;
  }
  return std::nullopt;
}

}  // namespace codex::matrix
