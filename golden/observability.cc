#include "golden/observability.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>

#include "golden/json_text.h"
#include "harness/normalize/pattern.h"

namespace codex::golden {
namespace {

using harness::Error;
using harness::Result;
using json::Object;
using json::Value;

bool any_matches(const std::vector<std::string>& globs, std::string_view text) {
  return std::any_of(globs.begin(), globs.end(),
                     [&](const std::string& glob) { return harness::matches_glob(glob, text); });
}

Error bad(const std::string& what, const Value& where) {
  return {.message = what + ": " + shown(where).substr(0, 160)};
}

// The first key of `object` that is not one of `known`, as an error.
std::optional<Error> unknown_key(const Value& object,
                                 std::initializer_list<std::string_view> known) {
  for (const auto& [key, value] : *object.object()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      return bad("unknown key \"" + key + "\"", object);
    }
  }
  return std::nullopt;
}

Result<std::vector<std::string>> strings(const Value* list, const Value& where) {
  std::vector<std::string> result;
  if (list == nullptr || !list->is_array()) return bad("a list of strings is missing", where);
  for (const Value& element : *list->array()) {
    if (!element.is_string()) return bad("not a string in a list of strings", where);
    result.push_back(*element.string());
  }
  return result;
}

// A JSON pointer, where "*" is any one segment.
Result<std::vector<std::string>> segments(const Value& where) {
  const Value* at = where.get("at");
  if (at == nullptr || !at->text().starts_with("/data")) {
    return bad("\"at\" must be a path from \"/data\"", where);
  }
  std::vector<std::string> result;
  std::string_view rest = at->text();
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    result.emplace_back(rest.substr(0, slash));
    rest.remove_prefix(slash);
  }
  return result;
}

Result<FieldRule> field_rule(const Value& value) {
  if (!value.is_object()) return bad("an entry of \"fields\" is an object", value);
  if (auto error =
          unknown_key(value, {"channel", "name", "at", "when", "only", "drop", "source", "note"})) {
    return *error;
  }
  FieldRule rule;
  const Value* channel = value.get("channel");
  const Value* name = value.get("name");
  const Value* source = value.get("source");
  if (channel == nullptr || channel->text().empty()) return bad("\"channel\" is missing", value);
  if (name == nullptr || name->text().empty()) return bad("\"name\" is missing", value);
  // What a client drops is a claim about its code, so it says where that code is.
  if (source == nullptr || source->text().empty()) return bad("\"source\" is missing", value);
  rule.channel = channel->text();
  rule.name = name->text();
  Result<std::vector<std::string>> at = segments(value);
  if (!at) return at.error();
  rule.at = std::move(at.value());
  if (const Value* when = value.get("when"); when != nullptr) {
    if (!when->is_object()) return bad("\"when\" is an object", value);
    rule.when.assign(when->object()->begin(), when->object()->end());
  }
  const Value* only = value.get("only");
  const Value* drop = value.get("drop");
  if ((only == nullptr) == (drop == nullptr)) return bad("either \"only\" or \"drop\"", value);
  rule.mode = only != nullptr ? FieldRule::Mode::kOnly : FieldRule::Mode::kDrop;
  Result<std::vector<std::string>> keys = strings(only != nullptr ? only : drop, value);
  if (!keys) return keys.error();
  rule.keys = std::move(keys.value());
  return rule;
}

}  // namespace

bool Observability::declares_lane(std::string_view lane) const {
  return any_matches(lanes_, lane);
}

bool Observability::shows(std::string_view channel, std::string_view name) const {
  const auto names = names_.find(channel);
  return names == names_.end() || any_matches(names->second, name);
}

std::vector<const FieldRule*> Observability::fields(std::string_view channel,
                                                    std::string_view name) const {
  std::vector<const FieldRule*> found;
  for (const FieldRule& rule : fields_) {
    if (rule.channel == channel && harness::matches_glob(rule.name, name)) found.push_back(&rule);
  }
  return found;
}

Result<Observability> Observability::from_json(const Value& subject) {
  if (!subject.is_object()) return bad("a subject is an object", subject);
  if (auto error = unknown_key(subject, {"about", "lanes", "observations", "fields"})) {
    return *error;
  }
  Observability result;
  Result<std::vector<std::string>> lanes = strings(subject.get("lanes"), subject);
  if (!lanes) return lanes.error();
  result.lanes_ = std::move(lanes.value());
  if (const Value* list = subject.get("observations"); list != nullptr) {
    if (!list->is_array()) return bad("\"observations\" is a list", *list);
    for (const Value& entry : *list->array()) {
      if (!entry.is_object()) return bad("an entry of \"observations\" is an object", entry);
      if (auto error = unknown_key(entry, {"channel", "only", "source", "note"})) return *error;
      const Value* channel = entry.get("channel");
      if (channel == nullptr || channel->text().empty()) return bad("no \"channel\"", entry);
      if (entry.get("source") == nullptr) return bad("\"source\" is missing", entry);
      Result<std::vector<std::string>> only = strings(entry.get("only"), entry);
      if (!only) return only.error();
      result.names_[std::string(channel->text())] = std::move(only.value());
    }
  }
  if (const Value* list = subject.get("fields"); list != nullptr) {
    if (!list->is_array()) return bad("\"fields\" is a list", *list);
    for (const Value& entry : *list->array()) {
      Result<FieldRule> rule = field_rule(entry);
      if (!rule) return rule.error();
      result.fields_.push_back(std::move(rule.value()));
    }
  }
  return result;
}

Result<Subjects> load_subjects(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{.message = "cannot be read", .file = path};
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return parse_subjects(text, path);
}

Result<Subjects> parse_subjects(std::string_view text, const std::string& file) {
  const json::ParseResult parsed = json::parse(text);
  if (!parsed) {
    return Error{.message = parsed.error().text(), .file = file, .line = parsed.error().line};
  }
  const Value* list = parsed.value().get("subjects");
  if (list == nullptr || !list->is_object()) {
    return Error{.message = "\"subjects\" is missing or no object", .file = file};
  }
  Subjects subjects;
  for (const auto& [name, value] : *list->object()) {
    Result<Observability> subject = Observability::from_json(value);
    if (!subject) {
      return Error{.message = "subject \"" + name + "\": " + subject.error().message, .file = file};
    }
    subjects.emplace(name, std::move(subject.value()));
  }
  return subjects;
}

std::vector<const FieldRule*> applicable(std::span<const FieldRule* const> fields,
                                         std::span<const std::string> path, const Object* actual,
                                         const Object* reference) {
  const auto is_here = [&](const FieldRule& rule) {
    return std::equal(rule.at.begin(), rule.at.end(), path.begin(), path.end(),
                      [](const std::string& pattern, const std::string& segment) {
                        return pattern == "*" || pattern == segment;
                      });
  };
  const auto holds = [](const FieldRule& rule, const Object* object) {
    if (object == nullptr) return true;
    return std::all_of(rule.when.begin(), rule.when.end(), [&](const auto& member) {
      const Value* value = object->find(member.first);
      return value != nullptr && *value == member.second;
    });
  };
  std::vector<const FieldRule*> found;
  for (const FieldRule* rule : fields) {
    if (is_here(*rule) && holds(*rule, actual) && holds(*rule, reference)) found.push_back(rule);
  }
  return found;
}

bool hides(std::span<const FieldRule* const> applicable, std::string_view key) {
  const auto lists = [&](const FieldRule* rule) {
    return std::find(rule->keys.begin(), rule->keys.end(), key) != rule->keys.end();
  };
  bool has_only = false;
  bool shown_by_one = false;
  for (const FieldRule* rule : applicable) {
    if (rule->mode == FieldRule::Mode::kDrop) {
      if (lists(rule)) return true;
    } else {
      has_only = true;
      shown_by_one = shown_by_one || lists(rule);
    }
  }
  return has_only && !shown_by_one;
}

}  // namespace codex::golden
