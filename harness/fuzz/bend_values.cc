#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/fuzz/bends.h"
#include "harness/fuzz/lines.h"
#include "harness/fuzz/places.h"

namespace codex::harness::fuzz {
namespace {

constexpr int kTries = 6;

// One place in one line of what codex writes.
struct Chosen {
  std::size_t line = 0;
  json::Value value;  // of the whole line
  Path path;
};

// Nothing: no such line, or one that is no JSON.
std::optional<Chosen> choose_place(const Draft& draft, Random& random) {
  const auto line = json_line(draft, random);
  if (!line) return std::nullopt;
  auto value = draft.lines[*line].value();
  if (!value) return std::nullopt;
  const std::vector<Path> all = places(*value);
  return Chosen{*line, std::move(*value), all[random.below(all.size())]};
}

// `change` one place for which it can be done.
template <typename Change>
bool change_value(Draft& draft, Random& random, const Change& change) {
  for (int i = 0; i < kTries; ++i) {
    auto chosen = choose_place(draft, random);
    if (!chosen || !change(chosen->value, chosen->path)) continue;
    draft.lines[chosen->line].set_value(chosen->value);
    return true;
  }
  return false;
}

bool put_odd(Draft& draft, Random& random, const Material& material) {
  return change_value(draft, random, [&](json::Value& value, const Path& path) {
    if (path.empty()) return false;
    at(value, path) = material.odd_value(random);
    return true;
  });
}

// Odd, but of the kind that it was.
bool put_odd_of_kind(Draft& draft, Random& random, const Material& material) {
  return change_value(draft, random, [&](json::Value& value, const Path& path) {
    json::Value& here = at(value, path);
    if (here.is_string()) {
      here = material.odd_string(random);
    } else if (here.is_number()) {
      here = material.odd_number(random);
    } else if (here.boolean() != nullptr) {
      here = !*here.boolean();
    } else {
      return false;
    }
    return true;
  });
}

// What stands under that key elsewhere.
bool put_word(Draft& draft, Random& random, const Material& material) {
  const auto& words = material.vocabulary(draft.transport).values;
  return change_value(draft, random, [&](json::Value& value, const Path& path) {
    const auto found = words.find(key_at(value, path));
    if (found == words.end()) return false;
    json::ParseResult parsed = json::parse(random.one_of(found->second));
    if (!parsed) return false;
    at(value, path) = std::move(parsed.value());
    return true;
  });
}

bool bend_string(Draft& draft, Random& random, const Material& material) {
  return change_value(draft, random, [&](json::Value& value, const Path& path) {
    std::string* text = at(value, path).string();
    if (text == nullptr) return false;
    const std::string odd(material.odd_string(random).text());
    switch (random.below(5)) {
      case 0:
        *text = odd + *text;
        break;
      case 1:
        *text += odd;
        break;
      case 2:
        *text = std::string(json::prefix(*text, random.below(json::length(*text) + 1)));
        break;
      case 3:
        *text += *text;
        break;
      default: {
        const std::string_view start =
            json::prefix(*text, random.below(json::length(*text) + 1));
        *text = std::string(start) + odd + text->substr(start.size());
      }
    }
    return true;
  });
}

bool change_type(Draft& draft, Random& random, const Material&) {
  return change_value(draft, random, [&](json::Value& value, const Path& path) {
    if (path.empty() && !random.once_in(8)) return false;
    json::Value& here = at(value, path);
    switch (random.below(5)) {
      case 0:
        here = json::dump(here, json::kCompactUnicode);
        break;
      case 1:
        here = json::Array{json::Value(here)};
        break;
      case 2: {
        json::Object object;
        object.set("value", json::Value(here));
        here = std::move(object);
        break;
      }
      case 3:
        here = nullptr;
        break;
      default:
        if (const auto number = here.as_int64()) {
          here = static_cast<double>(*number);
        } else if (here.is_string()) {
          json::ParseResult parsed = json::parse(here.text());
          if (!parsed) return false;
          here = std::move(parsed.value());
        } else {
          return false;
        }
    }
    return true;
  });
}

bool remove(Draft& draft, Random& random, const Material&) {
  return change_value(draft, random, [&](json::Value& value, const Path& path) {
    if (path.empty()) return false;
    erase_at(value, path);
    return true;
  });
}

bool add(Draft& draft, Random& random, const Material& material) {
  const Vocabulary& words = material.vocabulary(draft.transport);
  return change_value(draft, random, [&](json::Value& value, const Path& path) {
    json::Value& here = at(value, path);
    if (json::Array* array = here.array()) {
      array->insert(array->begin() + static_cast<std::ptrdiff_t>(random.below(array->size() + 1)),
                    array->empty() || random.once_in(3) ? material.odd_value(random)
                                                        : json::Value((*array)[random.below(array->size())]));
      return true;
    }
    if (here.object() == nullptr) return false;
    if (words.keys.empty() || random.once_in(3)) {
      here.object()->set(material.odd_string(random).text(), material.odd_value(random));
      return true;
    }
    const std::string& key = random.one_of(words.keys);
    const auto known = words.values.find(key);
    json::Value fresh = material.odd_value(random);
    if (known != words.values.end()) {
      if (json::ParseResult parsed = json::parse(random.one_of(known->second))) {
        fresh = std::move(parsed.value());
      }
    }
    here.object()->set(key, std::move(fresh));
    return true;
  });
}

// camelCase and snake_case, and what people write for both.
std::string respelled(const std::string& key, Random& random) {
  std::string out;
  switch (random.below(4)) {
    case 0:
      for (const char c : key) {
        if (c >= 'A' && c <= 'Z') {
          out += '_';
          out += static_cast<char>(c - 'A' + 'a');
        } else {
          out += c;
        }
      }
      return out;
    case 1: {
      bool upper = false;
      for (const char c : key) {
        if (c == '_') {
          upper = true;
          continue;
        }
        out += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        upper = false;
      }
      return out;
    }
    case 2:
      return key + "_";
    default:
      for (const char c : key) out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      return out;
  }
}

bool rename(Draft& draft, Random& random, const Material& material) {
  const auto& keys = material.vocabulary(draft.transport).keys;
  return change_value(draft, random, [&](json::Value& value, const Path& path) {
    if (path.empty() || key_at(value, path).empty()) return false;
    json::Object& parent = *at(value, Path(path.begin(), path.end() - 1)).object();
    auto members = members_of(parent);
    std::string& key = members[path.back()].first;
    key = keys.empty() || random.once_in(2) ? respelled(key, random) : random.one_of(keys);
    parent = object_of(std::move(members));
    return true;
  });
}

bool reorder(Draft& draft, Random& random, const Material&) {
  return change_value(draft, random, [&](json::Value& value, const Path& path) {
    json::Value& here = at(value, path);
    if (json::Array* array = here.array(); array != nullptr && array->size() > 1) {
      std::swap((*array)[random.below(array->size())], array->front());
      return true;
    }
    if (here.object() == nullptr || here.object()->size() < 2) return false;
    auto members = members_of(*here.object());
    for (std::size_t i = members.size(); i > 1; --i) {
      std::swap(members[i - 1], members[random.below(i)]);
    }
    here = object_of(std::move(members));
    return true;
  });
}

// Two places of the session change their values: ids of two turns, say.
bool exchange(Draft& draft, Random& random, const Material&) {
  const auto one = json_line(draft, random);
  const auto other = json_line(draft, random);
  if (!one || *one == *other) return false;
  auto a = draft.lines[*one].value();
  auto b = draft.lines[*other].value();
  if (!a || !b) return false;
  const std::vector<Path> in_a = places(*a);
  const std::vector<Path> in_b = places(*b);
  const Path& from = in_a[random.below(in_a.size())];
  const std::string key = key_at(*a, from);
  if (key.empty()) return false;
  for (const Path& to : in_b) {
    if (key_at(*b, to) != key || at(*b, to) == at(*a, from)) continue;
    std::swap(at(*a, from), at(*b, to));
    draft.lines[*one].set_value(*a);
    draft.lines[*other].set_value(*b);
    return true;
  }
  return false;
}

// A key that stands twice, which no value can say: in the text.
bool double_key(Draft& draft, Random& random, const Material& material) {
  auto chosen = choose_place(draft, random);
  if (!chosen) return false;
  auto& [line, value, path] = *chosen;
  const std::string key = key_at(value, path);
  if (key.empty()) return false;
  const std::string quoted = json::dump(json::Value(key), json::kCompactUnicode) + ":";
  std::string text = json::dump(value, json::kCompactUnicode);
  const std::size_t place = text.find(quoted);
  if (place == std::string::npos) return false;
  const json::Value second = random.once_in(2) ? material.odd_value(random) : at(value, path);
  text.insert(place, quoted + json::dump(second, json::kCompactUnicode) + ",");
  if (!json::parse(text)) return false;
  draft.lines[line].text = std::move(text);
  return true;
}

// Much deeper than anybody means it; about where Python gives up, too.
bool nest(Draft& draft, Random& random, const Material&) {
  auto chosen = choose_place(draft, random);
  if (!chosen) return false;
  auto& [line, value, path] = *chosen;
  const std::size_t depths[] = {3, 30, 100, 400, 850};
  const std::size_t depth = depths[random.below(5)];
  at(value, path) = "\x01";
  const bool is_list = random.once_in(2);
  std::string deep;
  for (std::size_t i = 0; i < depth; ++i) deep += is_list ? "[" : "{\"a\":";
  deep += "1";
  deep += std::string(depth, is_list ? ']' : '}');
  std::string text = json::dump(value, json::kCompactUnicode);
  const std::string mark = "\"\\u0001\"";
  const std::size_t place = text.find(mark);
  if (place == std::string::npos) return false;
  text.replace(place, mark.size(), deep);
  draft.lines[line].set_bytes(text + "\n");
  return true;
}

}  // namespace

const std::vector<Bend>& value_bends() {
  static const std::vector<Bend> bends = {
      {"odd-value", 12, put_odd},
      {"odd-value-of-its-kind", 14, put_odd_of_kind},
      {"known-value", 14, put_word},
      {"bend-string", 10, bend_string},
      {"change-type", 8, change_type},
      {"remove", 10, remove},
      {"add", 10, add},
      {"rename", 6, rename},
      {"reorder", 3, reorder},
      {"exchange", 6, exchange},
      {"double-key", 4, double_key},
      {"nest", 1, nest},
  };
  return bends;
}

}  // namespace codex::harness::fuzz
