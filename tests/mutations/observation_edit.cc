#include "tests/mutations/observation_edit.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "harness/normalize/walk.h"

namespace codex::test {
namespace {

using Act = ObservationEdit::Act;

constexpr std::array<std::pair<Act, const char*>, 6> kActs = {{{Act::kSet, "set"},
                                                               {Act::kName, "name"},
                                                               {Act::kLane, "lane"},
                                                               {Act::kDrop, "drop"},
                                                               {Act::kDouble, "double"},
                                                               {Act::kSwap, "swap"}}};

std::size_t number(const json::Value& object, const char* key) {
  const json::Value* value = object.get(key);
  return value == nullptr ? 0 : static_cast<std::size_t>(value->as_int64().value_or(0));
}

}  // namespace

json::Value to_json(const ObservationEdit& edit) {
  const auto act = std::find_if(kActs.begin(), kActs.end(),
                                [&](const auto& each) { return each.first == edit.act; });
  return json::Object{{"act", act->second},
                      {"at", static_cast<std::uint64_t>(edit.at)},
                      {"other", static_cast<std::uint64_t>(edit.other)},
                      {"path", edit.path},
                      {"value", edit.value}};
}

ObservationEdit edit_from_json(const json::Value& value) {
  ObservationEdit edit;
  for (const auto& [act, name] : kActs) {
    if (value.get("act")->text() == name) edit.act = act;
  }
  edit.at = number(value, "at");
  edit.other = number(value, "other");
  edit.path = value.get("path")->text();
  edit.value = *value.get("value");
  return edit;
}

json::Value* value_at(json::Value& root, const std::string& pointer) {
  // The path is looked up in what may be changed, so what it leads to may be changed.
  return const_cast<json::Value*>(harness::resolve(root, harness::from_pointer(pointer)));
}

bool apply(const ObservationEdit& edit, std::vector<harness::Observation>& observations) {
  if (edit.at >= observations.size()) return false;
  const auto here = observations.begin() + static_cast<std::ptrdiff_t>(edit.at);
  switch (edit.act) {
    case Act::kSet: {
      json::Value* value = value_at(here->data, edit.path);
      if (value == nullptr) return false;
      *value = edit.value;
      break;
    }
    case Act::kName:
      here->name = edit.value.text();
      break;
    case Act::kLane:
      here->lane = edit.value.text();
      break;
    case Act::kDrop:
      observations.erase(here);
      break;
    case Act::kDouble:
      observations.insert(here, harness::Observation(*here));
      break;
    case Act::kSwap:
      if (edit.other >= observations.size()) return false;
      std::swap(*here, observations[edit.other]);
      break;
  }
  return true;
}

}  // namespace codex::test
