// Data of custom spans, kept for the next ones.
#ifndef CODEX_TELEMETRY_SRC_CUSTOM_SPANS_H_
#define CODEX_TELEMETRY_SRC_CUSTOM_SPANS_H_

#include <initializer_list>
#include <memory>
#include <string_view>

#include "codex/telemetry/span_data.h"

namespace codex::telemetry {

// CustomSpanData with these members; of a key that comes twice the last value counts. What is made
// goes back to the thread that drops it, which overwrites its texts with those of the next one.
std::shared_ptr<SpanData> recycled_custom_span(std::string_view name,
                                               std::initializer_list<SpanAttribute> data);

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_CUSTOM_SPANS_H_
