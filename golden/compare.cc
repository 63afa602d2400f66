#include "golden/compare.h"

#include "golden/lane_account.h"
#include "golden/lane_pairing.h"

namespace codex::golden {
namespace {

using harness::Transcript;
using harness::TranscriptLine;

void compare_lane(const PairedLane& lane, LaneAccount& account) {
  for (const TranscriptLine* line : lane.unseen)
    account.unseen(*line);
  const auto actual = [&](std::size_t i) -> const TranscriptLine& { return *lane.actual[i]; };
  const auto reference = [&](std::size_t i) -> const TranscriptLine& { return *lane.reference[i]; };
  account.steps(lane.steps, actual, reference, [&](const Step& step) {
    account.pair(actual(step.actual), reference(step.reference), step.reference);
  });
}

}  // namespace

LeafTally LaneLeaves::total() const {
  LeafTally sum = wire;
  sum += driver;
  return sum;
}

LeafTally Comparison::total() const {
  LeafTally sum;
  for (const auto& [lane, leaves] : lanes)
    sum += leaves.total();
  return sum;
}

Comparison compare(const Transcript& actual, const Transcript& reference,
                   const Observability& reference_subject, const IsMask& is_mask,
                   ComparedShapes* shapes) {
  Comparison result;
  for_each_lane(actual, reference, reference_subject, [&](const PairedLane& lane) {
    LaneAccount account(lane.lane, {actual, reference, reference_subject, is_mask}, result, shapes);
    compare_lane(lane, account);
  });
  return result;
}

Comparison compare(const Transcript& actual, const Transcript& reference,
                   const Observability& reference_subject, const harness::RuleSet& rules) {
  return compare(
      actual, reference, reference_subject,
      [&](const json::Value& value, std::string* rule) { return rules.is_mask(value, rule); });
}

bool values_agree(const Difference& like, const json::Value& actual, const json::Value& reference,
                  const Observability& reference_subject, const IsMask& is_mask) {
  LeafCompare leaves(reference_subject.fields(channel_of(like.lane), like.name), is_mask,
                     is_key_order_told(like.lane));
  leaves.compare(actual, reference, like.path.empty() ? "/data" : like.path);
  return leaves.differences.empty();
}

}  // namespace codex::golden
