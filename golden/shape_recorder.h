// Keeps, beside a walk through two values, the place that coverage counts for (coverage.h).
#ifndef GOLDEN_SHAPE_RECORDER_H_
#define GOLDEN_SHAPE_RECORDER_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "codex/telemetry/json.h"
#include "golden/coverage.h"

namespace codex::golden {

// A key or variant as a place has it.
std::string shape_word(std::string_view text);

// Of one observation, or of one pair of them.
class ShapeRecorder {
 public:
  enum class Fate { kCompared, kMasked, kNotObserved };

  ShapeRecorder(std::string_view channel, std::string_view name, bool driver, ComparedShapes& out)
      : shape_{.channel = std::string(channel), .name = std::string(name), .path = ""},
        driver_(driver),
        out_(out) {}

  // A walk goes down with these, and back with return_to(position()) of before.
  std::size_t position() const { return shape_.path.size(); }
  void return_to(std::size_t position) { shape_.path.resize(position); }
  void member(std::string_view key);
  void element() { shape_.path += "/*"; }
  // The walk is at this object, and goes on to its members.
  void variant(const json::Object& object);

  void leaf(Fate fate) { add(out_.all, fate, false); }
  // Every leaf of the value here.
  void leaves(const json::Value& value, Fate fate);
  // A difference in the value here, the next of the comparison's. `value` is null where it is
  // about the place alone (the order of keys).
  void difference(const json::Value* value);
  // The difference that the other side lacks this observation.
  void missing(const json::Value& data);

 private:
  void differs();
  void add(Coverage& coverage, Fate fate, bool differs);
  template <typename Visit>
  void walk(const json::Value& value, const Visit& visit);

  Shape shape_;
  bool driver_;
  ComparedShapes& out_;
};

}  // namespace codex::golden

#endif  // GOLDEN_SHAPE_RECORDER_H_
