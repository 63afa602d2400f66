// Token counts of a run, added up as openai-agents adds them.
//
// Source: openai-agents 0.24.0, agents/usage.py (Usage.add, serialize_usage, turn_ and
// task_usage_to_span_data).
#ifndef CODEX_TELEMETRY_USAGE_H_
#define CODEX_TELEMETRY_USAGE_H_

#include <vector>

#include "codex/telemetry/count.h"
#include "codex/telemetry/json.h"

namespace codex::telemetry {

struct TokenCounts {
  Count input;
  Count output;
  Count total;
  Count cached_input;
  Count cache_write_input;
  Count reasoning_output;
};

struct Usage : TokenCounts {
  Count requests;
  std::vector<TokenCounts> entries;  // one per request that had tokens

  void add(const Usage& other);
  json::Object serialized() const;      // serialize_usage()
  json::Object turn_span_data() const;  // input, output, cached, cache_write
  json::Object task_span_data() const;  // the same, and requests, total
  // No count is other than 0: such usage is put on no span.
  bool empty() const;
  // What was added since `earlier`, a copy taken before.
  Usage since(const Usage& earlier) const;
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_USAGE_H_
