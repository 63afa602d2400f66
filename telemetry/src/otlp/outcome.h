// What an answer means for the batch that was sent, and how long to wait before the next try.
#ifndef CODEX_TELEMETRY_SRC_OTLP_OUTCOME_H_
#define CODEX_TELEMETRY_SRC_OTLP_OUTCOME_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "codex/telemetry/otlp.h"
#include "http_client.h"

namespace codex::telemetry::otlp {

struct Outcome {
  enum class Kind { kAccepted, kRetry, kRefused, kImpossible, kAborted };
  Kind kind = Kind::kAccepted;
  std::uint64_t rejected = 0;  // of an accepted batch: those that the receiver did not take
  std::string message;         // what the receiver said of them
  std::optional<std::chrono::milliseconds> wait;  // what Retry-After asks for
};

// `rejected_key`: "rejectedSpans", as this signal's partial success has it.
Outcome outcome_of(const HttpReply& reply, std::string_view rejected_key);

// Retry-After in seconds, or as an HTTP date; nothing for anything else, nor for a date that has
// passed. Never negative.
std::optional<std::chrono::milliseconds> parse_retry_after(
    std::string_view header, std::chrono::system_clock::time_point now);

// Before the attempt after `attempt` (from 1): doubles, up to the longest, and of that a random
// part between one half and all. `random` is from 0 to 1.
std::chrono::milliseconds backoff(const OtlpRetry& retry, int attempt, double random);

}  // namespace codex::telemetry::otlp

#endif  // CODEX_TELEMETRY_SRC_OTLP_OUTCOME_H_
