#include "codex/telemetry/usage.h"

#include <algorithm>
#include <limits>

namespace codex::telemetry {
namespace {

json::Object input_details(const TokenCounts& counts) {
  return {{"cache_write_tokens", counts.cache_write_input},
          {"cached_tokens", counts.cached_input},
          {"cache_write_tokens_details", nullptr}};
}

json::Object output_details(const TokenCounts& counts) {
  return {{"reasoning_tokens", counts.reasoning_output}};
}

void add_counts(TokenCounts& to, const TokenCounts& other) {
  to.input = saturating_add(to.input, other.input);
  to.output = saturating_add(to.output, other.output);
  to.total = saturating_add(to.total, other.total);
  to.cached_input = saturating_add(to.cached_input, other.cached_input);
  to.cache_write_input = saturating_add(to.cache_write_input, other.cache_write_input);
  to.reasoning_output = saturating_add(to.reasoning_output, other.reasoning_output);
}

std::int64_t difference(std::int64_t a, std::int64_t b) {
  std::int64_t out = 0;
  if (!__builtin_sub_overflow(a, b, &out)) return out;
  return a < 0 ? std::numeric_limits<std::int64_t>::min()
               : std::numeric_limits<std::int64_t>::max();
}

}  // namespace

void Usage::add(const Usage& other) {
  requests = saturating_add(requests, other.requests);
  add_counts(*this, other);
  if (!other.entries.empty()) {
    entries.insert(entries.end(), other.entries.begin(), other.entries.end());
  } else if (other.requests == 1 && (other.input > 0 || other.output > 0 || other.total > 0)) {
    entries.push_back(other);
  }
}

json::Object Usage::serialized() const {
  json::Array shown;
  for (const TokenCounts& entry : entries) {
    shown.push_back(json::Object{{"input_tokens", entry.input},
                                 {"output_tokens", entry.output},
                                 {"total_tokens", entry.total},
                                 {"input_tokens_details", input_details(entry)},
                                 {"output_tokens_details", output_details(entry)}});
  }
  return {{"requests", requests},
          {"input_tokens", input},
          {"input_tokens_details", json::Array{input_details(*this)}},
          {"output_tokens", output},
          {"output_tokens_details", json::Array{output_details(*this)}},
          {"total_tokens", total},
          {"request_usage_entries", std::move(shown)}};
}

json::Object Usage::turn_span_data() const {
  return {{"input_tokens", input},
          {"output_tokens", output},
          {"cached_input_tokens", cached_input},
          {"cache_write_input_tokens", cache_write_input}};
}

json::Object Usage::task_span_data() const {
  json::Object data = turn_span_data();
  data.append("requests", requests);
  data.append("total_tokens", total);
  return data;
}

// run_internal/agent_runner_helpers.py, attach_usage_to_span
bool Usage::empty() const {
  return requests == 0 && input == 0 && output == 0 && total == 0 && cached_input == 0 &&
         cache_write_input == 0 && reasoning_output == 0;
}

Usage Usage::since(const Usage& earlier) const {
  Usage out = *this;
  out.requests = difference(requests, earlier.requests);
  out.input = difference(input, earlier.input);
  out.output = difference(output, earlier.output);
  out.total = difference(total, earlier.total);
  out.cached_input = difference(cached_input, earlier.cached_input);
  out.cache_write_input = difference(cache_write_input, earlier.cache_write_input);
  out.reasoning_output = difference(reasoning_output, earlier.reasoning_output);
  const std::size_t known = std::min(entries.size(), earlier.entries.size());
  out.entries.erase(out.entries.begin(), out.entries.begin() + static_cast<std::ptrdiff_t>(known));
  return out;
}

}  // namespace codex::telemetry
