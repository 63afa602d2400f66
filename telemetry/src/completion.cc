#include "completion.h"

#include <cstdint>
#include <exception>
#include <utility>

#include "correlation_changes.h"
#include "thread_slot.h"

namespace codex::telemetry {
namespace {

bool is_bare(const Correlation& correlation) {
  return correlation.session.empty() && correlation.thread.empty() && correlation.turn.empty() &&
         correlation.item.empty() && correlation.call.empty() &&
         correlation.trace.trace_id.empty() && correlation.trace.span_id.empty();
}

void inherit(std::string& field, const std::string& outer) {
  if (field.empty() && !outer.empty()) field = outer;
}

void inherit(Correlation& own, const Correlation& around) noexcept {
  try {
    if (!own.trace.valid() && around.trace.valid()) own.trace = around.trace;
    inherit(own.session, around.session);
    inherit(own.thread, around.thread);
    inherit(own.turn, around.turn);
    inherit(own.item, around.item);
    inherit(own.call, around.call);
  } catch (const std::exception&) {
  }
}

}  // namespace

struct Completion::Kept {
  using Slot = ThreadSlot<Kept, Kept>;
  Event event;
  std::uint64_t changes = 0;  // the state of the thread's correlation that `event` has
  bool lent = false;          // to an event whose handler is emitting this one

  bool update() noexcept {
    const std::uint64_t now = correlation_changes();
    if (changes == now) return true;
    try {
      event.correlation = current_correlation();
    } catch (const std::exception&) {
      changes = 0;
      return false;
    }
    changes = now;
    return true;
  }
};

void Completion::complete(Event& given) noexcept {
  given_ = shown_ = &given;
  if (given.time == std::chrono::system_clock::time_point{}) {
    given.time = std::chrono::system_clock::now();
  }
  if (is_bare(given.correlation)) {
    Kept* const kept = Kept::Slot::get();
    if (kept != nullptr && !kept->lent && kept->update()) {
      kept_ = kept;
      kept_->lent = true;
      shown_ = &kept_->event;
      shown_->name = given.name;
      shown_->time = given.time;
      if (!given.measurements.empty()) shown_->measurements = std::move(given.measurements);
      if (!given.metadata.empty()) shown_->metadata = std::move(given.metadata);
      return;
    }
  }
  inherit(given.correlation, current_correlation());
}

std::uint64_t Completion::ids_version() const {
  return kept_ != nullptr ? kept_->changes : 0;
}

void Completion::give_back() noexcept {
  if (!shown_->measurements.empty()) given_->measurements = std::move(shown_->measurements);
  if (!shown_->metadata.empty()) given_->metadata = std::move(shown_->metadata);
  kept_->lent = false;
}

}  // namespace codex::telemetry
