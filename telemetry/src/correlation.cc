#include "codex/telemetry/correlation.h"

#include <utility>

#include "correlation_changes.h"
#include "random_ids.h"
#include "thread_slot.h"

namespace codex::telemetry {
namespace {

struct CurrentTag {};
using Current = ThreadSlot<Correlation, CurrentTag>;

constinit thread_local std::uint64_t changes = 1;

void inherit(std::string& field, const std::string& outer) {
  if (field.empty()) field = outer;
}

bool lower_hex(std::string_view digits) {
  return digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool all_zero(std::string_view digits) {
  return digits.find_first_not_of('0') == std::string_view::npos;
}

bool odd(char digit) {
  return ((digit <= '9' ? digit - '0' : digit - 'a' + 10) & 1) != 0;
}

}  // namespace

std::optional<TraceContext> parse_traceparent(std::string_view header) {
  // VV-TTTTTTTTTTTTTTTTTTTTTTTTTTTTTTTT-SSSSSSSSSSSSSSSS-FF, and a later version may add "-…".
  constexpr std::size_t kSize = 55;
  if (header.size() < kSize || header.size() > kMaxTraceParentBytes) return {};
  if (header[2] != '-' || header[35] != '-' || header[52] != '-') return {};
  const std::string_view version = header.substr(0, 2);
  const std::string_view trace_id = header.substr(3, 32);
  const std::string_view span_id = header.substr(36, 16);
  const std::string_view flags = header.substr(53, 2);
  if (!lower_hex(version) || !lower_hex(trace_id) || !lower_hex(span_id) || !lower_hex(flags))
    return {};
  if (version == "ff" || all_zero(trace_id) || all_zero(span_id)) return {};
  if (header.size() > kSize && (version == "00" || header[kSize] != '-')) return {};
  return TraceContext{std::string(trace_id), std::string(span_id), odd(flags[1])};
}

std::string traceparent(const TraceContext& context) {
  std::string header;
  if (!context.valid()) return header;
  header.reserve(55);
  header += "00-";
  header += context.trace_id;
  header += '-';
  header += context.span_id;
  header += context.sampled ? "-01" : "-00";
  return header;
}

TraceContext make_trace_context(const TraceContext* parent) {
  TraceContext context;
  if (parent != nullptr && parent->valid()) {
    context.trace_id = parent->trace_id;
    context.sampled = parent->sampled;
  } else {
    context.trace_id = random_hex_id(16);
  }
  context.span_id = random_hex_id(8);
  return context;
}

const Correlation& current_correlation() {
  static const Correlation* const none = new Correlation;
  const Correlation* const current = Current::find();
  return current != nullptr ? *current : *none;
}

CorrelationScope::CorrelationScope(const Correlation& correlation) {
  Correlation* const place = Current::get();
  if (place == nullptr) return;
  // Everything that can fail comes first; `correlation` may be the current one itself.
  Correlation merged = correlation;
  inherit(merged.session, place->session);
  inherit(merged.thread, place->thread);
  inherit(merged.turn, place->turn);
  inherit(merged.item, place->item);
  inherit(merged.call, place->call);
  if (!merged.trace.valid()) merged.trace = place->trace;
  previous_ = std::exchange(*place, std::move(merged));
  ++changes;
}

CorrelationScope::~CorrelationScope() {
  Correlation* const place = Current::find();
  if (place != nullptr) *place = std::move(previous_);
  ++changes;
}

CorrelationReplacement::CorrelationReplacement(Correlation correlation) noexcept {
  Correlation* const place = Current::get();
  if (place != nullptr) previous_ = std::exchange(*place, std::move(correlation));
  ++changes;
}

CorrelationReplacement::~CorrelationReplacement() {
  Correlation* const place = Current::find();
  if (place != nullptr) *place = std::move(previous_);
  ++changes;
}

std::uint64_t correlation_changes() {
  return changes;
}

}  // namespace codex::telemetry
