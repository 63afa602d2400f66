#include "codex/telemetry/usage.h"

#include <algorithm>

namespace codex::telemetry {
namespace {

json::Object input_details(const TokenCounts& counts) {
  return {{"cache_write_tokens", counts.cache_write_input.value()},
          {"cached_tokens", counts.cached_input.value()},
          {"cache_write_tokens_details", nullptr}};
}

json::Object output_details(const TokenCounts& counts) {
  return {{"reasoning_tokens", counts.reasoning_output.value()}};
}

void add_counts(TokenCounts& to, const TokenCounts& other) {
  to.input = to.input + other.input;
  to.output = to.output + other.output;
  to.total = to.total + other.total;
  to.cached_input = to.cached_input + other.cached_input;
  to.cache_write_input = to.cache_write_input + other.cache_write_input;
  to.reasoning_output = to.reasoning_output + other.reasoning_output;
}

}  // namespace

void Usage::add(const Usage& other) {
  requests = requests + other.requests;
  add_counts(*this, other);
  if (!other.entries.empty()) {
    entries.insert(entries.end(), other.entries.begin(), other.entries.end());
  } else if (other.requests == 1 && (other.input.is_positive() || other.output.is_positive() ||
                                     other.total.is_positive())) {
    entries.push_back(other);
  }
}

json::Object Usage::serialized() const {
  json::Array shown;
  for (const TokenCounts& entry : entries) {
    shown.push_back(json::Object{{"input_tokens", entry.input.value()},
                                 {"output_tokens", entry.output.value()},
                                 {"total_tokens", entry.total.value()},
                                 {"input_tokens_details", input_details(entry)},
                                 {"output_tokens_details", output_details(entry)}});
  }
  return {{"requests", requests.value()},
          {"input_tokens", input.value()},
          {"input_tokens_details", json::Array{input_details(*this)}},
          {"output_tokens", output.value()},
          {"output_tokens_details", json::Array{output_details(*this)}},
          {"total_tokens", total.value()},
          {"request_usage_entries", std::move(shown)}};
}

json::Object Usage::turn_span_data() const {
  return {{"input_tokens", input.value()},
          {"output_tokens", output.value()},
          {"cached_input_tokens", cached_input.value()},
          {"cache_write_input_tokens", cache_write_input.value()}};
}

json::Object Usage::task_span_data() const {
  json::Object data = turn_span_data();
  data.append("requests", requests.value());
  data.append("total_tokens", total.value());
  return data;
}

// run_internal/agent_runner_helpers.py, attach_usage_to_span
bool Usage::empty() const {
  return requests == 0 && input == 0 && output == 0 && total == 0 && cached_input == 0 &&
         cache_write_input == 0 && reasoning_output == 0;
}

Usage Usage::since(const Usage& earlier) const {
  Usage out = *this;
  out.requests = requests - earlier.requests;
  out.input = input - earlier.input;
  out.output = output - earlier.output;
  out.total = total - earlier.total;
  out.cached_input = cached_input - earlier.cached_input;
  out.cache_write_input = cache_write_input - earlier.cache_write_input;
  out.reasoning_output = reasoning_output - earlier.reasoning_output;
  const std::size_t known = std::min(entries.size(), earlier.entries.size());
  out.entries.erase(out.entries.begin(), out.entries.begin() + static_cast<std::ptrdiff_t>(known));
  return out;
}

}  // namespace codex::telemetry
