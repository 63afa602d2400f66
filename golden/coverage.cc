#include "golden/coverage.h"

#include "golden/shape_recorder.h"

namespace codex::golden {

ShapeTally& ShapeTally::operator+=(const ShapeTally& other) {
  compared += other.compared;
  masked += other.masked;
  not_observed += other.not_observed;
  differing += other.differing;
  known += other.known;
  driver += other.driver;
  return *this;
}

void add_switches(const json::Value& env, Coverage& coverage) {
  if (!env.is_object()) return;
  ShapeTally one{.compared = 1, .masked = 0, .not_observed = 0, .differing = 0, .known = 0, .driver = 1};
  for (const auto& [shape, tally] : coverage) {
    if (tally.differing > 0) one.differing = 1;
    if (tally.known > 0) one.known = 1;
  }
  if (one.differing > 0) one.known = 0;
  for (const auto& [name, value] : *env.object()) {
    coverage[{.channel = "driver", .name = "env", .path = "/" + shape_word(name)}] = one;
  }
}

void ComparedShapes::set_known(std::size_t difference) {
  for (const auto& [shape, tally] : differences[difference]) {
    ShapeTally& there = all[shape];
    there.differing -= tally.differing;
    there.known += tally.differing;
  }
}

}  // namespace codex::golden
