#include "golden/lane_pairing.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "golden/lane.h"
#include "golden/projection.h"
#include "golden/tokens.h"

namespace codex::golden {
namespace {

using harness::Outcome;
using harness::Transcript;
using harness::TranscriptLine;

class LanePairing {
 public:
  LanePairing(PairedLane& lane, const Observability& subject)
      : lane_(lane), channel_(channel_of(lane.lane)), subject_(subject) {}

  void run() {
    set_aside_unseen();
    const Elements actual = elements(lane_.actual);
    const Elements reference = elements(lane_.reference);
    lane_.steps = pair_elements(reference, actual, [&](std::size_t r, std::size_t a) {
      return distance(leaf_tokens(lane_.reference[r]), leaf_tokens(lane_.actual[a]));
    });
  }

 private:
  void set_aside_unseen() {
    const bool undeclared = lane_.reference.empty() && !subject_.declares_lane(lane_.lane);
    std::unordered_set<std::string_view> seen;
    for (const TranscriptLine* line : lane_.reference)
      seen.insert(line->observation.name);
    const auto shown = [&](const TranscriptLine* line) {
      const std::string& name = line->observation.name;
      return seen.contains(name) || (!undeclared && subject_.shows(channel_, name));
    };
    const auto unseen = std::stable_partition(lane_.actual.begin(), lane_.actual.end(), shown);
    lane_.unseen.assign(unseen, lane_.actual.end());
    lane_.actual.erase(unseen, lane_.actual.end());
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
      result.contents.push_back(
          observation_token(projection.token(line->observation.data), number));
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

  PairedLane& lane_;
  std::string_view channel_;
  const Observability& subject_;
  std::unordered_map<std::string, std::vector<const FieldRule*>> fields_;
  std::unordered_map<std::string, Token> names_;
  std::unordered_map<const TranscriptLine*, Tokens> leaf_tokens_;
};

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
    LanePairing(lane, reference_subject).run();
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
