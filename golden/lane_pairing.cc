#include "golden/lane_pairing.h"

#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

#include "golden/lane.h"
#include "golden/lane_places.h"
#include "golden/projection.h"

namespace codex::golden {
namespace {

using harness::Outcome;
using harness::Transcript;
using harness::TranscriptLine;

// Of both sides.
using NameNumbers = std::map<std::string_view, std::uint32_t>;

class LinesSide : public LaneSide {
 public:
  LinesSide(const Lines& lines, NameNumbers& numbers, std::vector<const std::string*>& names)
      : lines_(lines), names_(names) {
    for (const TranscriptLine* line : lines) {
      const std::string& name = line->observation.name;
      const auto [found, is_new] =
          numbers.try_emplace(name, static_cast<std::uint32_t>(numbers.size()));
      if (is_new) names.push_back(&name);
      numbers_.push_back(found->second);
    }
  }

  std::size_t size() const override { return lines_.size(); }
  std::uint32_t name(std::size_t place) const override { return numbers_[place]; }
  const std::string& name_of(std::uint32_t number) const override { return *names_[number]; }
  Token token(std::size_t place, const Fields& fields) const override {
    return Projection(fields, {"data"}).token(lines_[place]->observation.data);
  }
  Tokens leaves(std::size_t place, const Fields& fields) const override {
    return Projection(fields, {"data"}).leaves(lines_[place]->observation.data);
  }

 private:
  const Lines& lines_;
  const std::vector<const std::string*>& names_;
  std::vector<std::uint32_t> numbers_;
};

void pair(PairedLane& lane, const Observability& subject) {
  NameNumbers numbers;
  std::vector<const std::string*> names;
  const LinesSide actual(lane.actual, numbers, names);
  const LinesSide reference(lane.reference, numbers, names);
  LanePlaces places = pair_lane(lane.lane, actual, reference, subject);
  lane.steps = std::move(places.steps);
  if (places.unseen.empty()) return;
  const auto those_at = [&](const std::vector<std::uint32_t>& wanted) {
    Lines lines;
    for (const std::uint32_t place : wanted)
      lines.push_back(lane.actual[place]);
    return lines;
  };
  lane.unseen = those_at(places.unseen);
  lane.actual = those_at(places.actual);
}

}  // namespace

void for_each_lane(const Transcript& actual, const Transcript& reference,
                   const Observability& reference_subject,
                   const std::function<void(const PairedLane&)>& see) {
  std::map<std::string_view, PairedLane, LaneLess> lanes;
  for (const TranscriptLine& line : actual.lines)
    lanes[line.observation.lane].actual.push_back(&line);
  for (const TranscriptLine& line : reference.lines)
    lanes[line.observation.lane].reference.push_back(&line);
  for (auto& [name, lane] : lanes) {
    lane.lane = name;
    pair(lane, reference_subject);
    see(lane);
    lane = {};
  }
}

bool is_key_order_told(std::string_view lane) {
  return channel_of(lane) == "span";
}

bool is_masked_hang(const std::string& lane, const std::string& name, const Transcript& actual,
                    const Transcript& reference) {
  return lane == "outcome/run" && name == "hang" && actual.outcome == Outcome::kHang &&
         reference.outcome == Outcome::kHang;
}

}  // namespace codex::golden
