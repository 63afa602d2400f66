// One lane of two transcripts: what is compared, and which observation stands for which.
#ifndef GOLDEN_LANE_PAIRING_H_
#define GOLDEN_LANE_PAIRING_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "golden/observability.h"
#include "golden/pairing.h"
#include "harness/normalize/normalize.h"

namespace codex::golden {

// Of a transcript, in its order.
using Lines = std::vector<const harness::TranscriptLine*>;

struct PairedLane {
  std::string lane;
  Lines actual;  // without what is unseen
  Lines reference;
  // Of the actual side: what the reference subject could not have shown, and has nothing of.
  Lines unseen;
  std::vector<Step> steps;  // indices into `actual` and `reference`
};

// Every lane of either side, in natural order, one at a time. Equal observations are paired first,
// then those of one name in the gaps; never two names (pairing.h). `reference_subject` says what
// the subject of `reference` can show. The transcripts must outlive what is seen of the lanes.
void for_each_lane(const harness::Transcript& actual, const harness::Transcript& reference,
                   const Observability& reference_subject,
                   const std::function<void(const PairedLane&)>& see);

// Does the order of keys count in this lane?
bool is_key_order_told(std::string_view lane);
// Are these the words of the watchdog, where both sides hang? They are masked by the rule "hang".
bool is_masked_hang(const std::string& lane, const std::string& name,
                    const harness::Transcript& actual, const harness::Transcript& reference);

}  // namespace codex::golden

#endif  // GOLDEN_LANE_PAIRING_H_
