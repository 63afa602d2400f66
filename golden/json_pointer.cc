#include "golden/json_pointer.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace codex::golden {
namespace {

std::string unescaped(std::string_view segment) {
  std::string name;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    const std::string_view two = segment.substr(i, 2);
    if (two == "~0" || two == "~1") ++i;
    name += two == "~0" ? '~' : two == "~1" ? '/' : segment[i];
  }
  return name;
}

const json::Value* element(const json::Array& array, std::string_view segment) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(segment.data(), segment.data() + segment.size(), index);
  const bool whole = error == std::errc() && end == segment.data() + segment.size();
  return whole && index < array.size() ? &array[index] : nullptr;
}

}  // namespace

std::string pointer_segment(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c == '~') {
      text += "~0";
    } else if (c == '/') {
      text += "~1";
    } else {
      text += c;
    }
  }
  return text;
}

const json::Value* value_at(const json::Value& value, std::string_view pointer) {
  const json::Value* found = &value;
  while (found != nullptr && !pointer.empty()) {
    if (pointer.front() != '/') return nullptr;
    const std::size_t end = std::min(pointer.find('/', 1), pointer.size());
    const std::string_view segment = pointer.substr(1, end - 1);
    pointer.remove_prefix(end);
    const json::Array* array = found->array();
    found = array != nullptr ? element(*array, segment) : found->get(unescaped(segment));
  }
  return found;
}

}  // namespace codex::golden
