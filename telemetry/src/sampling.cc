#include "sampling.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <initializer_list>

#include "codex/telemetry/pipeline.h"

namespace codex::telemetry {
namespace {

std::string_view last_segment(std::string_view name) { return name.substr(name.rfind('.') + 1); }

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// What an event's begin and end have in common.
std::string identity(const Event& event) {
  const Correlation& ids = event.correlation;
  const std::string_view family = event_family(event.name);
  std::string made(family);
  const auto add = [&made](const std::string& id) { made.append(1, '\0').append(id); };
  add(ids.thread);
  add(ids.turn);
  if (family == "codex.turn") return made;
  add(ids.item);
  add(ids.call);
  if (const json::Value* request = event.metadata.find("request_id")) add(json::dump(*request));
  return made;
}

}  // namespace

std::string_view event_family(std::string_view name) {
  return name.substr(0, std::min(name.rfind('.'), name.size()));
}

EventRole event_role(std::string_view name) {
  const std::string_view last = last_segment(name);
  if (one_of(last, {"start", "started", "requested"})) return EventRole::kBegin;
  if (one_of(last, {"stop", "completed", "interrupted", "approved", "denied", "cancelled"})) {
    return EventRole::kEnd;
  }
  // An exception of a thread does not end it.
  if (last == "failed" || (last == "exception" && name != "codex.thread.exception")) {
    return EventRole::kEnd;
  }
  return EventRole::kOther;
}

bool is_error(std::string_view name) {
  return one_of(last_segment(name), {"exception", "failed", "malformed", "invalid", "error"}) ||
         name.starts_with("codex.telemetry.");
}

bool keeps_trace(std::string_view trace_id, double ratio) {
  constexpr std::size_t kDigits = 32;
  constexpr std::size_t kRandom = 14;  // the last 56 bits
  if (trace_id.size() != kDigits) return true;
  std::uint64_t random = 0;
  for (std::size_t i = 0; i < kDigits; ++i) {
    const int value = hex_value(trace_id[i]);
    if (value < 0) return true;
    if (i >= kDigits - kRandom) random = random << 4 | static_cast<std::uint64_t>(value);
  }
  if (!(ratio > 0)) return false;
  if (ratio >= 1) return true;
  return random >= static_cast<std::uint64_t>(std::ldexp(1 - ratio, 56));
}

bool Sampling::keeps(const Event& event) {
  if (ratio_ >= 1) return true;
  const std::string& trace = event.correlation.trace.trace_id;
  const std::string_view family = event_family(event.name);
  const EventRole role = event_role(event.name);
  const bool kept = is_error(event.name) || keeps_trace(trace, ratio_);
  if (role == EventRole::kOther) return kept;
  // There are few of these, and their ids may become known only on the way.
  if (family == "codex.session" || family == "codex.thread") return kept || role == EventRole::kEnd;
  if (role == EventRole::kBegin && !kept) return false;
  const std::string key = identity(event);
  const std::lock_guard lock(mutex_);
  if (role == EventRole::kEnd) return open_.erase(key) != 0 || kept || forgot_;
  if (open_.size() < kMostOpen) {
    open_.insert(key);
  } else {
    forgot_ = true;
  }
  return true;
}

}  // namespace codex::telemetry
