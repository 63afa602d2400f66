#include "harness/fuzz/places.h"

#include <iterator>
#include <utility>

namespace codex::harness::fuzz {
namespace {

// Appends the path of `value`, which is `here`, and of all that is in it. By recursion: no value is
// deeper than the 900 levels that `json::parse` reads.
void collect(const json::Value& value, Path& here, std::vector<Path>& all) {
  all.push_back(here);
  const json::Array* array = value.array();
  const json::Object* object = value.object();
  const std::size_t size = array != nullptr ? array->size() : object != nullptr ? object->size() : 0;
  for (std::size_t i = 0; i < size; ++i) {
    here.push_back(i);
    collect(array != nullptr ? (*array)[i] : std::next(object->begin(), static_cast<std::ptrdiff_t>(i))->second,
            here, all);
    here.pop_back();
  }
}

json::Value& child(json::Value& value, std::size_t index) {
  if (json::Array* array = value.array()) return (*array)[index];
  return std::next(value.object()->begin(), static_cast<std::ptrdiff_t>(index))->second;
}

}  // namespace

std::vector<Path> places(const json::Value& value) {
  std::vector<Path> all;
  Path here;
  collect(value, here, all);
  return all;
}

json::Value& at(json::Value& value, const Path& path) {
  json::Value* found = &value;
  for (const std::size_t index : path) found = &child(*found, index);
  return *found;
}

std::string key_at(json::Value& value, const Path& path) {
  if (path.empty()) return {};
  const json::Value& parent = at(value, Path(path.begin(), path.end() - 1));
  if (parent.object() == nullptr) return {};
  return std::next(parent.object()->begin(), static_cast<std::ptrdiff_t>(path.back()))->first;
}

void erase_at(json::Value& value, const Path& path) {
  if (path.empty()) return;
  json::Value& parent = at(value, Path(path.begin(), path.end() - 1));
  const auto index = static_cast<std::ptrdiff_t>(path.back());
  if (json::Array* array = parent.array()) {
    array->erase(array->begin() + index);
  } else {
    parent.object()->erase(std::string(std::next(parent.object()->begin(), index)->first));
  }
}

std::vector<json::Object::Member> members_of(const json::Object& object) {
  return {object.begin(), object.end()};
}

json::Object object_of(std::vector<json::Object::Member> members) {
  json::Object object;
  for (auto& [key, value] : members) object.set(key, std::move(value));
  return object;
}

}  // namespace codex::harness::fuzz
