#include "codex/telemetry/usage.h"

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
  to.input += other.input;
  to.output += other.output;
  to.total += other.total;
  to.cached_input += other.cached_input;
  to.cache_write_input += other.cache_write_input;
  to.reasoning_output += other.reasoning_output;
}

}  // namespace

void Usage::add(const Usage& other) {
  requests += other.requests;
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

Usage Usage::since(const Usage& earlier) const {
  Usage out = *this;
  out.requests -= earlier.requests;
  out.input -= earlier.input;
  out.output -= earlier.output;
  out.total -= earlier.total;
  out.cached_input -= earlier.cached_input;
  out.cache_write_input -= earlier.cache_write_input;
  out.reasoning_output -= earlier.reasoning_output;
  out.entries.erase(out.entries.begin(),
                    out.entries.begin() + static_cast<std::ptrdiff_t>(earlier.entries.size()));
  return out;
}

}  // namespace codex::telemetry
