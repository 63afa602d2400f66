// The current ids as text, for a host's own log lines. spdlog_adapter.h and ostream_adapter.h put
// them there; this is for whatever else a host logs with.
//
// Form: `thread=… turn=… item=… call=… trace_id=… span_id=…`, session first where there is one.
// What is not known is left out. An id that holds a blank, a quote, "=", "[", "]" or a backslash is
// put in double quotes, as logfmt does. Ids come from a wire: secrets in them are replaced, control
// characters and what is no UTF-8 never pass raw.
#ifndef CODEX_TELEMETRY_LOG_IDS_H_
#define CODEX_TELEMETRY_LOG_IDS_H_

#include <string>

#include "codex/telemetry/correlation.h"

namespace codex::telemetry {

// Append nothing where no id is known. Thread-safe; throw only bad_alloc.
void append_ids(std::string& out, const Correlation& ids = current_correlation());
// In brackets, with a blank behind, as it stands before a line: "[thread=… turn=…] ".
void append_ids_prefix(std::string& out, const Correlation& ids = current_correlation());

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_LOG_IDS_H_
