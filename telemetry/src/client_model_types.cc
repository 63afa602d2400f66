// From JSON Schema to the types that the client's models have. Rules, each found by comparing the
// two and proven by tests/telemetry/codex_vectors:
//   * datamodel-code-generator: a property that is not required may also be null. Formats and
//     defaults say nothing of what is accepted. `minimum` is Field(ge=…), `additionalProperties` the model's `extra`, or
//     a dict[str, T] where there are no properties; a dict[str, Any] where null may stand for it.
//     A string beside a set of strings makes the set an open Enum. A definition that is no object
//     and no set of strings is a RootModel. What stands beside a oneOf is a part of each of its
//     members, first.
//   * openai-codex: projectId may be left out (Thread, ThreadProjectUpdatedNotification), though the
//     protocol requires it: servers before it do not send it.
//   * openai-codex: PlanType and ReasoningEffort are Enums that take any string but the empty one,
//     ThreadSource one that takes any, as a newer server may have words that this client does not
//     know (generated/v2_all.py, _missing_). Which words it knows of the last two the schema does
//     not say, so they stand here: the text of an error lists them.
#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "client_model.h"
#include "protocol.h"

namespace codex::telemetry {
namespace {

using json::Object;
using json::Value;
using Kind = ClientType::Kind;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The name of a field in Python: threadId is thread_id.
std::string python_name(std::string_view alias) {
  std::string name;
  for (std::size_t i = 0; i < alias.size(); ++i) {
    const char c = alias[i];
    if (!is_upper(c)) {
      name += c;
      continue;
    }
    const char before = i > 0 ? alias[i - 1] : '\0';
    const bool ends_word = is_lower(before) || is_digit(before);
    const bool begins_word = is_upper(before) && i + 1 < alias.size() && is_lower(alias[i + 1]);
    if (ends_word || begins_word) name += '_';
    name += static_cast<char>(c - 'A' + 'a');
  }
  if (!name.empty() && name[0] == '_') name.insert(0, "field");
  if (name == "async") name += '_';  // a keyword
  return name;
}

// HttpConnectionFailed of httpConnectionFailed: an object without a name is called by its field.
std::string class_name(std::string_view property) {
  std::string name;
  bool begins = true;
  for (const char c : property) {
    if (c == '_') {
      begins = true;
      continue;
    }
    name += begins && is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c;
    begins = false;
  }
  return name;
}

const Object kNoObject;

const Object& object_of(const Value* value) {
  return value != nullptr && value->is_object() ? *value->object() : kNoObject;
}
const json::Array& array_of(const Value* value) {
  static const json::Array none;
  return value != nullptr && value->is_array() ? *value->array() : none;
}

bool is_null_type(const Value& schema) {
  const Value* type = schema.get("type");
  return type != nullptr && type->text() == "null";
}

class Types {
 public:
  Types() {
    for (const auto& [name, schema] : protocol::types()) named(name);
  }

  const ClientType* find(std::string_view name) const {
    const auto found = named_.find(name);
    return found == named_.end() ? nullptr : found->second;
  }

 private:
  ClientType* make(Kind kind) {
    all_.push_back(std::make_unique<ClientType>());
    all_.back()->kind = kind;
    return all_.back().get();
  }

  const ClientType* simple(Kind kind) {
    const ClientType*& made = simple_[kind];
    if (made == nullptr) made = make(kind);
    return made;
  }

  const ClientType* nullable(const ClientType* inner) {
    // A named type may have no kind yet, so that of no type is asked for kAny.
    if (inner == simple(Kind::kAny) || inner->kind == Kind::kNullable) return inner;
    ClientType* type = make(Kind::kNullable);
    type->inner = inner;
    return type;
  }

  const ClientType* named(std::string_view name) {
    if (const auto found = named_.find(name); found != named_.end()) return found->second;
    ClientType* type = make(Kind::kAny);
    type->title = name;
    named_.emplace(name, type);  // before what it refers to: that may refer to it
    const Value* schema = protocol::types().find(name);
    if (schema != nullptr) define(*type, *schema);
    return type;
  }

  // A definition: a class of its own.
  void define(ClientType& type, const Value& schema) {
    if (type.title == "PlanType" || type.title == "ReasoningEffort" ||
        type.title == "ThreadSource") {
      type.kind = Kind::kEnum;
      type.open = true;
      type.open_to_empty = type.title == "ThreadSource";
      add_values(type, schema);
      if (type.title == "ReasoningEffort") {
        type.values = {"none", "minimal", "low", "medium", "high", "xhigh", "max", "ultra"};
      } else if (type.title == "ThreadSource") {
        type.values = {"user", "subagent", "memory_consolidation"};
      }
      return;
    }
    const Value* kind = schema.get("type");
    if (schema.get("oneOf") == nullptr && kind != nullptr && kind->text() == "object") {
      model(type, object_of(&schema), kNoObject);
      return;
    }
    if (all_strings(schema)) {
      type.kind = Kind::kEnum;
      add_values(type, schema);
      return;
    }
    type.kind = Kind::kRoot;
    type.inner = inline_type(schema, type.title);
  }

  // Enums, alone or one beside the other, that make one Enum.
  static bool all_strings(const Value& schema) {
    if (const Value* values = schema.get("enum")) return array_of(values).size() > 1;
    const json::Array& members = array_of(schema.get("oneOf"));
    for (const Value& member : members) {
      if (array_of(member.get("enum")).size() != 1) return false;
    }
    return members.size() > 1;
  }

  static void add_values(ClientType& type, const Value& schema) {
    for (const Value& value : array_of(schema.get("enum"))) {
      type.values.emplace_back(value.text());
    }
    for (const Value& member : array_of(schema.get("oneOf"))) add_values(type, member);
  }

  void model(ClientType& type, const Object& schema, const Object& around) {
    type.kind = Kind::kModel;
    add_fields(type, around);
    add_fields(type, schema);
    if (const Value* more = schema.find("additionalProperties"); more && more->boolean()) {
      type.extra = *more->boolean() ? ClientType::Extra::kAllow : ClientType::Extra::kForbid;
    }
  }

  void add_fields(ClientType& type, const Object& schema) {
    const json::Array& required = array_of(schema.find("required"));
    for (const auto& [alias, part] : object_of(schema.find("properties"))) {
      ClientType::Field field;
      field.alias = alias;
      field.name = python_name(alias);
      field.type = inline_type(part, class_name(alias));
      for (const Value& name : required) field.required |= name.text() == alias;
      if (alias == "projectId" && field.type->kind == Kind::kNullable) field.required = false;
      if (!field.required) field.type = nullable(field.type);
      type.fields.push_back(std::move(field));
    }
  }

  // A type that stands where it is used; `title` is for a class that has to be made.
  const ClientType* inline_type(const Value& schema, const std::string& title) {
    if (const Value* reference = schema.get("$ref")) return named(reference->text());
    for (const std::string_view key : {"allOf", "anyOf", "oneOf"}) {
      if (const Value* parts = schema.get(key)) return union_type(schema, array_of(parts), title);
    }
    if (const Value* values = schema.get("enum")) {
      ClientType* type = make(array_of(values).size() > 1 ? Kind::kEnum : Kind::kLiteral);
      type->title = title;
      add_values(*type, schema);
      return type;
    }
    const Value* kind = schema.get("type");
    if (kind == nullptr) return simple(Kind::kAny);
    if (kind->is_string()) return typed(kind->text(), schema, title);
    bool null = false;
    std::vector<const ClientType*> members;
    for (const Value& one : array_of(kind)) {
      if (one.text() == "null") {
        null = true;
      } else if (one.text() == "object") {
        members.push_back(any_map());
      } else {
        members.push_back(typed(one.text(), schema, title));
      }
    }
    const ClientType* type = joined(std::move(members));
    return null ? nullable(type) : type;
  }

  const ClientType* joined(std::vector<const ClientType*> members) {
    if (members.size() == 1) return members[0];
    ClientType* type = make(Kind::kUnion);
    type->members = std::move(members);
    return type;
  }

  const ClientType* union_type(const Value& schema, const json::Array& parts,
                               const std::string& title) {
    bool null = false;
    int unnamed = 0;
    const bool any_string = std::any_of(parts.begin(), parts.end(), is_any_string);
    std::vector<const ClientType*> members;
    for (const Value& part : parts) {
      if (is_null_type(part)) {
        null = true;
        continue;
      }
      std::string name = title;
      if (const Value* given = part.get("title")) {
        name = member_name(given->text());
      } else if (parts.size() > 1 && part.get("enum") != nullptr) {
        name += "Value";
      } else if (parts.size() > 1 && part.get("properties") != nullptr) {
        name += std::to_string(++unnamed);
      }
      if (part.get("properties") != nullptr) {
        add_models(members, part, object_of(&schema), name);
        continue;
      }
      if (part.get("enum") != nullptr && any_string) {
        ClientType* set = make(Kind::kEnum);
        set->title = name;
        set->open = set->open_to_empty = true;
        add_values(*set, part);
        members.push_back(set);
      } else if (is_any_string(part)) {
        members.push_back(any_map());  // the rest of it: an object
      } else {
        members.push_back(inline_type(part, name));
      }
    }
    const ClientType* type = joined(std::move(members));
    return null ? nullable(type) : type;
  }

  // A member that is an object: one class, or one for each way to be it, of which the first has
  // the object's name.
  void add_models(std::vector<const ClientType*>& members, const Value& part, const Object& around,
                  const std::string& name) {
    const json::Array& ways = array_of(part.get("anyOf"));
    const std::size_t count = std::max<std::size_t>(ways.size(), 1);
    for (std::size_t i = 0; i < count; ++i) {
      ClientType* type = make(Kind::kModel);
      const Value* own_name = i == 0 ? nullptr : ways[i].get("title");
      type->title = own_name == nullptr ? name : std::string(own_name->text());
      model(*type, object_of(&part), around);
      if (!ways.empty()) add_fields(*type, *ways[i].object());
      members.push_back(type);
    }
  }

  // "type": ["string", "object"]; beside a set of strings it opens the set.
  static bool is_any_string(const Value& part) {
    const json::Array& kinds = array_of(part.get("type"));
    const auto has = [&kinds](std::string_view word) {
      return std::any_of(kinds.begin(), kinds.end(),
                         [word](const Value& kind) { return kind.text() == word; });
    };
    return has("string") && has("object");
  }

  // "ApiKeyv2::LoginAccountResponse"
  static std::string member_name(std::string_view title) {
    std::string name(title);
    if (const std::size_t at = name.find("v2::"); at != std::string::npos) name.erase(at, 4);
    return name;
  }

  const ClientType* any_map() {
    ClientType* type = make(Kind::kMap);
    type->inner = simple(Kind::kAny);
    return type;
  }

  const ClientType* typed(std::string_view kind, const Value& schema, const std::string& title) {
    if (kind == "boolean") return simple(Kind::kBoolean);
    if (kind == "string") return simple(Kind::kString);
    if (kind == "integer") {
      const Value* minimum = schema.get("minimum");
      if (minimum == nullptr) return simple(Kind::kInteger);
      ClientType* type = make(Kind::kInteger);
      type->minimum = static_cast<int>(minimum->as_int64().value_or(0));
      return type;
    }
    if (kind == "array") {
      ClientType* type = make(Kind::kList);
      const Value* items = schema.get("items");
      type->inner = items == nullptr ? simple(Kind::kAny) : inline_type(*items, title);
      return type;
    }
    if (kind != "object") return simple(Kind::kAny);
    if (schema.get("properties") != nullptr) {
      ClientType* type = make(Kind::kModel);
      type->title = title;
      model(*type, object_of(&schema), kNoObject);
      return type;
    }
    const Value* more = schema.get("additionalProperties");
    if (more == nullptr || !more->is_object()) return any_map();
    ClientType* type = make(Kind::kMap);
    type->inner = inline_type(*more, title);
    return type;
  }

  std::vector<std::unique_ptr<ClientType>> all_;
  std::map<std::string, const ClientType*, std::less<>> named_;
  std::map<Kind, const ClientType*> simple_;
};

}  // namespace

const ClientType* client_type(std::string_view name) {
  static const Types& types = *new Types;
  return types.find(name);
}

}  // namespace codex::telemetry
