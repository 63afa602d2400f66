#include "tests/support/json_at.h"

#include <charconv>
#include <cstddef>
#include <utility>

#include <gtest/gtest.h>

namespace codex::test {
namespace {

json::Value* member(json::Value& value, std::string_view name) {
  if (json::Object* object = value.object()) return object->find(name);
  json::Array* array = value.array();
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
  const bool is_index = error == std::errc() && end == name.data() + name.size();
  return array != nullptr && is_index && index < array->size() ? &(*array)[index] : nullptr;
}

}  // namespace

json::Value parsed(std::string_view text) {
  json::ParseResult result = json::parse(text);
  EXPECT_TRUE(result.ok()) << result.error().text() << " in\n" << text;
  return result.ok() ? std::move(result.value()) : json::Value();
}

json::Value* find_at(json::Value& value, std::string_view pointer) {
  json::Value* found = &value;
  while (found != nullptr && !pointer.empty()) {
    pointer.remove_prefix(1);
    const std::string_view name = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(name.size());
    found = member(*found, name);
  }
  return found;
}

const json::Value& at(const json::Value& value, std::string_view pointer) {
  static const json::Value nothing;
  const json::Value* found = find_at(const_cast<json::Value&>(value), pointer);
  return found == nullptr ? nothing : *found;
}

void merge(json::Value& into, const json::Value& patch) {
  if (into.object() == nullptr || patch.object() == nullptr) {
    into = patch;
    return;
  }
  for (const auto& [name, value] : *patch.object()) {
    if (json::Value* old = into.object()->find(name)) {
      merge(*old, value);
    } else {
      into.object()->append(name, value);
    }
  }
}

}  // namespace codex::test
