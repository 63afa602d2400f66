// Reads rules.json. Everything that is wrong is told with the rule's name: a rule that silently
// never applies would show up as differences that nobody understands.
#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/model/nearest.h"
#include "harness/normalize/guard.h"
#include "harness/normalize/rules.h"

namespace codex::harness {
namespace {

struct Wrong {
  std::string message = {};
  std::string hint = {};
};

std::optional<Wrong> check_keys(const json::Value& object,
                                const std::vector<std::string_view>& known) {
  if (!object.is_object()) return Wrong{"is not an object"};
  for (const auto& [key, value] : *object.object()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    return Wrong{"has an unknown key \"" + key + "\"", known_names_hint(key, known)};
  }
  return std::nullopt;
}

std::optional<Wrong> check_texts(const json::Value& object,
                                 std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    const json::Value* value = object.get(key);
    if (value != nullptr && value->is_string() && !value->text().empty()) continue;
    return Wrong{"has no text \"" + std::string(key) + "\""};
  }
  return std::nullopt;
}

std::optional<Wrong> read_path(std::string_view pointer, Path& path) {
  path = from_pointer(pointer);
  if (pointer.starts_with("/data/")) return std::nullopt;
  return Wrong{"has a path outside of /data/: " + std::string(pointer)};
}

std::optional<Wrong> read_shape(const json::Value& given, Rule& rule) {
  const std::string_view name = given.get("shape")->text();
  const std::optional<Shape> shape = find_shape(name);
  if (!shape) {
    return Wrong{"has an unknown shape \"" + std::string(name) + "\"",
                 known_names_hint(name, shape_names())};
  }
  rule.shape = *shape;
  rule.replace = given.get("replace")->text();
  // Only what has the form of a placeholder is guarded against raw text that looks like it.
  const std::string_view mark(rule.replace);
  const std::size_t bracket = masks_whole(*shape) ? 0 : mark.find('<');
  const bool is_mask = bracket != mark.npos && is_placeholder(mark.substr(bracket)) &&
                       mark.find(':') == mark.npos;
  if (!is_mask) return Wrong{"has a \"replace\" that is no <word>: " + rule.replace};
  return std::nullopt;
}

std::optional<Wrong> read_checks(const json::Value& given, Rule& rule) {
  const json::Value* checks = given.get("checks");
  if (checks == nullptr) return std::nullopt;
  if (!checks->is_array()) return Wrong{"has \"checks\" that are no list"};
  if (rule.shape != Shape::kIso8601Utc) return Wrong{"has checks, but its shape is no time"};
  for (const json::Value& name : *checks->array()) {
    const std::optional<TimeCheck> check = find_time_check(name.text());
    if (!check) {
      return Wrong{"has an unknown check " + json::dump(name),
                   known_names_hint(name.text(), time_check_names())};
    }
    rule.checks.push_back(*check);
  }
  return std::nullopt;
}

std::optional<Wrong> read_rule(const json::Value& given, Rules& rules) {
  std::optional<Wrong> wrong = check_keys(
      given, {"name", "lane", "path", "shape", "replace", "checks", "why", "source"});
  if (!wrong) {
    wrong = check_texts(given, {"name", "lane", "path", "shape", "replace", "why", "source"});
  }
  if (wrong) return wrong;
  Rule rule;
  rule.name = given.get("name")->text();
  rule.lane = given.get("lane")->text();
  wrong = read_path(given.get("path")->text(), rule.path);
  if (!wrong) wrong = read_shape(given, rule);
  if (!wrong) wrong = read_checks(given, rule);
  const bool is_known = std::any_of(rules.rules.begin(), rules.rules.end(),
                                    [&](const Rule& known) { return known.name == rule.name; });
  if (!wrong && is_known) wrong = Wrong{"is there twice"};
  rules.rules.push_back(std::move(rule));
  return wrong;
}

std::optional<Wrong> read_unordered(const json::Value& given, Rules& rules) {
  std::optional<Wrong> wrong = check_keys(given, {"name", "lane", "path", "why", "source"});
  if (!wrong) wrong = check_texts(given, {"name", "lane", "path", "why", "source"});
  if (wrong) return wrong;
  UnorderedRule rule;
  rule.name = given.get("name")->text();
  rule.lane = given.get("lane")->text();
  wrong = read_path(given.get("path")->text(), rule.path);
  if (!wrong && given.get("path")->text().find('*') != std::string_view::npos) {
    wrong = Wrong{"has a pattern for a path, and needs the path of one list"};
  }
  rules.unordered.push_back(std::move(rule));
  return wrong;
}

std::optional<Wrong> read_where(const json::Value& given, OriginRule& rule) {
  const json::Value* where = given.get("where");
  if (where == nullptr) return std::nullopt;
  if (!where->is_object()) return Wrong{"has a \"where\" that is not an object"};
  for (const auto& [pointer, expected] : *where->object()) {
    Path path;
    std::optional<Wrong> wrong = read_path(pointer, path);
    if (wrong) return wrong;
    rule.where.emplace_back(std::move(path), expected);
  }
  return std::nullopt;
}

std::optional<Wrong> read_origin(const json::Value& given, Rules& rules) {
  std::optional<Wrong> wrong = check_keys(given, {"lane", "name", "where", "origin", "why"});
  if (!wrong) wrong = check_texts(given, {"lane", "name", "origin", "why"});
  if (wrong) return wrong;
  OriginRule rule;
  rule.lane = given.get("lane")->text();
  rule.name = given.get("name")->text();
  const std::string_view origin = given.get("origin")->text();
  if (origin != "wire" && origin != "driver") {
    return Wrong{"has an origin that is neither wire nor driver: " + std::string(origin)};
  }
  rule.origin = origin == "wire" ? Origin::kWire : Origin::kDriver;
  wrong = read_where(given, rule);
  rules.origins.push_back(std::move(rule));
  return wrong;
}

// "rule 2 (span-started-at)"
std::string title(std::string_view what, std::size_t index, const json::Value& given) {
  const json::Value* name = given.get(what == "origin" ? "lane" : "name");
  std::string text = std::string(what) + " " + std::to_string(index + 1);
  return name == nullptr || !name->is_string() ? text : text + " (" + *name->string() + ")";
}

using Read = std::optional<Wrong> (*)(const json::Value& given, Rules& rules);

std::optional<Wrong> read_list(const json::Value& document, const char* key, const char* what,
                               Read read, Rules& rules) {
  const json::Value* list = document.get(key);
  if (list == nullptr || !list->is_array()) {
    return Wrong{"there is no list \"" + std::string(key) + "\""};
  }
  for (std::size_t i = 0; i < list->array()->size(); ++i) {
    const json::Value& given = (*list->array())[i];
    const std::optional<Wrong> wrong = read(given, rules);
    if (wrong) return Wrong{title(what, i, given) + " " + wrong->message, wrong->hint};
  }
  return std::nullopt;
}

}  // namespace

Result<Rules> parse_rules(std::string_view bytes, const std::string& file) {
  const json::ParseResult parsed = json::parse(bytes);
  if (!parsed) {
    return Error{.message = "not JSON: " + parsed.error().text(),
                 .file = file,
                 .line = parsed.error().line};
  }
  const json::Value& document = parsed.value();
  Rules rules;
  std::optional<Wrong> wrong = check_keys(document, {"version", "rules", "unordered", "origins"});
  if (!wrong) wrong = check_texts(document, {"version"});
  if (wrong) wrong->message = "the document " + wrong->message;
  if (!wrong) wrong = read_list(document, "rules", "rule", read_rule, rules);
  if (!wrong && document.get("unordered") != nullptr) {
    wrong = read_list(document, "unordered", "unordered", read_unordered, rules);
  }
  if (!wrong) wrong = read_list(document, "origins", "origin", read_origin, rules);
  if (wrong) return Error{.message = wrong->message, .file = file, .hint = wrong->hint};
  rules.version = document.get("version")->text();
  return rules;
}

}  // namespace codex::harness
