#include "golden/compare.h"

#include <string_view>
#include <unordered_map>
#include <utility>

#include "golden/lane_pairing.h"

namespace codex::golden {
namespace {

using harness::Origin;
using harness::Transcript;
using harness::TranscriptLine;

LeafTally& tally_of(LaneLeaves& leaves, Origin origin) {
  return origin == Origin::kWire ? leaves.wire : leaves.driver;
}

class LaneCompare {
 public:
  LaneCompare(const PairedLane& lane, const Transcript& actual, const Transcript& reference,
              const Observability& subject, const IsMask& is_mask, Comparison& result,
              ComparedShapes* shapes)
      : lane_(lane),
        channel_(channel_of(lane.lane)),
        actual_(actual),
        reference_(reference),
        subject_(subject),
        is_mask_(is_mask),
        result_(result),
        shapes_(shapes),
        leaves_(result.lanes[lane.lane]) {}

  void run() {
    for (const TranscriptLine* line : lane_.unseen) {
      tally_of(leaves_, line->origin).not_observed += count_leaves(line->observation.data);
      if (auto shapes = recorder(*line)) whole(*shapes, *line, Fate::kNotObserved);
    }
    for (const Step& step : lane_.steps) {
      if (step.actual == kAbsent) {
        alone(*lane_.reference[step.reference], true, {.line = step.reference});
      } else if (step.reference == kAbsent) {
        alone(*lane_.actual[step.actual], false, {.line = step.before, .added = step.ordinal});
      } else {
        pair(*lane_.actual[step.actual], *lane_.reference[step.reference], step.reference);
      }
    }
  }

 private:
  using Fate = ShapeRecorder::Fate;

  std::optional<ShapeRecorder> recorder(const TranscriptLine& line) {
    if (shapes_ == nullptr) return std::nullopt;
    return std::optional<ShapeRecorder>(std::in_place, channel_, line.observation.name,
                                        line.origin == Origin::kDriver, *shapes_);
  }
  // The observation as a whole, and each leaf of its data.
  static void whole(ShapeRecorder& shapes, const TranscriptLine& line, Fate fate) {
    shapes.leaf(fate);
    shapes.member("data");
    shapes.leaves(line.observation.data, fate);
  }

  const std::vector<const FieldRule*>& fields(const std::string& name) {
    const auto [found, is_new] = fields_.try_emplace(name);
    if (is_new) found->second = subject_.fields(channel_, name);
    return found->second;
  }

  void alone(const TranscriptLine& line, bool is_expected, Place place) {
    const std::size_t count = count_leaves(line.observation.data);
    LeafTally& tally = tally_of(leaves_, line.origin);
    tally.compared += count;
    tally.differing += count;
    Difference difference{.lane = lane_.lane,
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

  void pair(const TranscriptLine& actual, const TranscriptLine& reference, std::size_t at) {
    const std::string& name = reference.observation.name;
    LeafTally& tally = tally_of(leaves_, reference.origin);
    if (is_masked_hang(lane_.lane, name, actual_, reference_)) {
      const std::size_t count = count_leaves(reference.observation.data);
      tally.masked += count;
      tally.by_rule["hang"] += count;
      if (auto shapes = recorder(reference)) whole(*shapes, reference, Fate::kMasked);
      return;
    }
    std::optional<ShapeRecorder> shapes = recorder(reference);
    if (shapes) shapes->leaf(Fate::kCompared);
    LeafCompare leaves(fields(name), is_mask_, is_key_order_told(lane_.lane),
                       shapes ? &*shapes : nullptr);
    leaves.compare(actual.observation.data, reference.observation.data, "/data");
    tally += leaves.tally;
    for (LeafDifference& leaf : leaves.differences) {
      result_.differences.push_back({.lane = lane_.lane,
                                     .name = name,
                                     .path = std::move(leaf.path),
                                     .expected = std::move(leaf.expected),
                                     .actual = std::move(leaf.actual),
                                     .key_order = leaf.key_order,
                                     .origin = reference.origin,
                                     .place = {.line = at, .added = {}, .path = leaf.place}});
    }
  }

  const PairedLane& lane_;
  std::string_view channel_;
  const Transcript& actual_;
  const Transcript& reference_;
  const Observability& subject_;
  const IsMask& is_mask_;
  Comparison& result_;
  ComparedShapes* shapes_;
  LaneLeaves& leaves_;
  std::unordered_map<std::string, std::vector<const FieldRule*>> fields_;
};

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
    LaneCompare(lane, actual, reference, reference_subject, is_mask, result, shapes).run();
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
