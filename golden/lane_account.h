// What the comparison of one lane says of its observations: differences, and what became of every
// leaf.
#ifndef GOLDEN_LANE_ACCOUNT_H_
#define GOLDEN_LANE_ACCOUNT_H_

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "golden/compare.h"
#include "golden/pairing.h"
#include "golden/shape_recorder.h"

namespace codex::golden {

class LaneAccount {
 public:
  // Of the transcripts only their outcomes are asked for.
  struct Sides {
    const harness::Transcript& actual;
    const harness::Transcript& reference;
    const Observability& reference_subject;
    const IsMask& is_mask;
  };
  // Adds to `result`. All must outlive this object. `shapes`: null where nobody asks.
  LaneAccount(const std::string& lane, const Sides& sides, Comparison& result,
              ComparedShapes* shapes);

  // Of the actual side: the reference subject could not have shown it, and has nothing of it.
  void unseen(const harness::TranscriptLine& line);
  // Only one side has it.
  void alone(const harness::TranscriptLine& line, bool is_expected, Place place);
  // One stands for the other. `at`: the reference's place in its lane.
  void pair(const harness::TranscriptLine& actual, const harness::TranscriptLine& reference,
            std::size_t at);
  // Such a pair, known to be equal; `leaves` is what comparing it would count.
  void equal_pair(harness::Origin origin, const LeafTally& leaves);

  // Every step of the lane's pairing, in order: who is alone is told here, who is paired by
  // `paired(step)`. `actual(i)` and `reference(i)` give the lines that steps name.
  template <typename Actual, typename Reference, typename Paired>
  void steps(const std::vector<Step>& steps, const Actual& actual, const Reference& reference,
             const Paired& paired) {
    for (const Step& step : steps) {
      if (step.actual == kAbsent) {
        alone(reference(step.reference), true, {.line = step.reference});
      } else if (step.reference == kAbsent) {
        alone(actual(step.actual), false, {.line = step.before, .added = step.ordinal});
      } else {
        paired(step);
      }
    }
  }

 private:
  const std::vector<const FieldRule*>& fields(const std::string& name);
  LeafTally& tally_of(harness::Origin origin);
  std::optional<ShapeRecorder> recorder(const harness::TranscriptLine& line);

  const std::string& lane_;
  const std::string_view channel_;
  const Sides sides_;
  Comparison& result_;
  ComparedShapes* const shapes_;
  LaneLeaves& leaves_;
  std::unordered_map<std::string, std::vector<const FieldRule*>> fields_;
};

}  // namespace codex::golden

#endif  // GOLDEN_LANE_ACCOUNT_H_
