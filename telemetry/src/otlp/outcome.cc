#include "outcome.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "codex/telemetry/json.h"

#include <curl/curl.h>

namespace codex::telemetry::otlp {
namespace {

constexpr std::size_t kMaxMessage = 200;  // code points of what a receiver says

// A count as JSON of protobuf has it: "3", or 3.
std::uint64_t count_of(const json::Value* value) {
  if (value == nullptr) return 0;
  if (const auto number = value->as_int64())
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, *number));
  std::uint64_t count = 0;
  const std::string_view text = value->text();
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

std::optional<std::chrono::system_clock::time_point> http_date(std::string_view text) {
  const std::time_t date = text.empty() ? -1 : curl_getdate(std::string(text).c_str(), nullptr);
  if (date < 0) return std::nullopt;
  return std::chrono::system_clock::from_time_t(date);
}

Outcome accepted(const HttpReply& reply, std::string_view rejected_key) {
  Outcome outcome;
  const json::ParseResult body = json::parse(reply.body);
  if (!body) return outcome;
  const json::Value* const partial = body.value().get("partialSuccess");
  if (partial == nullptr) return outcome;
  outcome.rejected = count_of(partial->get(rejected_key));
  if (const json::Value* message = partial->get("errorMessage")) {
    outcome.message = json::prefix(message->text(), kMaxMessage);
  }
  return outcome;
}

}  // namespace

Outcome outcome_of(const HttpReply& reply, std::string_view rejected_key) {
  Outcome outcome;
  switch (reply.kind) {
    case HttpReply::Kind::kAborted:
      outcome.kind = Outcome::Kind::kAborted;
      return outcome;
    case HttpReply::Kind::kNoAnswer:
      outcome.kind = Outcome::Kind::kRetry;
      return outcome;
    case HttpReply::Kind::kImpossible:
      outcome.kind = Outcome::Kind::kImpossible;
      return outcome;
    case HttpReply::Kind::kAnswered:
      break;
  }
  if (reply.status / 100 == 2) return accepted(reply, rejected_key);
  const bool again = reply.status == 429 || (reply.status >= 502 && reply.status <= 504);
  outcome.kind = again ? Outcome::Kind::kRetry : Outcome::Kind::kRefused;
  if (again) {
    // By the receiver's own clock where it says what that shows: ours may be wrong.
    const auto date = http_date(reply.date);
    outcome.wait =
        parse_retry_after(reply.retry_after, date.value_or(std::chrono::system_clock::now()));
  }
  return outcome;
}

std::optional<std::chrono::milliseconds> parse_retry_after(
    std::string_view header, std::chrono::system_clock::time_point now) {
  using namespace std::chrono;
  if (header.empty()) return std::nullopt;
  if (header.find_first_not_of("0123456789") == header.npos) {
    constexpr std::size_t kDigits = 9;  // more than 30 years, whatever stands there
    std::int64_t count = 999'999'999;
    if (header.size() <= kDigits) {
      std::from_chars(header.data(), header.data() + header.size(), count);
    }
    return seconds(count);
  }
  const auto date = http_date(header);
  if (!date || *date < now) return std::nullopt;
  return duration_cast<milliseconds>(*date - now);
}

std::chrono::milliseconds backoff(const OtlpRetry& retry, int attempt, double random) {
  const double longest = static_cast<double>(retry.longest.count());
  const double full =
      std::min(longest, std::ldexp(static_cast<double>(retry.first.count()), attempt - 1));
  return std::chrono::milliseconds(std::llround(full * (0.5 + random / 2)));
}

}  // namespace codex::telemetry::otlp
