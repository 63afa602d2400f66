#include "golden/compare.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "golden/pairing.h"
#include "golden/projection.h"

namespace codex::golden {
namespace {

using harness::Origin;
using harness::Outcome;
using harness::Transcript;
using harness::TranscriptLine;

using Lines = std::vector<const TranscriptLine*>;

struct Lane {
  Lines actual;
  Lines reference;
};

LeafTally& tally_of(LaneLeaves& leaves, Origin origin) {
  return origin == Origin::kWire ? leaves.wire : leaves.driver;
}

bool is_ordered(std::string_view lane) {
  return channel_of(lane) == "span";
}

class LaneCompare {
 public:
  LaneCompare(const std::string& lane, const Observability& subject, const IsMask& is_mask,
              bool both_hang, Comparison& result, ComparedShapes* shapes)
      : lane_(lane),
        channel_(channel_of(lane)),
        subject_(subject),
        is_mask_(is_mask),
        both_hang_(both_hang && lane == "outcome/run"),
        result_(result),
        shapes_(shapes),
        leaves_(result.lanes[lane]) {}

  void run(Lane lane) {
    set_aside_unseen(lane);
    const Elements actual = elements(lane.actual);
    const Elements reference = elements(lane.reference);
    const auto unlike = [&](std::size_t r, std::size_t a) {
      return distance(leaf_tokens(lane.reference[r]), leaf_tokens(lane.actual[a]));
    };
    for (const Step& step : pair_elements(reference, actual, unlike)) {
      if (step.actual == kAbsent) {
        alone(*lane.reference[step.reference], true, {.line = step.reference});
      } else if (step.reference == kAbsent) {
        alone(*lane.actual[step.actual], false, {.line = step.before, .added = step.ordinal});
      } else {
        pair(*lane.actual[step.actual], *lane.reference[step.reference], step.reference);
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

  // Takes out what the reference subject could not have shown, where it has none of it.
  void set_aside_unseen(Lane& lane) {
    const bool undeclared = lane.reference.empty() && !subject_.declares_lane(lane_);
    std::unordered_set<std::string_view> seen;
    for (const TranscriptLine* line : lane.reference)
      seen.insert(line->observation.name);
    const auto unseen = [&](const TranscriptLine* line) {
      const std::string& name = line->observation.name;
      if (seen.contains(name) || (!undeclared && subject_.shows(channel_, name))) return false;
      tally_of(leaves_, line->origin).not_observed += count_leaves(line->observation.data);
      if (auto shapes = recorder(*line)) whole(*shapes, *line, Fate::kNotObserved);
      return true;
    };
    lane.actual.erase(std::remove_if(lane.actual.begin(), lane.actual.end(), unseen),
                      lane.actual.end());
  }

  const std::vector<const FieldRule*>& fields(const std::string& name) {
    const auto [found, is_new] = fields_.try_emplace(name);
    if (is_new) found->second = subject_.fields(channel_, name);
    return found->second;
  }

  Elements elements(const Lines& lines) {
    Elements result;
    for (const TranscriptLine* line : lines) {
      const std::string& name = line->observation.name;
      const Token number = names_.try_emplace(name, names_.size()).first->second;
      Projection projection(fields(name), {"data"});
      result.names.push_back(number);
      result.contents.push_back(projection.token(line->observation.data) +
                                number * 0x9e3779b97f4a7c15U);
    }
    return result;
  }

  const Tokens& leaf_tokens(const TranscriptLine* line) {
    const auto [found, is_new] = leaf_tokens_.try_emplace(line);
    if (is_new) {
      Projection projection(fields(line->observation.name), {"data"});
      found->second = projection.leaves(line->observation.data);
    }
    return found->second;
  }

  void alone(const TranscriptLine& line, bool is_expected, Place place) {
    const std::size_t count = count_leaves(line.observation.data);
    LeafTally& tally = tally_of(leaves_, line.origin);
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

  void pair(const TranscriptLine& actual, const TranscriptLine& reference, std::size_t at) {
    const std::string& name = reference.observation.name;
    LeafTally& tally = tally_of(leaves_, reference.origin);
    if (both_hang_ && name == "hang") {
      const std::size_t count = count_leaves(reference.observation.data);
      tally.masked += count;
      tally.by_rule["hang"] += count;
      if (auto shapes = recorder(reference)) whole(*shapes, reference, Fate::kMasked);
      return;
    }
    std::optional<ShapeRecorder> shapes = recorder(reference);
    if (shapes) shapes->leaf(Fate::kCompared);
    LeafCompare leaves(fields(name), is_mask_, is_ordered(lane_), shapes ? &*shapes : nullptr);
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

  const std::string& lane_;
  std::string_view channel_;
  const Observability& subject_;
  const IsMask& is_mask_;
  bool both_hang_;
  Comparison& result_;
  ComparedShapes* shapes_;
  LaneLeaves& leaves_;
  std::unordered_map<std::string, std::vector<const FieldRule*>> fields_;
  std::unordered_map<std::string, Token> names_;
  std::unordered_map<const TranscriptLine*, Tokens> leaf_tokens_;
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
  std::map<std::string, Lane, LaneLess> lanes;
  for (const TranscriptLine& line : actual.lines) {
    lanes[line.observation.lane].actual.push_back(&line);
  }
  for (const TranscriptLine& line : reference.lines) {
    lanes[line.observation.lane].reference.push_back(&line);
  }
  const bool both_hang = actual.outcome == Outcome::kHang && reference.outcome == Outcome::kHang;
  Comparison result;
  for (auto& [name, lane] : lanes) {
    LaneCompare(name, reference_subject, is_mask, both_hang, result, shapes)
        .run(std::move(lane));
  }
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
                     is_ordered(like.lane));
  leaves.compare(actual, reference, like.path.empty() ? "/data" : like.path);
  return leaves.differences.empty();
}

}  // namespace codex::golden
