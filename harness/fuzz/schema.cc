#include "harness/fuzz/schema.h"

#include <algorithm>
#include <array>
#include <utility>

namespace codex::harness::fuzz {
namespace {

std::vector<Schema::Entry> entries(const json::Value* object) {
  std::vector<Schema::Entry> all;
  if (object == nullptr || object->object() == nullptr) return all;
  for (const auto& [method, type] : *object->object()) {
    all.push_back({method, std::string(type.text())});
  }
  return all;
}

constexpr std::array<std::string_view, 8> kWords = {"",      "hi",    "two words", "/tmp/a.txt",
                                                    "done.", "a\nb", "\xc3\xa9t\xc3\xa9", "item-1"};

}  // namespace

Schema::Schema(const json::Value& file)
    : notifications_(entries(file.get("notifications"))), requests_(entries(file.get("requests"))) {
  if (const json::Value* list = file.get("server_requests"); list != nullptr && list->array()) {
    for (const json::Value& each : *list->array()) server_requests_.emplace_back(each.text());
  }
  if (const json::Value* types = file.get("types")) types_ = *types;
}

std::string Schema::response_type(std::string_view method) const {
  const auto found = std::find_if(requests_.begin(), requests_.end(),
                                  [&](const Entry& each) { return each.method == method; });
  return found == requests_.end() ? "" : found->type;
}

json::Value Schema::make(std::string_view type, Random& random, const Known& known,
                         std::size_t levels) const {
  const json::Value* schema = types_.get(type);
  return schema == nullptr ? json::Value() : of(*schema, "", random, known, levels);
}

json::Value Schema::of(const json::Value& schema, std::string_view key, Random& random,
                       const Known& known, std::size_t levels) const {
  if (const json::Value* ref = schema.get("$ref")) {
    const json::Value* type = types_.get(ref->text());
    return type == nullptr ? json::Value() : of(*type, key, random, known, levels);
  }
  if (const json::Value* all = schema.get("allOf"); all != nullptr && all->array() != nullptr) {
    return all->array()->empty() ? json::Value()
                                 : of(all->array()->front(), key, random, known, levels);
  }
  for (const char* choice : {"oneOf", "anyOf"}) {
    const json::Value* any = schema.get(choice);
    if (any == nullptr || any->array() == nullptr || any->array()->empty()) continue;
    // Where it may not go deeper: null if there is one, which stands last.
    const json::Array& list = *any->array();
    return of(levels == 0 ? list.back() : random.one_of(list), key, random, known, levels);
  }
  if (const json::Value* choices = schema.get("enum"); choices != nullptr && choices->array()) {
    return random.one_of(*choices->array());
  }
  const json::Value* type = schema.get("type");
  if (type == nullptr) {
    if (schema.get("properties") != nullptr) return object(schema, random, known, levels);
    return random.once_in(2) ? json::Value(json::Object{{"any", "value"}}) : json::Value("any");
  }
  if (const json::Array* kinds = type->array()) {
    const auto is_null = [](const json::Value& each) { return each.text() == "null"; };
    if (levels == 0 && std::any_of(kinds->begin(), kinds->end(), is_null)) return nullptr;
    return of_kind(random.one_of(*kinds).text(), schema, key, random, known, levels);
  }
  return of_kind(type->text(), schema, key, random, known, levels);
}

json::Value Schema::of_kind(std::string_view kind, const json::Value& schema, std::string_view key,
                            Random& random, const Known& known, std::size_t levels) const {
  if (kind == "object") return object(schema, random, known, levels);
  if (kind == "boolean") return random.once_in(2);
  if (kind == "integer") return static_cast<std::int64_t>(1 + random.below(random.once_in(3) ? 1u << 30U : 100));
  if (kind == "number") return static_cast<double>(random.below(1000)) / 8;
  if (kind == "array") {
    json::Array list;
    const json::Value* items = schema.get("items");
    const std::size_t size = levels == 0 || items == nullptr ? 0 : random.below(3);
    for (std::size_t i = 0; i < size; ++i) {
      list.push_back(of(*items, key, random, known, levels - 1));
    }
    return list;
  }
  if (kind != "string") return nullptr;
  std::string text = known(key);
  if (text.empty()) text = random.one_of(kWords);
  const json::Value* least = schema.get("minLength");
  if (least != nullptr && text.empty()) text = "x";
  return text;
}

json::Value Schema::object(const json::Value& schema, Random& random, const Known& known,
                           std::size_t levels) const {
  json::Object made;
  const json::Value* properties = schema.get("properties");
  const json::Value* required = schema.get("required");
  const auto is_required = [&](const std::string& key) {
    if (required == nullptr || required->array() == nullptr) return false;
    const json::Array& list = *required->array();
    return std::any_of(list.begin(), list.end(),
                       [&](const json::Value& each) { return each.text() == key; });
  };
  if (properties != nullptr && properties->object() != nullptr) {
    for (const auto& [key, each] : *properties->object()) {
      if (!is_required(key) && (levels == 0 || random.once_in(2))) continue;
      made.append(key, of(each, key, random, known, levels == 0 ? 0 : levels - 1));
    }
  }
  const json::Value* more = schema.get("additionalProperties");
  if (properties == nullptr && more != nullptr && more->is_object() && levels > 0) {
    made.append("key", of(*more, "key", random, known, levels - 1));
  }
  return made;
}

}  // namespace codex::harness::fuzz
