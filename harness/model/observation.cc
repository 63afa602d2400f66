#include "harness/model/observation.h"

#include <algorithm>
#include <array>
#include <utility>

namespace codex::harness {
namespace {

constexpr std::array<std::string_view, 8> kChannels = {"wire",     "event", "log",  "span",
                                                       "approval", "usage", "hook", "outcome"};
constexpr std::array<std::string_view, 2> kScopes = {"run", "global"};
constexpr std::array<std::string_view, 2> kNumberedScopes = {"call", "trace"};
// Numbered by normalization. Before it, and where what stands on the wire does not look like an id,
// codex's own id stands in the number's place.
constexpr std::array<std::string_view, 2> kIdScopes = {"thread", "turn"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_scope(std::string_view scope) {
  if (contains(kScopes, scope)) return true;
  const std::size_t colon = scope.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view kind = scope.substr(0, colon);
  const std::string_view number = scope.substr(colon + 1);
  if (contains(kIdScopes, kind)) return true;
  return contains(kNumberedScopes, kind) && !number.empty() &&
         std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_lane(std::string_view lane) {
  const std::size_t slash = lane.find('/');
  return slash != std::string_view::npos && contains(kChannels, lane.substr(0, slash)) &&
         is_scope(lane.substr(slash + 1));
}

}  // namespace

json::Value to_json(const Observation& observation) {
  json::Object object;
  object.append("lane", observation.lane);
  object.append("name", observation.name);
  object.append("data", observation.data);
  return object;
}

bool from_json(const json::Value& value, Observation& observation, std::string& why) {
  if (!value.is_object()) {
    why = "an observation is a JSON object";
    return false;
  }
  const json::Value* lane = value.get("lane");
  const json::Value* name = value.get("name");
  const json::Value* data = value.get("data");
  if (lane == nullptr || !lane->is_string()) {
    why = "\"lane\" is missing or no string";
  } else if (!is_lane(lane->text())) {
    why = "\"lane\" is not CHANNEL/SCOPE: " + json::dump(*lane);
  } else if (name == nullptr || !name->is_string()) {
    why = "\"name\" is missing or no string";
  } else if (data == nullptr) {
    why = "\"data\" is missing";
  } else {
    observation = {*lane->string(), *name->string(), *data};
    return true;
  }
  return false;
}

}  // namespace codex::harness
