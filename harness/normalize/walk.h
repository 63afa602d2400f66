// Walking a JSON value, and telling where in it one is.
#ifndef HARNESS_NORMALIZE_WALK_H_
#define HARNESS_NORMALIZE_WALK_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/json.h"

namespace codex::harness {

// The segments of a JSON pointer, unescaped; array indices are digits.
using Path = std::vector<std::string>;

std::string to_pointer(const Path& path);
// Nothing is checked: what stands before the first "/" is dropped.
Path from_pointer(std::string_view pointer);
// Null where the path leads nowhere.
const json::Value* resolve(const json::Value& root, const Path& path);

// Where a walk is. Lives on the walk's stack, so that nothing is built for the many strings that
// nobody asks about.
struct Place {
  const Place* up = nullptr;
  const std::string* key = nullptr;  // null: `index` in an array
  std::size_t index = 0;

  // `root` names what is walked, e.g. "data".
  Path path(std::string_view root) const;
};

// Calls visit(std::string& text, const Place& place, bool is_key) for every string in the value,
// keys included: a key before its value, both at the member's place.
template <typename Visit>
void walk_strings(json::Value& value, const Place& place, Visit&& visit) {
  if (std::string* text = value.string()) {
    visit(*text, place, false);
  } else if (json::Array* array = value.array()) {
    for (std::size_t i = 0; i < array->size(); ++i) {
      walk_strings((*array)[i], Place{&place, nullptr, i}, visit);
    }
  } else if (json::Object* object = value.object()) {
    for (auto& [key, member] : *object) {
      const Place here{&place, &key, 0};
      visit(key, here, true);
      walk_strings(member, here, visit);
    }
  }
}

}  // namespace codex::harness

#endif  // HARNESS_NORMALIZE_WALK_H_
