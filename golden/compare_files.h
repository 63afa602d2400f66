// compare() of transcripts that are read where they lie: what is equal is never made a value of.
#ifndef GOLDEN_COMPARE_FILES_H_
#define GOLDEN_COMPARE_FILES_H_

#include "golden/compare.h"
#include "golden/transcript_index.h"

namespace codex::golden {

// The result of compare() of what parse_observations() reads of both texts. `skimmer` is that of
// both indexes. Linear in the lines but for what differs; some hundred bytes a line.
Comparison compare(const TranscriptIndex& actual, const TranscriptIndex& reference,
                   const Observability& reference_subject, const IsMask& is_mask,
                   LineSkimmer& skimmer);

}  // namespace codex::golden

#endif  // GOLDEN_COMPARE_FILES_H_
