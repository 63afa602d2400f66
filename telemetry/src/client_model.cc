// What pydantic makes of a value, in its lax mode. Source: pydantic-core as pinned (pydantic
// 2.14), src/validators/{model,model_fields,union,enum_,literal,list,dict,nullable,any}.rs and
// src/input/{input_python,shared}.rs.
#include "client_model.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "pydantic_int.h"
#include "python_utf8.h"
#include "python_values.h"

namespace codex::telemetry {
namespace {

using json::Object;
using json::Value;
using Kind = ClientType::Kind;

// How well a value fits: the smart mode of unions takes the best.
enum class Exactness { kLax, kStrict, kExact };

struct State {
  Exactness exactness = Exactness::kExact;
  std::optional<std::size_t> fields_set;  // none: no model was made

  void floor(Exactness most) { exactness = std::min(exactness, most); }
  void add_fields_set(std::size_t count) { fields_set = fields_set.value_or(0) + count; }
};

struct Issue {
  std::vector<std::string> place;
  std::string type;
  std::string message;
  const Value* input;
};

// Where issues go: nowhere while only the outcome counts.
class Issues {
 public:
  explicit Issues(bool kept) : kept_(kept) {}

  bool kept() const { return kept_; }
  void enter(std::string step) {
    if (kept_) place_.push_back(std::move(step));
  }
  void leave() {
    if (kept_) place_.pop_back();
  }
  // False, so that a check may return it.
  bool add(std::string_view type, std::string message, const Value& input) {
    if (kept_) found_.push_back({place_, std::string(type), std::move(message), &input});
    return false;
  }
  std::size_t mark() const { return found_.size(); }
  void drop(std::size_t mark) { found_.resize(mark, {}); }
  const std::vector<Issue>& found() const { return found_; }

 private:
  const bool kept_;
  std::vector<std::string> place_;
  std::vector<Issue> found_;
};

bool same_ascii(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

std::optional<bool> truth_of(std::string_view text) {
  for (const std::string_view yes : {"1", "t", "y", "on", "yes", "true"}) {
    if (same_ascii(text, yes)) return true;
  }
  for (const std::string_view no : {"0", "f", "n", "no", "off", "false"}) {
    if (same_ascii(text, no)) return false;
  }
  return std::nullopt;
}

std::string quoted_choices(const std::vector<std::string>& values) {
  std::string text;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) text += i + 1 == values.size() ? " or " : ", ";
    text += json::python_repr(Value(values[i]));
  }
  return text;
}

constexpr std::string_view kNoUnicode =
    "Input should be a valid string, unable to parse raw data as a unicode string";

class Validation {
 public:
  explicit Validation(bool keep_issues) : issues_(keep_issues) {}

  bool check(const ClientType& type, const Value& value, State& state, Value& out);
  const Issues& issues() const { return issues_; }

 private:
  bool boolean(const Value& value, State& state, Value& out);
  bool integer(const ClientType& type, const Value& value, State& state, Value& out);
  bool choice(const ClientType& type, const Value& value, Value& out);
  bool list(const ClientType& type, const Value& value, State& state, Value& out);
  bool map(const ClientType& type, const Value& value, State& state, Value& out);
  bool best(const ClientType& type, const Value& value, State& state, Value& out);
  bool model(const ClientType& type, const Value& value, State& state, Value& out);
  bool others(const ClientType& type, const Object& object,
              const std::vector<const Value*>& used, Object& out);

  Issues issues_;
  std::deque<Value> keys_;  // that issues point to
};

// The name of a union's member in the place of an issue.
std::string label(const ClientType& type) {
  switch (type.kind) {
    case Kind::kAny:
      return "any";
    case Kind::kBoolean:
      return "bool";
    case Kind::kInteger:
      return type.minimum ? "constrained-int" : "int";
    case Kind::kString:
      return "str";
    case Kind::kLiteral:
      return "literal[" + json::python_repr(Value(type.values[0])) + "]";
    case Kind::kList:
      return "list[" + label(*type.inner) + "]";
    case Kind::kMap:
      return "dict[str," + label(*type.inner) + "]";
    case Kind::kNullable:
      return "nullable[" + label(*type.inner) + "]";
    case Kind::kEnum:
      return (type.open ? "str-enum[" : "enum[") + type.title + "]";
    default:
      return type.title;
  }
}

bool Validation::check(const ClientType& type, const Value& value, State& state, Value& out) {
  switch (type.kind) {
    case Kind::kAny:
      state.floor(Exactness::kStrict);
      out = value;
      return true;
    case Kind::kBoolean:
      return boolean(value, state, out);
    case Kind::kInteger:
      return integer(type, value, state, out);
    case Kind::kString:
      if (!value.is_string()) {
        return issues_.add("string_type", "Input should be a valid string", value);
      }
      out = value;
      return true;
    case Kind::kLiteral:
      return choice(type, value, out);
    case Kind::kEnum:
      state.floor(Exactness::kLax);
      return choice(type, value, out);
    case Kind::kList:
      return list(type, value, state, out);
    case Kind::kMap:
      return map(type, value, state, out);
    case Kind::kNullable:
      if (!value.is_null()) return check(*type.inner, value, state, out);
      out = nullptr;
      return true;
    case Kind::kUnion:
      return best(type, value, state, out);
    case Kind::kRoot:
      state.floor(Exactness::kStrict);
      if (!check(*type.inner, value, state, out)) return false;
      state.add_fields_set(1);
      return true;
    case Kind::kModel:
      return model(type, value, state, out);
  }
  return false;
}

bool Validation::boolean(const Value& value, State& state, Value& out) {
  if (value.boolean() != nullptr) {
    out = value;
    return true;
  }
  std::optional<bool> truth;
  bool readable = false;
  if (const std::string* text = value.string()) {
    if (has_surrogate(*text)) return issues_.add("string_unicode", std::string(kNoUnicode), value);
    readable = true;
    truth = truth_of(*text);
  } else if (value.is_number()) {
    const auto number = pydantic_integer(value);
    const json::Integer* integer = std::get_if<json::Integer>(&number);
    if (const auto held = integer == nullptr ? std::nullopt : Value(*integer).as_int64()) {
      readable = true;
      if (*held == 0 || *held == 1) truth = *held == 1;
    }
  }
  if (!truth) {
    if (!readable) return issues_.add("bool_type", "Input should be a valid boolean", value);
    return issues_.add("bool_parsing",
                       "Input should be a valid boolean, unable to interpret input", value);
  }
  state.floor(Exactness::kLax);
  out = *truth;
  return true;
}

bool Validation::integer(const ClientType& type, const Value& value, State& state, Value& out) {
  auto number = pydantic_integer(value);
  if (const IntRefusal* refusal = std::get_if<IntRefusal>(&number)) {
    return issues_.add(refusal->type, std::string(refusal->message), value);
  }
  json::Integer& integer = std::get<json::Integer>(number);
  if (type.minimum) {
    const auto held = Value(integer).as_int64();
    const bool less = held ? *held < *type.minimum : integer.digits[0] == '-';
    if (less) {
      return issues_.add(
          "greater_than_equal",
          "Input should be greater than or equal to " + std::to_string(*type.minimum), value);
    }
  }
  if (value.integer() == nullptr) state.floor(Exactness::kLax);
  out = std::move(integer);
  return true;
}

// A Literal or an Enum.
bool Validation::choice(const ClientType& type, const Value& value, Value& out) {
  if (const std::string* text = value.string()) {
    // Words are looked up as Rust's strings, which have no lone surrogates.
    if (has_surrogate(*text)) {
      return issues_.add("string_unicode", std::string(kNoUnicode), value);
    }
    const auto& values = type.values;
    const bool known = std::find(values.begin(), values.end(), *text) != values.end();
    if (known || (type.open && (type.open_to_empty || !text->empty()))) {
      out = value;
      return true;
    }
  }
  return issues_.add(type.kind == Kind::kLiteral ? "literal_error" : "enum",
                     "Input should be " + quoted_choices(type.values), value);
}

bool Validation::list(const ClientType& type, const Value& value, State& state, Value& out) {
  const json::Array* array = value.array();
  if (array == nullptr) return issues_.add("list_type", "Input should be a valid list", value);
  json::Array made(array->size());
  bool good = true;
  for (std::size_t i = 0; i < made.size(); ++i) {
    issues_.enter(issues_.kept() ? std::to_string(i) : std::string());
    good = check(*type.inner, (*array)[i], state, made[i]) && good;
    issues_.leave();
    if (!good && !issues_.kept()) return false;
  }
  if (good && made.size() < type.min_items) {
    return issues_.add("too_short",
                       "List should have at least " + std::to_string(type.min_items) +
                           (type.min_items == 1 ? " item" : " items") +
                           " after validation, not " + std::to_string(made.size()),
                       value);
  }
  out = std::move(made);
  return good;
}

bool Validation::map(const ClientType& type, const Value& value, State& state, Value& out) {
  const Object* object = value.object();
  if (object == nullptr) {
    return issues_.add("dict_type", "Input should be a valid dictionary", value);
  }
  Object made;
  bool good = true;
  for (const auto& [key, part] : *object) {
    Value checked;
    issues_.enter(key);
    good = check(*type.inner, part, state, checked) && good;
    issues_.leave();
    if (!good && !issues_.kept()) return false;
    made.append(key, std::move(checked));
  }
  out = std::move(made);
  return good;
}

// union.rs, validate_smart: the member with the most fields, then the more exact, then the first.
bool Validation::best(const ClientType& type, const Value& value, State& state, Value& out) {
  std::optional<State> chosen;
  const std::size_t mark = issues_.mark();
  for (const ClientType* member : type.members) {
    State attempt;
    Value made;
    issues_.enter(issues_.kept() ? label(*member) : std::string());
    const bool good = check(*member, value, attempt, made);
    issues_.leave();
    if (!good) continue;
    bool better = !chosen;
    if (chosen) {
      const bool counted = chosen->fields_set && attempt.fields_set;
      better = counted && *chosen->fields_set != *attempt.fields_set
                   ? *chosen->fields_set < *attempt.fields_set
                   : chosen->exactness < attempt.exactness;
    }
    if (better) {
      chosen = attempt;
      out = std::move(made);
    }
    if (attempt.exactness == Exactness::kExact && !attempt.fields_set) break;
  }
  if (!chosen) return false;
  issues_.drop(mark);
  state.floor(chosen->exactness);
  if (chosen->fields_set) state.add_fields_set(*chosen->fields_set);
  return true;
}

// model_fields.rs looks at the keys that no field took as Rust's strings. Of one that has a lone
// surrogate it complains at once, and of nothing else of this model.
const std::string* unreadable_key(const Object& object, const std::vector<const Value*>& used) {
  for (const auto& [key, part] : object) {
    if (std::find(used.begin(), used.end(), &part) == used.end() && has_surrogate(key)) return &key;
  }
  return nullptr;
}

bool Validation::model(const ClientType& type, const Value& value, State& state, Value& out) {
  state.floor(Exactness::kStrict);  // a dict is no instance of it
  const Object* object = value.object();
  if (object == nullptr) {
    return issues_.add("model_type",
                       "Input should be a valid dictionary or instance of " + type.title, value);
  }
  // Most members of a union differ in a literal: it tells at once.
  if (!issues_.kept()) {
    for (const ClientType::Field& field : type.fields) {
      if (field.type->kind != Kind::kLiteral || field.type->values.size() != 1) continue;
      const Value* found = object->find(field.alias);
      if (found == nullptr) found = object->find(field.name);
      if (found == nullptr || !found->is_string() || *found->string() != field.type->values[0]) {
        return false;
      }
    }
  }
  const std::size_t mark = issues_.mark();
  Object made;
  std::vector<const Value*> used;
  bool good = true;
  for (const ClientType::Field& field : type.fields) {
    const std::string* key = &field.alias;
    const Value* found = object->find(*key);
    if (found == nullptr) {
      found = object->find(field.name);
      if (found != nullptr) key = &field.name;
    }
    if (found == nullptr) {
      if (!field.required) continue;
      issues_.enter(field.alias);
      good = issues_.add("missing", "Field required", value);
      issues_.leave();
    } else {
      used.push_back(found);
      Value checked;
      issues_.enter(*key);
      good = check(*field.type, *found, state, checked) && good;
      issues_.leave();
      made.append(field.alias, std::move(checked));
    }
    if (!good && !issues_.kept()) return false;
  }
  const std::size_t set = used.size();
  if (type.extra != ClientType::Extra::kIgnore) {
    if (const std::string* key = unreadable_key(*object, used)) {
      issues_.drop(mark);
      return issues_.add("string_unicode", std::string(kNoUnicode), keys_.emplace_back(*key));
    }
    good = others(type, *object, used, made) && good;
  }
  if (good && type.after != nullptr) {
    if (const std::optional<std::string> error = type.after(made)) {
      return issues_.add("value_error", "Value error, " + *error, value);
    }
  }
  state.add_fields_set(set);
  out = std::move(made);
  return good;
}

// Keys that no field took.
bool Validation::others(const ClientType& type, const Object& object,
                        const std::vector<const Value*>& used, Object& out) {
  bool good = true;
  for (const auto& [key, part] : object) {
    if (std::find(used.begin(), used.end(), &part) != used.end()) continue;
    if (type.extra == ClientType::Extra::kAllow) {
      out.append(key, part);
      continue;
    }
    issues_.enter(key);
    good = issues_.add("extra_forbidden", "Extra inputs are not permitted", part);
    issues_.leave();
  }
  return good;
}

// location.rs; Rust has no lone surrogates.
std::string step_text(const std::string& step) {
  const std::string text = utf8_decode_replacing(step);
  return text.find('.') == std::string::npos ? text : "`" + text + "`";
}

}  // namespace

std::optional<Value> client_value(const ClientType& type, const Value& value) {
  Validation validation(false);
  State state;
  Value out;
  if (!validation.check(type, value, state, out)) return std::nullopt;
  return out;
}

std::string client_validation_error(const ClientType& type, const Value& value) {
  Validation validation(true);
  State state;
  Value out;
  validation.check(type, value, state, out);
  const std::vector<Issue>& found = validation.issues().found();
  std::string text = std::to_string(found.size()) + " validation error";
  if (found.size() != 1) text += 's';
  text += " for " + type.title;
  for (const Issue& issue : found) {
    text += '\n';
    for (std::size_t i = 0; i < issue.place.size(); ++i) {
      if (i > 0) text += '.';
      text += step_text(issue.place[i]);
    }
    if (!issue.place.empty()) text += '\n';
    text += "  " + issue.message + " [type=" + issue.type;
    text += ", input_value=" + shortened_repr(*issue.input);
    text += ", input_type=" + std::string(python_type(*issue.input));
    text += "]\n    For further information visit https://errors.pydantic.dev/2.14/v/" + issue.type;
  }
  return text;
}

}  // namespace codex::telemetry
