#include "golden/compare_files.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "golden/lane_account.h"
#include "golden/lane_pairing.h"
#include "golden/pairing.h"
#include "golden/projection.h"

namespace codex::golden {
namespace {

using harness::TranscriptLine;

// Of one lane, in the order of the text.
using LineNumbers = std::vector<std::uint32_t>;

struct LaneLines {
  LineNumbers actual, reference;
};

class LaneFiles {
 public:
  LaneFiles(const LaneLines& lines, const TranscriptIndex& actual, const TranscriptIndex& reference,
            LineSkimmer& skimmer, LaneAccount& account)
      : lines_(lines), actual_(actual), reference_(reference), skimmer_(skimmer), account_(account) {}

  void run(const Observability& subject, const std::string& lane) {
    set_aside_unseen(subject, lane);
    const auto steps = pair_elements(
        elements(reference_, lines_.reference), elements(actual_, lines_.actual),
        [&](std::size_t r, std::size_t a) {
          return distance(leaf_tokens(reference_, lines_.reference[r], reference_tokens_),
                          leaf_tokens(actual_, lines_.actual[a], actual_tokens_));
        });
    for (const Step& step : steps) {
      if (step.actual == kAbsent) {
        account_.alone(reference_.observation(lines_.reference[step.reference]), true,
                       {.line = step.reference});
      } else if (step.reference == kAbsent) {
        account_.alone(actual_.observation(lines_.actual[step.actual]), false,
                       {.line = step.before, .added = step.ordinal});
      } else {
        pair(lane, lines_.actual[step.actual], lines_.reference[step.reference], step.reference);
      }
    }
  }

 private:
  using LeafTokens = std::unordered_map<std::uint32_t, Tokens>;

  const std::string& name_of(const TranscriptIndex& side, std::uint32_t line) const {
    return skimmer_.name(side.lines()[line].skimmed.name);
  }

  void set_aside_unseen(const Observability& subject, const std::string& lane) {
    const bool undeclared = lines_.reference.empty() && !subject.declares_lane(lane);
    std::unordered_map<std::uint32_t, bool> shown;  // by the name's number
    for (const std::uint32_t line : lines_.reference)
      shown[reference_.lines()[line].skimmed.name] = true;
    const auto is_shown = [&](std::uint32_t line) {
      const auto [found, is_new] = shown.try_emplace(actual_.lines()[line].skimmed.name);
      if (is_new) {
        found->second = !undeclared && subject.shows(channel_of(lane), name_of(actual_, line));
      }
      return found->second;
    };
    const auto unseen = std::stable_partition(lines_.actual.begin(), lines_.actual.end(), is_shown);
    for (auto line = unseen; line != lines_.actual.end(); ++line)
      account_.unseen(actual_.observation(*line));
    lines_.actual.erase(unseen, lines_.actual.end());
  }

  Elements elements(const TranscriptIndex& side, const LineNumbers& lines) {
    Elements result;
    result.names.reserve(lines.size());
    result.contents.reserve(lines.size());
    for (const std::uint32_t line : lines) {
      const SkimmedLine& skimmed = side.lines()[line].skimmed;
      const auto& fields = account_.fields(skimmer_.name(skimmed.name));
      const Token data =
          fields.empty() ? skimmed.data
                         : Projection(fields, {"data"}).token(side.observation(line).observation.data);
      result.names.push_back(skimmed.name);
      result.contents.push_back(observation_token(data, skimmed.name));
    }
    return result;
  }

  const Tokens& leaf_tokens(const TranscriptIndex& side, std::uint32_t line, LeafTokens& known) {
    const auto [found, is_new] = known.try_emplace(line);
    if (is_new) {
      Projection projection(account_.fields(name_of(side, line)), {"data"});
      found->second = projection.leaves(side.observation(line).observation.data);
    }
    return found->second;
  }

  void pair(const std::string& lane, std::uint32_t actual, std::uint32_t reference,
            std::size_t at) {
    const SkimmedLine& skimmed = reference_.lines()[reference].skimmed;
    const bool masked = is_masked_hang(lane, skimmer_.name(skimmed.name), actual_.transcript(),
                                       reference_.transcript());
    if (!masked && actual_.text(actual) == reference_.text(reference)) {
      return account_.equal_pair(skimmed.origin, skimmer_.tally(skimmed.tally));
    }
    account_.pair(actual_.observation(actual), reference_.observation(reference), at);
  }

  LaneLines lines_;
  const TranscriptIndex& actual_;
  const TranscriptIndex& reference_;
  LineSkimmer& skimmer_;
  LaneAccount& account_;
  LeafTokens actual_tokens_, reference_tokens_;
};

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
    LaneFiles(*lines, actual, reference, skimmer, account).run(reference_subject, lane);
  }
  return result;
}

}  // namespace codex::golden
