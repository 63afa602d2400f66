#include "golden/patch.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "golden/lane.h"
#include "harness/normalize/walk.h"

namespace codex::golden {
namespace {

using harness::Path;
using harness::Transcript;
using harness::TranscriptLine;
using json::Value;

// An index as Place::path has it: "3", or "3+0", the first that was added before 3.
struct Index {
  std::size_t at = 0;
  std::optional<std::size_t> added;
};

std::optional<std::size_t> number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Index> index_of(std::string_view segment) {
  const std::size_t plus = segment.find('+');
  const auto at = number(segment.substr(0, plus));
  if (!at) return std::nullopt;
  if (plus == std::string_view::npos) return Index{*at, std::nullopt};
  const auto added = number(segment.substr(plus + 1));
  if (!added) return std::nullopt;
  return Index{*at, added};
}

// Makes the changes of one observation. Elements are put in and taken out last, from the end, so
// that the reference's indices hold until then.
class Edit {
 public:
  explicit Edit(Value& data) : data_(data) {}

  bool make(const Difference& change) {
    Path path = harness::from_pointer(change.place.path);
    if (path.empty() || path.front() != "data") return false;
    path.erase(path.begin());
    if (path.empty()) return set_root(change);
    const std::string last = path.back();  // of an order of keys: no key, "{key order}"
    path.pop_back();
    if (change.key_order) return reorder(find(path), *change.actual);
    // A new member comes as its leaves: what is above them may be new too.
    Value* parent = change.expected ? find(path) : make_way(path, last);
    if (parent == nullptr) return false;
    if (json::Object* object = parent->object()) {
      if (change.actual) {
        object->set(last, *change.actual);
        return true;
      }
      return object->erase(last);
    }
    json::Array* array = parent->array();
    const auto index = index_of(last);
    if (array == nullptr || !index) return false;
    if (index->added) {
      arrays_[path].inserted.push_back({*index, *change.actual});
      return true;
    }
    if (made_.contains(path) && index->at == array->size()) {
      array->push_back(*change.actual);
      return true;
    }
    if (index->at >= array->size()) return false;
    if (change.actual) {
      (*array)[index->at] = *change.actual;
    } else {
      arrays_[path].erased.push_back(index->at);
    }
    return true;
  }

  // The deepest first: what they are found through still has the reference's indices.
  void finish() {
    for (auto at = arrays_.rbegin(); at != arrays_.rend(); ++at) {
      Value* array = find(at->first);
      if (array != nullptr && array->is_array()) rebuild(*array->array(), at->second);
    }
  }

 private:
  struct Inserted {
    Index index;
    Value value;
  };
  struct Elements {
    std::vector<std::size_t> erased;
    std::vector<Inserted> inserted;
  };
  struct Shallower {
    bool operator()(const Path& a, const Path& b) const {
      return a.size() != b.size() ? a.size() < b.size() : a < b;
    }
  };

  bool set_root(const Difference& change) {
    if (!change.actual) return false;
    data_ = *change.actual;
    return true;
  }

  Value* find(const Path& path) {
    Value* at = &data_;
    for (const std::string& segment : path) {
      if (json::Object* object = at->object()) {
        at = object->find(segment);
      } else if (json::Array* array = at->array()) {
        const auto index = index_of(segment);
        at = index && !index->added && index->at < array->size() ? &(*array)[index->at] : nullptr;
      } else {
        at = nullptr;
      }
      if (at == nullptr) return nullptr;
    }
    return at;
  }

  // As find(), and makes what is missing. `last` and every segment say what holds them: "0" an
  // array, anything else an object.
  Value* make_way(const Path& path, const std::string& last) {
    Value* at = &data_;
    Path here;
    for (std::size_t i = 0; i < path.size(); ++i) {
      const bool is_list = (i + 1 < path.size() ? path[i + 1] : last) == "0";
      const Value fresh = is_list ? Value(json::Array()) : Value(json::Object());
      Value* next = nullptr;
      bool is_new = false;
      if (json::Object* object = at->object()) {
        next = object->find(path[i]);
        is_new = next == nullptr;
        if (is_new) next = &object->set(path[i], fresh);
      } else if (json::Array* array = at->array()) {
        const auto index = index_of(path[i]);
        if (!index || index->added) return nullptr;
        is_new = index->at == array->size() && made_.contains(here);
        if (is_new) array->push_back(fresh);
        if (index->at >= array->size()) return nullptr;
        next = &(*array)[index->at];
      } else {
        return nullptr;
      }
      here.push_back(path[i]);
      if (is_new && is_list) made_.insert(here);
      at = next;
    }
    return at;
  }

  static bool reorder(Value* value, const Value& keys) {
    json::Object* object = value == nullptr ? nullptr : value->object();
    if (object == nullptr || !keys.is_array()) return false;
    json::Object ordered;
    for (const Value& key : *keys.array()) {
      if (const Value* member = object->find(key.text())) ordered.set(key.text(), *member);
    }
    for (const auto& [key, member] : *object) {
      if (ordered.find(key) == nullptr) ordered.set(key, member);
    }
    *object = std::move(ordered);
    return true;
  }

  static void rebuild(json::Array& array, Elements& changes) {
    const std::vector<std::size_t>& erased = changes.erased;
    std::vector<Inserted>& inserted = changes.inserted;
    std::stable_sort(inserted.begin(), inserted.end(), [](const Inserted& a, const Inserted& b) {
      return std::pair(a.index.at, *a.index.added) < std::pair(b.index.at, *b.index.added);
    });
    json::Array built;
    auto next = inserted.begin();
    for (std::size_t i = 0; i <= array.size(); ++i) {
      for (; next != inserted.end() && (next->index.at == i || i == array.size()); ++next) {
        built.push_back(std::move(next->value));
      }
      const bool gone = std::find(erased.begin(), erased.end(), i) != erased.end();
      if (i < array.size() && !gone) built.push_back(std::move(array[i]));
    }
    array = std::move(built);
  }

  Value& data_;
  std::map<Path, Elements, Shallower> arrays_;
  std::set<Path> made_;  // arrays that the reference does not have
};

using Changes = std::vector<const Difference*>;

// One lane's lines with its changes.
std::optional<std::vector<TranscriptLine>> patched_lane(const std::vector<TranscriptLine>& lines,
                                                        const Changes& changes) {
  std::map<std::size_t, Changes> inside;
  std::map<std::pair<std::size_t, std::size_t>, const Difference*> added;
  std::vector<bool> gone(lines.size(), false);
  for (const Difference* change : changes) {
    const Place& place = change->place;
    if (place.added) {
      if (place.line > lines.size() || !change->actual) return std::nullopt;
      added[{place.line, *place.added}] = change;
    } else if (place.line >= lines.size()) {
      return std::nullopt;
    } else if (change->path.empty()) {
      gone[place.line] = true;
    } else {
      inside[place.line].push_back(change);
    }
  }
  std::vector<TranscriptLine> result;
  auto next = added.begin();
  for (std::size_t i = 0; i <= lines.size(); ++i) {
    for (; next != added.end() && next->first.first == i; ++next) {
      const Difference& change = *next->second;
      result.push_back({{change.lane, change.name, *change.actual}, change.origin});
    }
    if (i == lines.size() || gone[i]) continue;
    TranscriptLine line = lines[i];
    if (const auto found = inside.find(i); found != inside.end()) {
      Edit edit(line.observation.data);
      for (const Difference* change : found->second) {
        if (!edit.make(*change)) return std::nullopt;
      }
      edit.finish();
    }
    result.push_back(std::move(line));
  }
  return result;
}

}  // namespace

std::optional<Transcript> patched(const Transcript& reference,
                                  const std::vector<const Difference*>& changes) {
  std::map<std::string, std::vector<TranscriptLine>, LaneLess> lanes;
  std::map<std::string, Changes> by_lane;
  for (const TranscriptLine& line : reference.lines) {
    lanes[line.observation.lane].push_back(line);
  }
  for (const Difference* change : changes) {
    by_lane[change->lane].push_back(change);
    lanes[change->lane];
  }
  Transcript result = reference;
  result.lines.clear();
  for (const auto& [name, lines] : lanes) {
    auto lane = patched_lane(lines, by_lane[name]);
    if (!lane) return std::nullopt;
    std::move(lane->begin(), lane->end(), std::back_inserter(result.lines));
  }
  return result;
}

}  // namespace codex::golden
