#include "golden/lane_account.h"

#include <utility>

#include "golden/lane_pairing.h"

namespace codex::golden {
namespace {

using harness::Origin;
using harness::TranscriptLine;
using Fate = ShapeRecorder::Fate;

// The observation as a whole, and each leaf of its data.
void whole(ShapeRecorder& shapes, const TranscriptLine& line, Fate fate) {
  shapes.leaf(fate);
  shapes.member("data");
  shapes.leaves(line.observation.data, fate);
}

}  // namespace

LaneAccount::LaneAccount(const std::string& lane, const Sides& sides, Comparison& result,
                         ComparedShapes* shapes)
    : lane_(lane),
      channel_(channel_of(lane)),
      sides_(sides),
      result_(result),
      shapes_(shapes),
      leaves_(result.lanes[lane]) {}

void LaneAccount::unseen(const TranscriptLine& line) {
  tally_of(line.origin).not_observed += count_leaves(line.observation.data);
  if (auto shapes = recorder(line)) whole(*shapes, line, Fate::kNotObserved);
}

void LaneAccount::alone(const TranscriptLine& line, bool is_expected, Place place) {
  const std::size_t count = count_leaves(line.observation.data);
  LeafTally& tally = tally_of(line.origin);
  tally.compared += count;
  tally.differing += count;
  Difference difference{.lane = lane_,
                        .name = line.observation.name,
                        .path = "",
                        .expected = {},
                        .actual = {},
                        .origin = line.origin,
                        .place = std::move(place)};
  (is_expected ? difference.expected : difference.actual) = line.observation.data;
  result_.differences.push_back(std::move(difference));
  if (auto shapes = recorder(line)) shapes->missing(line.observation.data);
}

void LaneAccount::pair(const TranscriptLine& actual, const TranscriptLine& reference,
                       std::size_t at) {
  const std::string& name = reference.observation.name;
  LeafTally& tally = tally_of(reference.origin);
  if (is_masked_hang(lane_, name, sides_.actual, sides_.reference)) {
    const std::size_t count = count_leaves(reference.observation.data);
    tally.masked += count;
    tally.by_rule["hang"] += count;
    if (auto shapes = recorder(reference)) whole(*shapes, reference, Fate::kMasked);
    return;
  }
  std::optional<ShapeRecorder> shapes = recorder(reference);
  if (shapes) shapes->leaf(Fate::kCompared);
  LeafCompare leaves(fields(name), sides_.is_mask, is_key_order_told(lane_),
                     shapes ? &*shapes : nullptr);
  leaves.compare(actual.observation.data, reference.observation.data, "/data");
  tally += leaves.tally;
  for (LeafDifference& leaf : leaves.differences) {
    result_.differences.push_back({.lane = lane_,
                                   .name = name,
                                   .path = std::move(leaf.path),
                                   .expected = std::move(leaf.expected),
                                   .actual = std::move(leaf.actual),
                                   .key_order = leaf.key_order,
                                   .origin = reference.origin,
                                   .place = {.line = at, .added = {}, .path = leaf.place}});
  }
}

void LaneAccount::equal_pair(Origin origin, const LeafTally& leaves) {
  tally_of(origin) += leaves;
}

const std::vector<const FieldRule*>& LaneAccount::fields(const std::string& name) {
  const auto [found, is_new] = fields_.try_emplace(name);
  if (is_new) found->second = sides_.reference_subject.fields(channel_, name);
  return found->second;
}

LeafTally& LaneAccount::tally_of(Origin origin) {
  return origin == Origin::kWire ? leaves_.wire : leaves_.driver;
}

std::optional<ShapeRecorder> LaneAccount::recorder(const TranscriptLine& line) {
  if (shapes_ == nullptr) return std::nullopt;
  return std::optional<ShapeRecorder>(std::in_place, channel_, line.observation.name,
                                      line.origin == Origin::kDriver, *shapes_);
}

}  // namespace codex::golden
