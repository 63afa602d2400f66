// Two lists of differences from one golden, judged place by place.
#ifndef GOLDEN_THREE_WAY_H_
#define GOLDEN_THREE_WAY_H_

#include <functional>
#include <vector>

#include "golden/compare.h"
#include "golden/verdict_name.h"

namespace codex::golden {

// For each difference of either list, in its order: kCppRegression or kUpstreamDrift where only
// that subject differs at the place, kGoldenStale where both do and agree, kConflict where both do
// and disagree.
struct ThreeWay {
  std::vector<Verdict> cpp;
  std::vector<Verdict> python;
};

// Do the actual values of two differences at one place agree? Asked where both have one.
using Agree = std::function<bool(const Difference& cpp, const Difference& python)>;

// A place is a path within a golden observation. A difference at a path also concerns what is
// below it: a lost observation on the one side and a changed field of it on the other conflict.
// Added observations meet where they stand before the same golden observation: equal ones agree,
// then those of one name conflict, the rest stands alone.
ThreeWay judge_places(const std::vector<Difference>& cpp, const std::vector<Difference>& python,
                      const Agree& agree);

}  // namespace codex::golden

#endif  // GOLDEN_THREE_WAY_H_
