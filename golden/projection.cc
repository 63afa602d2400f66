#include "golden/projection.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "golden/tokens.h"

namespace codex::golden {
namespace {

using json::Kind;
using json::Value;

Token scalar_token(const Value& value) {
  switch (value.kind()) {
    case Kind::kString:
      return value_token(Kind::kString, text_token(*value.string()));
    case Kind::kInteger:
      return value_token(Kind::kInteger, text_token(value.integer()->digits));
    case Kind::kReal:
      return value_token(Kind::kReal, text_token(json::real_text(*value.real())));
    case Kind::kBoolean:
      return value_token(Kind::kBoolean, *value.boolean() ? 1 : 2);
    default:
      return value_token(value.kind(), 0);  // null, empty containers
  }
}

}  // namespace

template <typename Visit>
void Projection::members(const json::Object& object, Visit visit) {
  const std::vector<const FieldRule*> rules = applicable(fields_, path_, &object, nullptr);
  for (const auto& [key, value] : object) {
    if (hides(rules, key)) continue;
    path_.push_back(key);
    visit(key, value);
    path_.pop_back();
  }
}

Token Projection::token(const Value& value) {
  Token result = scalar_token(value);
  if (const json::Array* array = value.array()) {
    path_.emplace_back("0");  // one index stands for all: patterns know "*" only
    for (const Value& element : *array)
      result = with_element(result, token(element));
    path_.pop_back();
  } else if (const json::Object* object = value.object()) {
    members(*object, [&](const std::string& key, const Value& member) {
      result = with_member(result, text_token(key), token(member));
    });
  }
  return result;
}

Tokens Projection::leaves(const Value& value) {
  Tokens result;
  collect(value, 0, result);
  std::sort(result.begin(), result.end());
  return result;
}

void Projection::collect(const Value& value, Token path, Tokens& leaves) {
  if (const json::Array* array = value.array(); array != nullptr && !array->empty()) {
    path_.emplace_back("0");
    for (std::size_t i = 0; i < array->size(); ++i)
      collect((*array)[i], mix(path, i), leaves);
    path_.pop_back();
  } else if (const json::Object* object = value.object(); object != nullptr && !object->empty()) {
    members(*object, [&](const std::string& key, const Value& member) {
      collect(member, mix(path, text_token(key)), leaves);
    });
  } else {
    leaves.push_back(mix(path, scalar_token(value)));
  }
}

std::size_t distance(const Tokens& a, const Tokens& b) {
  std::size_t common = 0;
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
    if (*i == *j) ++common;
    const bool step_i = *i <= *j;
    const bool step_j = *j <= *i;
    if (step_i) ++i;
    if (step_j) ++j;
  }
  return a.size() + b.size() - 2 * common;
}

}  // namespace codex::golden
