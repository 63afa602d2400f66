// Which places of observations a comparison reached, and what became of the leaves there: what the
// parity matrix computes its cells from.
#ifndef GOLDEN_COVERAGE_H_
#define GOLDEN_COVERAGE_H_

#include <array>
#include <compare>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/json.h"

namespace codex::golden {

// A place, whatever the session: the channel of the lane, the observation's name, the path of a
// leaf in it. Indices are "*"; an object that says which variant it is stands with it, so that
// fields of two variants never meet: "/data/item{type=commandExecution}/exitCode". What says so is
// the first of kVariantKeys that the object has as a string; of a span's data of type "custom" its
// name too ("{type=custom:Codex turn}"); of a log record its template, with a leading %s filled in
// ("/data{template=Running agent %s (turn %s)}/level"). In keys and variants "~" is "~0", "/" "~1",
// "{" "~2"; what is longer than kLongestWord bytes is cut.
inline constexpr std::array<std::string_view, 4> kVariantKeys = {"type", "kind", "handlerType",
                                                                "class"};
inline constexpr std::size_t kLongestWord = 160;

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
  std::size_t driver = 0;     // of all of them, those that stem from the tape's driver alone
  std::size_t leaves() const { return compared + masked + not_observed; }
  ShapeTally& operator+=(const ShapeTally& other);
  bool operator==(const ShapeTally&) const = default;
};

// Of one session, one column compared with its reference.
using Coverage = std::map<Shape, ShapeTally>;

// No session shows the switches that a tape's driver sets (`env`): each counts as one leaf of the
// driver at {"driver","env","/NAME"}, and as the session as a whole is: it differs where anything in
// `coverage` does, it is known where only what is known differs.
void add_switches(const json::Value& env, Coverage& coverage);

// What a comparison reached. `differences` is parallel to Comparison::differences: the leaves that
// each of them has, which `all` counts as differing.
struct ComparedShapes {
  Coverage all;
  std::vector<Coverage> differences;
  // That difference is known: its leaves count as `known`.
  void set_known(std::size_t difference);
};

}  // namespace codex::golden

#endif  // GOLDEN_COVERAGE_H_
