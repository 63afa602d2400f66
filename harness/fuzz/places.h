// Places in a JSON value, to be chosen from, read and changed.
#ifndef HARNESS_FUZZ_PLACES_H_
#define HARNESS_FUZZ_PLACES_H_

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "codex/telemetry/json.h"

namespace codex::harness::fuzz {

// The way to a value: the number of a member or element at each step.
using Path = std::vector<std::size_t>;

// Every value in `value`, itself first (the empty path), each before what is in it.
std::vector<Path> places(const json::Value& value);
// The value there. The path is one of places().
json::Value& at(json::Value& value, const Path& path);
// The key under which it stands, empty for an element or for the whole.
std::string key_at(json::Value& value, const Path& path);
// Takes the member or element away; nothing for the whole.
void erase_at(json::Value& value, const Path& path);
// The members of an object as a list, to be changed and put back.
std::vector<json::Object::Member> members_of(const json::Object& object);
json::Object object_of(std::vector<json::Object::Member> members);

}  // namespace codex::harness::fuzz

#endif  // HARNESS_FUZZ_PLACES_H_
