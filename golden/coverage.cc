#include "golden/coverage.h"

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

void ComparedShapes::set_known(std::size_t difference) {
  for (const auto& [shape, tally] : differences[difference]) {
    ShapeTally& there = all[shape];
    there.differing -= tally.differing;
    there.known += tally.differing;
  }
}

}  // namespace codex::golden
