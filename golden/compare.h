// Compares two transcripts: what differs, at which place, and what became of every leaf.
#ifndef GOLDEN_COMPARE_H_
#define GOLDEN_COMPARE_H_

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "codex/telemetry/json.h"
#include "golden/coverage.h"
#include "golden/lane.h"
#include "golden/leaf_compare.h"
#include "golden/observability.h"
#include "harness/normalize/normalize.h"

namespace codex::golden {

// Where in the reference's lane a difference stands, so that differences of two actuals from one
// reference can be told to be about the same thing.
struct Place {
  std::size_t line = 0;  // in the lane, 0-based; of an added observation: the one it stands before
  std::optional<std::size_t> added = std::nullopt;  // its number among those added there
  std::string path = "";                            // LeafDifference::place
  bool operator==(const Place&) const = default;
};

struct Difference {
  std::string lane;
  std::string name;  // of the observation
  // JSON pointer into the observation ("/data/status"). Empty: only one side has the observation;
  // the value is then its data, and the other side's value is absent.
  std::string path;
  std::optional<json::Value> expected;  // the reference's
  std::optional<json::Value> actual;
  bool key_order = false;  // the values are the key lists of the object at `path`
  harness::Origin origin = harness::Origin::kWire;
  Place place;
};

struct LaneLeaves {
  LeafTally wire;
  LeafTally driver;
  LeafTally total() const;
};

struct Comparison {
  // By lane in natural order, then in the order of the reference.
  std::vector<Difference> differences;
  // Every lane of either side.
  std::map<std::string, LaneLeaves, LaneLess> lanes;
  LeafTally total() const;
};

// `reference_subject` says what the subject of `reference` can show: what only `actual` has and
// the other cannot show is not observed. What both have is always compared.
//
// Within a lane equal observations are paired first, then those of one name in the gaps; never two
// names. A pair gives a difference for each leaf that differs, an observation without a partner
// one. Key order counts in the channel `span` alone. Where both sides hang, the words of the
// watchdog (data of the `hang` in outcome/run) are masked by the rule "hang".
// `shapes`, where given, gets each leaf's place; nothing is paid without.
Comparison compare(const harness::Transcript& actual, const harness::Transcript& reference,
                   const Observability& reference_subject, const IsMask& is_mask,
                   ComparedShapes* shapes = nullptr);
Comparison compare(const harness::Transcript& actual, const harness::Transcript& reference,
                   const Observability& reference_subject, const harness::RuleSet& rules);

// Would `compare` tell no difference between two such values at `path` of an observation?
bool values_agree(const Difference& like, const json::Value& actual, const json::Value& reference,
                  const Observability& reference_subject, const IsMask& is_mask);

}  // namespace codex::golden

#endif  // GOLDEN_COMPARE_H_
