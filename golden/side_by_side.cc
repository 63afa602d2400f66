#include "golden/side_by_side.h"

#include <algorithm>
#include <map>
#include <utility>

#include "golden/json_pointer.h"
#include "golden/lane.h"
#include "golden/lane_pairing.h"
#include "golden/shortened.h"

namespace codex::golden {
namespace {

using harness::Transcript;
using harness::TranscriptLine;
using json::Object;
using json::Value;

// Characters of what two long strings have in common that are shown before they differ.
constexpr std::size_t kLead = 40;

Value shown_observation(const TranscriptLine& line) {
  return Object{{"name", line.observation.name}, {"data", line.observation.data}};
}

class Sides {
 public:
  Sides(const Transcript& actual, const Transcript& reference, const Observability& subject,
        const IsMask& is_mask, const SideLimits& limits)
      : actual_(actual),
        reference_(reference),
        subject_(subject),
        is_mask_(is_mask),
        limits_(limits) {}

  // Nothing where the lane does not differ.
  std::optional<LaneSides> lane(const PairedLane& lane) {
    std::vector<std::vector<LeafDifference>> found;
    std::vector<bool> differs;
    for (const Step& step : lane.steps) {
      found.push_back(differences(lane, step));
      differs.push_back(step.actual == kAbsent || step.reference == kAbsent ||
                        !found.back().empty());
    }
    if (std::find(differs.begin(), differs.end(), true) == differs.end()) return std::nullopt;
    const std::vector<bool> wanted = with_context(differs);
    LaneSides sides;
    sides.lane = lane.lane;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (rows_ >= limits_.most_rows || bytes_ >= limits_.most_bytes) {
        sides.rows_left_out = wanted.size() - i;
        break;
      }
      if (wanted[i]) {
        sides.rows.push_back(row(lane, lane.steps[i], found[i]));
        continue;
      }
      if (sides.rows.empty() || sides.rows.back().skipped == 0) sides.rows.emplace_back();
      ++sides.rows.back().skipped;
    }
    return sides;
  }

 private:
  std::vector<LeafDifference> differences(const PairedLane& lane, const Step& step) const {
    if (step.actual == kAbsent || step.reference == kAbsent) return {};
    const harness::Observation& actual = lane.actual[step.actual]->observation;
    const harness::Observation& reference = lane.reference[step.reference]->observation;
    if (is_masked_hang(lane.lane, reference.name, actual_, reference_)) return {};
    LeafCompare leaves(subject_.fields(channel_of(lane.lane), reference.name), is_mask_,
                       is_key_order_told(lane.lane));
    leaves.compare(actual.data, reference.data, "/data");
    return std::move(leaves.differences);
  }

  std::vector<bool> with_context(const std::vector<bool>& differs) const {
    std::vector<bool> wanted(differs.size());
    for (std::size_t i = 0; i < differs.size(); ++i) {
      if (!differs[i]) continue;
      const std::size_t end = std::min(differs.size(), i + limits_.context + 1);
      for (std::size_t k = i - std::min(i, limits_.context); k < end; ++k)
        wanted[k] = true;
    }
    return wanted;
  }

  Row row(const PairedLane& lane, const Step& step, const std::vector<LeafDifference>& found) {
    Row row;
    std::map<std::string, std::size_t> keep_expected;
    std::map<std::string, std::size_t> keep_actual;
    for (const LeafDifference& leaf : found) {
      if (row.differing.size() == limits_.most_places) {
        row.more = found.size() - row.differing.size();
        break;
      }
      DifferingPlace place{.path = leaf.path, .in_expected = {}, .in_actual = {}};
      const std::size_t from = begin_of_change(leaf);
      if (leaf.expected) keep_expected[*(place.in_expected = leaf.path)] = from;
      if (leaf.actual) keep_actual[*(place.in_actual = leaf.actual_path)] = from;
      row.differing.push_back(std::move(place));
    }
    if (step.reference != kAbsent) {
      row.expected = side(*lane.reference[step.reference], keep_expected, row.cut);
    }
    if (step.actual != kAbsent) row.actual = side(*lane.actual[step.actual], keep_actual, row.cut);
    std::sort(row.cut.begin(), row.cut.end());
    row.cut.erase(std::unique(row.cut.begin(), row.cut.end()), row.cut.end());
    ++rows_;
    return row;
  }

  // From where on two long strings are worth showing.
  std::size_t begin_of_change(const LeafDifference& leaf) const {
    if (!leaf.expected || !leaf.actual) return 0;
    const std::size_t common = common_prefix(leaf.expected->text(), leaf.actual->text());
    return common < limits_.longest_text / 2 ? 0 : common - std::min(common, kLead);
  }

  Value side(const TranscriptLine& line, const std::map<std::string, std::size_t>& keep,
             std::vector<std::string>& cut) {
    const ShortenLimits limits{.longest_value = limits_.longest_value,
                               .longest_text = limits_.longest_text};
    Value value = shortened(shown_observation(line), "", keep, limits, cut);
    bytes_ += json::compact_size(value);
    return value;
  }

  const Transcript& actual_;
  const Transcript& reference_;
  const Observability& subject_;
  const IsMask& is_mask_;
  const SideLimits& limits_;
  std::size_t rows_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace

std::vector<LaneSides> side_by_side(const Transcript& actual, const Transcript& reference,
                                    const Observability& reference_subject, const IsMask& is_mask,
                                    const std::string& column, const std::string& against,
                                    const SideLimits& limits) {
  Sides sides(actual, reference, reference_subject, is_mask, limits);
  std::vector<LaneSides> lanes;
  for_each_lane(actual, reference, reference_subject, [&](const PairedLane& lane) {
    if (std::optional<LaneSides> found = sides.lane(lane)) {
      found->column = column;
      found->against = against;
      lanes.push_back(*std::move(found));
    }
  });
  return lanes;
}

}  // namespace codex::golden
