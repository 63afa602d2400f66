// Compares two values leaf by leaf and accounts for every leaf.
//
// A leaf is a scalar or an empty container. Each leaf that either side has is counted once:
//   compared      its value is equal, or it is a difference (then it counts as `differing` too)
//   masked        both sides carry the same mask of a normalization rule
//   not_observed  only the actual side has it, and the reference subject cannot show it
#ifndef GOLDEN_LEAF_COMPARE_H_
#define GOLDEN_LEAF_COMPARE_H_

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codex/telemetry/json.h"
#include "golden/observability.h"
#include "golden/shape_recorder.h"

namespace codex::golden {

struct LeafTally {
  std::size_t compared = 0;
  std::size_t masked = 0;
  std::size_t not_observed = 0;
  std::size_t differing = 0;                   // part of compared
  std::size_t identity = 0;                    // part of compared: equal placeholders, "<span:2>"
  std::map<std::string, std::size_t> by_rule;  // masked, by the rule's name
  LeafTally& operator+=(const LeafTally& other);
  bool operator==(const LeafTally&) const = default;
};

struct LeafDifference {
  std::string path;   // JSON pointer; an element that only the actual side has: its own index
  std::string place;  // the same in the reference's indices; "3+0": the first added before 3
  std::string actual_path;  // the same in the actual's indices
  // Absent: that side has no such leaf.
  std::optional<json::Value> expected;
  std::optional<json::Value> actual;
  // The values are lists of keys: the object at `path` has its keys in another order.
  bool key_order = false;
};

// RuleSet::is_mask: does the value stand for one that a rule masked, and which rule was it?
using IsMask = std::function<bool(const json::Value&, std::string*)>;

// "<span:2>", "<thread:1>": an identity, which is compared.
bool is_identity(const json::Value& value);
// How many leaves a value has.
std::size_t count_leaves(const json::Value& value);

class LeafCompare {
 public:
  // `fields`: what the reference subject cannot show of these observations.
  // `key_order`: report objects whose common keys stand in another order.
  // `shapes`: where given, is told of every leaf.
  LeafCompare(std::vector<const FieldRule*> fields, const IsMask& is_mask, bool key_order,
              ShapeRecorder* shapes = nullptr)
      : fields_(std::move(fields)), is_mask_(is_mask), key_order_(key_order), shapes_(shapes) {}

  // Adds to `tally` and `differences`, in the reference's order. `path` is where both values
  // stand ("/data"). Elements of arrays are aligned first, so an inserted one is one difference,
  // its value whole; a member that is missing is a difference for each of its leaves.
  void compare(const json::Value& actual, const json::Value& reference, std::string_view path);

  LeafTally tally;
  std::vector<LeafDifference> differences;

 private:
  class At;
  class Variant;
  void both(const json::Value& actual, const json::Value& reference);
  void objects(const json::Object& actual, const json::Object& reference);
  void order(const json::Object& actual, const json::Object& reference);
  void arrays(const json::Array& actual, const json::Array& reference);
  void elements(const json::Array& actual, const json::Array& reference);
  void only_reference(const json::Value& value);
  void only_actual(const json::Value& value);
  void leaf(const json::Value& value);
  std::string actual_path() const;
  void differ(const json::Value* expected, const json::Value* actual, std::size_t leaves);
  void unseen(const json::Value& value);

  std::vector<const FieldRule*> fields_;
  const IsMask& is_mask_;
  bool key_order_;
  ShapeRecorder* shapes_;
  std::string path_;
  std::string place_;
  std::vector<std::string> segments_;
  // Where in `segments_` an index is the reference's, and the actual's is another.
  std::vector<std::pair<std::size_t, std::size_t>> moved_;
};

}  // namespace codex::golden

#endif  // GOLDEN_LEAF_COMPARE_H_
