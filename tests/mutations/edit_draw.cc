#include "tests/mutations/edit_draw.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "harness/normalize/shapes.h"
#include "harness/normalize/walk.h"

namespace codex::test {
namespace {

using json::Array;
using json::Object;
using json::Value;
using Kinds = std::vector<std::pair<std::string, Value>>;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// One letter or digit of the middle becomes its neighbour.
std::optional<std::string> other_character(std::string text) {
  std::size_t best = std::string::npos;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_letter(text[i]) && !is_digit(text[i])) continue;
    best = i;
    if (i >= text.size() / 2) break;
  }
  if (best == std::string::npos) return std::nullopt;
  char& c = text[best];
  c = c == 'z' || c == 'Z' || c == '9' ? static_cast<char>(c - 1) : static_cast<char>(c + 1);
  return text;
}

std::optional<std::string> other_case(std::string text) {
  const auto letter = std::find_if(text.begin(), text.end(), is_letter);
  if (letter == text.end()) return std::nullopt;
  *letter = static_cast<char>(*letter ^ 0x20);
  return text;
}

// "a" becomes the Cyrillic letter that looks the same.
std::optional<std::string> look_alike(std::string text) {
  const std::size_t at = text.find('a');
  if (at == std::string::npos) return std::nullopt;
  return text.replace(at, 1, "\u0430");
}

// An accent of its own after a letter; where the letter has one, its other normalization form.
std::optional<std::string> combined(std::string text) {
  const std::size_t composed = text.find("\u00e9");
  if (composed != std::string::npos) return text.replace(composed, 2, "e\u0301");
  const auto letter = std::find_if(text.begin(), text.end(), is_letter);
  if (letter == text.end()) return std::nullopt;
  text.insert(static_cast<std::size_t>(letter - text.begin()) + 1, "\u0301");
  return text;
}

void text_kinds(const std::string& text, Kinds& kinds) {
  kinds.emplace_back("another text", "something else");
  const auto add = [&](const char* kind, const std::optional<std::string>& other) {
    if (other) kinds.emplace_back(kind, *other);
  };
  add("one character", other_character(text));
  add("case", other_case(text));
  add("look-alike", look_alike(text));
  add("accent", combined(text));
  kinds.emplace_back("trailing blank", text + " ");
  kinds.emplace_back("line feed", text + "\n");
  kinds.emplace_back("invisible character", text + "\u200b");
  kinds.emplace_back("empty text", "");
  if (!text.empty() && text.size() < 16 && std::all_of(text.begin(), text.end(), is_digit)) {
    kinds.emplace_back("text to number", json::Integer{text});
  }
  if (!harness::is_iso8601_utc(text)) return;
  std::string time = text;
  char& second = time[time.find('T') + 8];
  second = second == '9' ? '8' : static_cast<char>(second + 1);
  kinds.emplace_back("another second", time);
  kinds.emplace_back("another century", "19" + text.substr(2));
}

void integer_kinds(const json::Integer& number, std::optional<std::int64_t> value, Kinds& kinds) {
  kinds.emplace_back("number to text", number.digits);
  if (!value) return;
  if (*value < std::numeric_limits<std::int64_t>::max()) kinds.emplace_back("plus one", *value + 1);
  if (*value > std::numeric_limits<std::int64_t>::min()) kinds.emplace_back("minus one", *value - 1);
  kinds.emplace_back("integer to real", static_cast<double>(*value));
  kinds.emplace_back("sign", *value == 0 ? Value(-0.0) : Value(-*value));
  if (*value == 0 || *value == 1) kinds.emplace_back("integer to boolean", *value == 1);
}

void real_kinds(double number, Kinds& kinds) {
  kinds.emplace_back("next number", std::nextafter(number, std::numeric_limits<double>::infinity()));
  kinds.emplace_back("sign", -number);
  kinds.emplace_back("number to text", json::real_text(number));
  if (std::fabs(number) < 1e15 && std::trunc(number) == number) {
    kinds.emplace_back("real to integer", static_cast<std::int64_t>(number));
  }
}

void object_kinds(const Object& object, Kinds& kinds) {
  Object more = object;
  more.set("unheard of", 1);
  kinds.emplace_back("member added", std::move(more));
  kinds.emplace_back("object to list", Array{object});
  if (object.size() < 2) return;
  Object turned;
  for (const auto& [key, member] : std::vector<Object::Member>(object.begin(), object.end())) {
    (void)member;
    Object one;
    one.append(key, *object.find(key));
    for (const auto& [old, value] : turned) one.append(old, value);
    turned = std::move(one);
  }
  kinds.emplace_back("members reordered", std::move(turned));
}

void array_kinds(const Array& array, Kinds& kinds) {
  Array more = array;
  more.emplace_back("unheard of");
  kinds.emplace_back("element added", std::move(more));
  if (array.empty()) return;
  kinds.emplace_back("element removed", Array(array.begin(), array.end() - 1));
  kinds.emplace_back("first element removed", Array(array.begin() + 1, array.end()));
  Array doubled = array;
  doubled.push_back(Value(array.back()));
  kinds.emplace_back("element doubled", std::move(doubled));
  for (std::size_t i = 0; i + 1 < array.size(); ++i) {
    if (array[i] == array[i + 1]) continue;
    Array swapped = array;
    std::swap(swapped[i], swapped[i + 1]);
    kinds.emplace_back("elements swapped", std::move(swapped));
    break;
  }
}

// Of a member, with its object.
void member_kinds(const Object& object, const std::string& key, Kinds& kinds) {
  Object without = object;
  without.erase(key);
  kinds.emplace_back("member removed", std::move(without));
  Object renamed;
  for (const auto& [name, value] : object) renamed.append(name == key ? name + "_" : name, value);
  if (object.find(key + "_") == nullptr) kinds.emplace_back("member renamed", std::move(renamed));
}

struct Spot {
  const Value* value;
  const Value* parent;
  std::string pointer;
  std::string parent_pointer;
  std::string key;  // of a member
};

void collect(const Value& value, const std::string& pointer, std::vector<Spot>& spots) {
  if (const Array* array = value.array()) {
    for (std::size_t i = 0; i < array->size(); ++i) {
      const std::string here = pointer + "/" + std::to_string(i);
      spots.push_back({&(*array)[i], &value, here, pointer, ""});
      collect((*array)[i], here, spots);
    }
  } else if (const Object* object = value.object()) {
    for (const auto& [key, member] : *object) {
      const std::string here = pointer + harness::to_pointer({key});
      spots.push_back({&member, &value, here, pointer, key});
      collect(member, here, spots);
    }
  }
}

std::string another_lane(const std::string& lane, const std::set<std::string>& lanes) {
  const std::string channel = lane.substr(0, lane.find('/'));
  for (const std::string& other : lanes) {
    if (other != lane && other.substr(0, other.find('/')) == channel) return other;
  }
  return channel + "/call:9";
}

}  // namespace

std::vector<std::pair<std::string, Value>> other_values(const Value& value) {
  Kinds kinds;
  if (!value.is_null()) kinds.emplace_back("null", nullptr);
  if (const std::string* text = value.string()) text_kinds(*text, kinds);
  if (const json::Integer* number = value.integer()) {
    integer_kinds(*number, value.as_int64(), kinds);
  }
  if (const double* number = value.real()) real_kinds(*number, kinds);
  if (const bool* flag = value.boolean()) {
    kinds.emplace_back("flip", !*flag);
    kinds.emplace_back("boolean to integer", *flag ? 1 : 0);
  }
  if (value.is_null()) {
    kinds.emplace_back("null to empty text", "");
    kinds.emplace_back("null to false", false);
    kinds.emplace_back("null to zero", 0);
    kinds.emplace_back("null to empty object", Object{});
  }
  if (const Array* array = value.array()) array_kinds(*array, kinds);
  if (const Object* object = value.object()) object_kinds(*object, kinds);
  std::erase_if(kinds, [&](const auto& kind) { return kind.second == value; });
  return kinds;
}

std::optional<ValueChange> draw_change(const Value& document, Draw& draw) {
  std::vector<Spot> spots;
  collect(document, "", spots);
  if (spots.empty()) return std::nullopt;
  const Spot& spot = draw.one_of(spots);
  Kinds of_parent;
  if (!spot.key.empty()) member_kinds(*spot.parent->object(), spot.key, of_parent);
  const Kinds own = other_values(*spot.value);
  const std::size_t which = draw.below(own.size() + of_parent.size());
  if (which < own.size()) {
    const auto& [kind, value] = own[which];
    return ValueChange{kind, spot.pointer, spot.pointer, value};
  }
  const auto& [kind, value] = of_parent[which - own.size()];
  return ValueChange{kind, spot.parent_pointer, spot.pointer, value};
}

std::optional<DrawnEdit> draw_edit(const std::vector<harness::Observation>& observations,
                                   std::string_view channel, Draw& draw) {
  // By name first: deltas are many and alike.
  std::map<std::string, std::vector<std::size_t>> by_name;
  std::set<std::string> lanes;
  for (std::size_t i = 0; i < observations.size(); ++i) {
    lanes.insert(observations[i].lane);
    if (observations[i].channel() == channel) by_name[observations[i].name].push_back(i);
  }
  if (by_name.empty()) return std::nullopt;
  auto name = by_name.begin();
  std::advance(name, static_cast<std::ptrdiff_t>(draw.below(by_name.size())));
  const std::size_t at = draw.one_of(name->second);
  const harness::Observation& observation = observations[at];
  DrawnEdit drawn{"", {}, observation.lane, observation.name, ""};
  ObservationEdit& edit = drawn.edit;
  edit.at = at;
  constexpr std::size_t kOfWhole = 5;  // one in so many is of the whole observation
  if (draw.below(kOfWhole) != 0) {
    const std::optional<ValueChange> change = draw_change(observation.data, draw);
    if (!change) return std::nullopt;
    drawn.kind = change->kind;
    drawn.place = change->place;
    edit.path = change->path;
    edit.value = change->value;
    return drawn;
  }
  using Act = ObservationEdit::Act;
  switch (draw.below(5)) {
    case 0:
      drawn.kind = "observation dropped";
      edit.act = Act::kDrop;
      break;
    case 1:
      drawn.kind = "observation doubled";
      edit.act = Act::kDouble;
      break;
    case 2:
      drawn.kind = "observation renamed";
      edit.act = Act::kName;
      edit.value = observation.name + "_";
      break;
    case 3:
      drawn.kind = "observation in another lane";
      edit.act = Act::kLane;
      edit.value = another_lane(observation.lane, lanes);
      break;
    default:
      drawn.kind = "observations swapped";
      edit.act = Act::kSwap;
      edit.other = at + 1;
      while (edit.other < observations.size() &&
             (observations[edit.other].lane != observation.lane ||
              observations[edit.other] == observation)) {
        ++edit.other;
      }
      if (edit.other >= observations.size()) return std::nullopt;
  }
  return drawn;
}

}  // namespace codex::test
