#include "golden/compare_files.h"

#include <map>
#include <string>
#include <vector>

#include "golden/lane.h"
#include "golden/lane_account.h"
#include "golden/lane_pairing.h"
#include "golden/lane_places.h"
#include "golden/projection.h"

namespace codex::golden {
namespace {

using harness::TranscriptLine;

// Of one lane, in the order of the text.
using LineNumbers = std::vector<std::uint32_t>;

struct LaneLines {
  LineNumbers actual, reference;
};

class FileSide : public LaneSide {
 public:
  FileSide(const TranscriptIndex& index, const LineNumbers& lines, const LineSkimmer& skimmer)
      : index_(index), lines_(lines), skimmer_(skimmer) {}

  std::size_t size() const override { return lines_.size(); }
  std::uint32_t name(std::size_t place) const override { return skimmed(place).name; }
  const std::string& name_of(std::uint32_t number) const override { return skimmer_.name(number); }
  Token token(std::size_t place, const Fields& fields) const override {
    if (fields.empty()) return skimmed(place).data;
    return Projection(fields, {"data"}).token(line(place).observation.data);
  }
  Tokens leaves(std::size_t place, const Fields& fields) const override {
    return Projection(fields, {"data"}).leaves(line(place).observation.data);
  }

  const SkimmedLine& skimmed(std::size_t place) const {
    return index_.lines()[lines_[place]].skimmed;
  }
  std::string_view text(std::size_t place) const { return index_.text(lines_[place]); }
  TranscriptLine line(std::size_t place) const { return index_.observation(lines_[place]); }

 private:
  const TranscriptIndex& index_;
  const LineNumbers& lines_;
  const LineSkimmer& skimmer_;
};

void compare_lane(const std::string& lane, const FileSide& actual, const FileSide& reference,
                  const LaneAccount::Sides& sides, const LineSkimmer& skimmer,
                  LaneAccount& account) {
  const LanePlaces places = pair_lane(lane, actual, reference, sides.reference_subject);
  for (const std::uint32_t place : places.unseen)
    account.unseen(actual.line(place));
  account.steps(
      places.steps, [&](std::size_t a) { return actual.line(places.actual[a]); },
      [&](std::size_t r) { return reference.line(r); },
      [&](const Step& step) {
        const std::uint32_t a = places.actual[step.actual];
        const SkimmedLine& skimmed = reference.skimmed(step.reference);
        const bool masked =
            is_masked_hang(lane, skimmer.name(skimmed.name), sides.actual, sides.reference);
        if (!masked && actual.text(a) == reference.text(step.reference)) {
          return account.equal_pair(skimmed.origin, skimmer.tally(skimmed.tally));
        }
        account.pair(actual.line(a), reference.line(step.reference), step.reference);
      });
}

}  // namespace

Comparison compare(const TranscriptIndex& actual, const TranscriptIndex& reference,
                   const Observability& reference_subject, const IsMask& is_mask,
                   LineSkimmer& skimmer) {
  std::vector<LaneLines> by_number(skimmer.lanes());
  for (std::uint32_t i = 0; i < actual.lines().size(); ++i)
    by_number[actual.lines()[i].skimmed.lane].actual.push_back(i);
  for (std::uint32_t i = 0; i < reference.lines().size(); ++i)
    by_number[reference.lines()[i].skimmed.lane].reference.push_back(i);
  std::map<std::string_view, const LaneLines*, LaneLess> lanes;
  for (std::uint32_t i = 0; i < by_number.size(); ++i) {
    const LaneLines& lines = by_number[i];
    if (!lines.actual.empty() || !lines.reference.empty()) lanes.emplace(skimmer.lane(i), &lines);
  }
  Comparison result;
  const LaneAccount::Sides sides{actual.transcript(), reference.transcript(), reference_subject,
                                 is_mask};
  for (const auto& [name, lines] : lanes) {
    const std::string lane(name);
    LaneAccount account(lane, sides, result, nullptr);
    compare_lane(lane, FileSide(actual, lines->actual, skimmer),
                 FileSide(reference, lines->reference, skimmer), sides, skimmer, account);
  }
  return result;
}

}  // namespace codex::golden
