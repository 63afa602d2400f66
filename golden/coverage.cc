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

}  // namespace codex::golden
