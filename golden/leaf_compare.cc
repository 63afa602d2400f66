#include "golden/leaf_compare.h"

#include <algorithm>
#include <unordered_map>

#include "golden/json_pointer.h"
#include "golden/pairing.h"
#include "golden/projection.h"
#include "harness/normalize/guard.h"

namespace codex::golden {
namespace {

using json::Array;
using json::Object;
using json::Value;

bool is_leaf(const Value& value) {
  if (const Array* array = value.array()) return array->empty();
  if (const Object* object = value.object()) return object->empty();
  return true;
}

// Finds members by key; json::Object alone would take a search for each.
class Members {
 public:
  explicit Members(const Object& object) : object_(object) {
    if (object.size() <= kFew) return;
    for (const auto& [key, value] : object)
      by_key_.emplace(key, &value);
  }
  const Value* find(const std::string& key) const {
    if (by_key_.empty()) return object_.find(key);
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : found->second;
  }

 private:
  static constexpr std::size_t kFew = 16;
  const Object& object_;
  std::unordered_map<std::string_view, const Value*> by_key_;
};

Array keys_in(const Object& object, const Members* other) {
  Array keys;
  for (const auto& [key, value] : object) {
    if (other == nullptr || other->find(key) != nullptr) keys.emplace_back(key);
  }
  return keys;
}

}  // namespace

LeafTally& LeafTally::operator+=(const LeafTally& other) {
  compared += other.compared;
  masked += other.masked;
  not_observed += other.not_observed;
  differing += other.differing;
  identity += other.identity;
  for (const auto& [rule, count] : other.by_rule)
    by_rule[rule] += count;
  return *this;
}

bool is_identity(const Value& value) {
  const std::string_view text = value.text();
  return harness::is_placeholder(text) && text.find(':') != std::string_view::npos;
}

std::size_t count_leaves(const Value& value) {
  if (is_leaf(value)) return 1;
  std::size_t count = 0;
  if (const Array* array = value.array()) {
    for (const Value& element : *array)
      count += count_leaves(element);
  } else {
    for (const auto& [key, member] : *value.object())
      count += count_leaves(member);
  }
  return count;
}

// Where the walk is, one step deeper for as long as this lives.
class LeafCompare::At {
 public:
  At(LeafCompare& walk, std::string_view key) : At(walk, key, key) {
    if (walk.shapes_ != nullptr) walk.shapes_->member(key);
  }
  At(LeafCompare& walk, std::size_t index) : At(walk, index, std::to_string(index)) {}
  At(LeafCompare& walk, std::size_t index, std::string_view place)
      : At(walk, std::to_string(index), place) {
    if (walk.shapes_ != nullptr) walk.shapes_->element();
  }
  At(const At&) = delete;
  At& operator=(const At&) = delete;
  ~At() {
    walk_.path_.resize(path_size_);
    walk_.place_.resize(place_size_);
    walk_.segments_.pop_back();
    if (walk_.shapes_ != nullptr) walk_.shapes_->return_to(shape_size_);
  }

 private:
  At(LeafCompare& walk, std::string_view segment, std::string_view place)
      : walk_(walk),
        path_size_(walk.path_.size()),
        place_size_(walk.place_.size()),
        shape_size_(walk.shapes_ == nullptr ? 0 : walk.shapes_->position()) {
    walk.path_ += "/" + pointer_segment(segment);
    walk.place_ += "/" + pointer_segment(place);
    walk.segments_.emplace_back(segment);
  }

  LeafCompare& walk_;
  std::size_t path_size_;
  std::size_t place_size_;
  std::size_t shape_size_;
};

// The members of this object are walked for as long as this lives.
class LeafCompare::Variant {
 public:
  Variant(LeafCompare& walk, const Object& object) : shapes_(walk.shapes_) {
    if (shapes_ == nullptr) return;
    size_ = shapes_->position();
    shapes_->variant(object);
  }
  Variant(const Variant&) = delete;
  Variant& operator=(const Variant&) = delete;
  ~Variant() {
    if (shapes_ != nullptr) shapes_->return_to(size_);
  }

 private:
  ShapeRecorder* shapes_;
  std::size_t size_ = 0;
};

void LeafCompare::compare(const Value& actual, const Value& reference, std::string_view path) {
  path_ = path;
  place_ = path;
  segments_.clear();
  if (shapes_ != nullptr) shapes_->return_to(0);
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t slash = std::min(path.find('/', at + 1), path.size());
    segments_.emplace_back(path.substr(at + 1, slash - at - 1));
    if (shapes_ != nullptr) shapes_->member(segments_.back());
    at = slash;
  }
  both(actual, reference);
}

void LeafCompare::both(const Value& actual, const Value& reference) {
  if (actual.is_object() && reference.is_object()) {
    objects(*actual.object(), *reference.object());
  } else if (actual.is_array() && reference.is_array()) {
    arrays(*actual.array(), *reference.array());
  } else if (actual == reference) {
    leaf(actual);
  } else {
    differ(&reference, &actual, std::max(count_leaves(actual), count_leaves(reference)));
  }
}

void LeafCompare::objects(const Object& actual, const Object& reference) {
  if (actual.empty() && reference.empty()) return leaf(reference);
  const Variant variant(*this, reference);
  const Members in_actual(actual);
  const Members in_reference(reference);
  const auto rules = applicable(fields_, segments_, &actual, &reference);
  for (const auto& [key, value] : reference) {
    const At at(*this, key);
    if (const Value* other = in_actual.find(key)) {
      both(*other, value);
    } else {
      only_reference(value);
    }
  }
  for (const auto& [key, value] : actual) {
    if (in_reference.find(key) != nullptr) continue;
    const At at(*this, key);
    if (hides(rules, key)) {
      unseen(value);
    } else {
      only_actual(value);
    }
  }
  if (key_order_) order(actual, reference);
}

void LeafCompare::order(const Object& actual, const Object& reference) {
  const Members in_actual(actual);
  const Members in_reference(reference);
  if (keys_in(actual, &in_reference) == keys_in(reference, &in_actual)) return;
  differences.push_back({.path = path_,
                         .place = place_ + "/{key order}",
                         .actual_path = actual_path(),
                         .expected = keys_in(reference, nullptr),
                         .actual = keys_in(actual, nullptr),
                         .key_order = true});
  if (shapes_ != nullptr) shapes_->difference(nullptr);
}

void LeafCompare::arrays(const Array& actual, const Array& reference) {
  if (actual.empty() && reference.empty()) return leaf(Value(reference));
  if (actual != reference) return elements(actual, reference);
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const At at(*this, i);
    both(actual[i], reference[i]);
  }
}

void LeafCompare::elements(const Array& actual, const Array& reference) {
  auto path = segments_;
  path.emplace_back("0");
  Projection projection(fields_, std::move(path));
  const auto project = [&](const Array& array) {
    Elements result;
    for (const Value& element : array)
      result.contents.push_back(projection.token(element));
    result.names.assign(array.size(), 0);
    return result;
  };
  const auto unlike = [&](std::size_t r, std::size_t a) {
    return distance(projection.leaves(reference[r]), projection.leaves(actual[a]));
  };
  for (const Step& step : pair_elements(project(reference), project(actual), unlike)) {
    if (step.actual == kAbsent) {
      const At at(*this, step.reference);
      const Value& element = reference[step.reference];
      differ(&element, nullptr, count_leaves(element));
    } else if (step.reference == kAbsent) {
      const At at(*this, step.actual,
                  std::to_string(step.before) + "+" + std::to_string(step.ordinal));
      const Value& element = actual[step.actual];
      differ(nullptr, &element, count_leaves(element));
    } else {
      const At at(*this, step.reference);
      const bool moved = step.actual != step.reference;
      if (moved) moved_.emplace_back(segments_.size() - 1, step.actual);
      both(actual[step.actual], reference[step.reference]);
      if (moved) moved_.pop_back();
    }
  }
}

void LeafCompare::only_reference(const Value& value) {
  if (is_leaf(value)) return differ(&value, nullptr, 1);
  if (const Array* array = value.array()) {
    for (std::size_t i = 0; i < array->size(); ++i) {
      const At at(*this, i);
      only_reference((*array)[i]);
    }
  } else {
    const Variant variant(*this, *value.object());
    for (const auto& [key, member] : *value.object()) {
      const At at(*this, key);
      only_reference(member);
    }
  }
}

void LeafCompare::only_actual(const Value& value) {
  if (is_leaf(value)) return differ(nullptr, &value, 1);
  if (const Array* array = value.array()) {
    for (std::size_t i = 0; i < array->size(); ++i) {
      const At at(*this, i);
      only_actual((*array)[i]);
    }
    return;
  }
  const Variant variant(*this, *value.object());
  const auto rules = applicable(fields_, segments_, value.object(), nullptr);
  for (const auto& [key, member] : *value.object()) {
    const At at(*this, key);
    if (hides(rules, key)) {
      unseen(member);
    } else {
      only_actual(member);
    }
  }
}

std::string LeafCompare::actual_path() const {
  if (moved_.empty()) return path_;
  std::string path;
  auto next = moved_.begin();
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    const bool moved = next != moved_.end() && next->first == i;
    path += "/" + (moved ? std::to_string((next++)->second) : pointer_segment(segments_[i]));
  }
  return path;
}

void LeafCompare::leaf(const Value& value) {
  std::string rule;
  if (is_mask_ && is_mask_(value, &rule)) {
    ++tally.masked;
    ++tally.by_rule[rule];
    if (shapes_ != nullptr) shapes_->leaf(ShapeRecorder::Fate::kMasked);
    return;
  }
  ++tally.compared;
  if (shapes_ != nullptr) shapes_->leaf(ShapeRecorder::Fate::kCompared);
  if (is_identity(value)) ++tally.identity;
}

void LeafCompare::differ(const Value* expected, const Value* actual, std::size_t leaves) {
  tally.compared += leaves;
  tally.differing += leaves;
  LeafDifference difference{
      .path = path_, .place = place_, .actual_path = actual_path(), .expected = {}, .actual = {}};
  if (expected != nullptr) difference.expected = *expected;
  if (actual != nullptr) difference.actual = *actual;
  differences.push_back(std::move(difference));
  if (shapes_ == nullptr) return;
  const bool more = expected == nullptr || (actual != nullptr && count_leaves(*actual) == leaves);
  shapes_->difference(more ? actual : expected);
}

void LeafCompare::unseen(const Value& value) {
  tally.not_observed += count_leaves(value);
  if (shapes_ != nullptr) shapes_->leaves(value, ShapeRecorder::Fate::kNotObserved);
}

}  // namespace codex::golden
