// Which places of observations a comparison reached, and what became of the leaves there: what the
// parity matrix computes its cells from.
#ifndef GOLDEN_COVERAGE_H_
#define GOLDEN_COVERAGE_H_

#include <compare>
#include <cstddef>
#include <map>
#include <string>

namespace codex::golden {

// A place, whatever the session: the channel of the lane, the observation's name, the path of a
// leaf in it. Indices are "*"; an object that says which variant it is stands with it, so that
// fields of two variants never meet: "/data/item{type=commandExecution}/exitCode".
struct Shape {
  std::string channel;
  std::string name;
  std::string path;  // empty: the observation as a whole, counted once each
  auto operator<=>(const Shape&) const = default;
};

// Leaves at a shape; as in LeafTally, `differing` and `known` are part of `compared`.
struct ShapeTally {
  std::size_t compared = 0;
  std::size_t masked = 0;
  std::size_t not_observed = 0;
  std::size_t differing = 0;  // not known
  std::size_t known = 0;      // taken out by an entry of the known differences
  ShapeTally& operator+=(const ShapeTally& other);
  bool operator==(const ShapeTally&) const = default;
};

// Of one session, one column compared with its reference.
using Coverage = std::map<Shape, ShapeTally>;

}  // namespace codex::golden

#endif  // GOLDEN_COVERAGE_H_
