#include "harness/normalize/walk.h"

#include <algorithm>
#include <charconv>

namespace codex::harness {
namespace {

std::string unescaped(std::string_view segment) {
  std::string text;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    const bool escape = segment[i] == '~' && i + 1 < segment.size();
    if (escape && (segment[i + 1] == '0' || segment[i + 1] == '1')) {
      text += segment[++i] == '0' ? '~' : '/';
    } else {
      text += segment[i];
    }
  }
  return text;
}

const json::Value* element(const json::Array& array, const std::string& index) {
  std::size_t at = 0;
  const char* end = index.data() + index.size();
  const auto [stop, error] = std::from_chars(index.data(), end, at);
  return error == std::errc() && stop == end && at < array.size() ? &array[at] : nullptr;
}

}  // namespace

std::string to_pointer(const Path& path) {
  std::string pointer;
  for (const std::string& segment : path) {
    pointer += '/';
    for (const char c : segment) {
      if (c == '~') {
        pointer += "~0";
      } else if (c == '/') {
        pointer += "~1";
      } else {
        pointer += c;
      }
    }
  }
  return pointer;
}

Path from_pointer(std::string_view pointer) {
  Path path;
  for (std::size_t slash = pointer.find('/'); slash != std::string_view::npos;) {
    const std::size_t next = pointer.find('/', slash + 1);
    const std::size_t length = next == std::string_view::npos ? next : next - slash - 1;
    path.push_back(unescaped(pointer.substr(slash + 1, length)));
    slash = next;
  }
  return path;
}

const json::Value* resolve(const json::Value& root, const Path& path) {
  const json::Value* value = &root;
  for (const std::string& segment : path) {
    value = value->is_array() ? element(*value->array(), segment) : value->get(segment);
    if (value == nullptr) return nullptr;
  }
  return value;
}

Path Place::path(std::string_view root) const {
  Path path;
  for (const Place* place = this; place->up != nullptr; place = place->up) {
    path.push_back(place->key != nullptr ? *place->key : std::to_string(place->index));
  }
  path.emplace_back(root);
  std::reverse(path.begin(), path.end());
  return path;
}

}  // namespace codex::harness
