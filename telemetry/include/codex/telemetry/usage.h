// Token counts of a run, added up as openai-agents adds them.
//
// Source: openai-agents 0.24.0, agents/usage.py (Usage.add, serialize_usage, turn_ and
// task_usage_to_span_data).
#ifndef CODEX_TELEMETRY_USAGE_H_
#define CODEX_TELEMETRY_USAGE_H_

#include <cstdint>
#include <limits>
#include <vector>

#include "codex/telemetry/json.h"

namespace codex::telemetry {

// Counts are Python integers there; here they stop at the ends of 64 bits.
constexpr std::int64_t saturating_add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return a < 0 ? std::numeric_limits<std::int64_t>::min()
               : std::numeric_limits<std::int64_t>::max();
}

struct TokenCounts {
  std::int64_t input = 0;
  std::int64_t output = 0;
  std::int64_t total = 0;
  std::int64_t cached_input = 0;
  std::int64_t cache_write_input = 0;
  std::int64_t reasoning_output = 0;
};

struct Usage : TokenCounts {
  std::int64_t requests = 0;
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
