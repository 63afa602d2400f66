#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <utility>
#include <vector>

#include "codex/telemetry/event.h"
#include "completion.h"
#include "correlation_changes.h"
#include "delta_throttle.h"
#include "event_scrub.h"
#include "handler_failure.h"
#include "published.h"
#include "sampling.h"

namespace codex::telemetry {
namespace {

struct Entry {
  HandlerId id = 0;
  std::string prefix;
  Handler handler;
  bool raw = false;  // gets events as they were emitted
  // Cleared by the first who detaches it. An emitter that still holds an older list asks this
  // right before the call.
  std::atomic<bool> attached{true};
  std::atomic<bool> failed{false};
};

// Never changed once it is published: emitters walk it while no lock is held.
using Handlers = std::vector<std::shared_ptr<Entry>>;

bool matches(std::string_view prefix, std::string_view name) {
  // Prefixes are short: a loop beats the call of memcmp.
  if (prefix.size() > name.size()) return false;
  for (std::size_t i = 0; i < prefix.size(); ++i) {
    if (prefix[i] != name[i]) return false;
  }
  return prefix.empty() || name.size() == prefix.size() || name[prefix.size()] == '.';
}

// An event as the handlers get it: filled in, and scrubbed where there is something to scrub. Made
// when the first handler asks.
class Shown {
 public:
  // `scrubber`: null where nothing is to be scrubbed (any more).
  explicit Shown(const std::shared_ptr<const Scrubber>& scrubber) : scrubber_(scrubber) {}
  const Event& raw(Event& event) noexcept { return complete_.event_of(event); }
  // Null where there was no memory for it: what could not be scrubbed is not shown.
  const Event* get(Event& event) noexcept {
    const Event& complete = raw(event);
    if (scrubber_ == nullptr) return &complete;
    if (state_ == State::kUnknown) state_ = look(complete);
    if (state_ == State::kClean) return &complete;
    return state_ == State::kScrubbed ? scrubbed_.get() : nullptr;
  }

 private:
  enum class State { kUnknown, kClean, kScrubbed, kLost };
  State look(const Event& complete) noexcept {
    try {
      if (!event_may_hold_secrets(scrubber_, complete, complete_.ids_version())) {
        return State::kClean;
      }
      scrubbed_ = std::make_unique<Event>(complete);
      scrub_event(*scrubber_, *scrubbed_);
      return State::kScrubbed;
    } catch (const std::exception&) {
      return State::kLost;
    }
  }

  Completion complete_;
  const std::shared_ptr<const Scrubber>& scrubber_;
  State state_ = State::kUnknown;
  std::unique_ptr<Event> scrubbed_;
};

const std::shared_ptr<const Scrubber> kUnscrubbed;

// Of deltas nothing is held back but what may be a part of a secret.
PipelineOptions unthrottled() {
  PipelineOptions options;
  options.deltas_per_second = -1;
  options.throttled.clear();
  return options;
}

// The deltas of a hub whose end is still to be scrubbed with what follows.
class Deltas {
 public:
  explicit Deltas(const Scrubber& scrubber) : throttle_(options_, scrubber) {}

  // The deltas that can go on, in order; a delta itself is among them, or waits.
  template <typename Change>
  std::vector<Event> change(const Change& make) noexcept {
    DeltaThrottle::Result result;
    try {
      const std::lock_guard lock(mutex_);
      make(throttle_, result);
      open_.store(throttle_.open(), std::memory_order_relaxed);
    } catch (const std::exception&) {
      // Out of memory: what could not be scrubbed is not shown.
    }
    return std::move(result.ready);
  }
  bool open() const { return open_.load(std::memory_order_relaxed); }

 private:
  const PipelineOptions options_ = unthrottled();
  std::mutex mutex_;  // guards the throttle; no handler runs while it is held
  DeltaThrottle throttle_;
  std::atomic<bool> open_{false};
};

}  // namespace

struct Hub::State {
  explicit State(Scrubbing given) : scrubbing(std::move(given)) {}

  const Scrubbing scrubbing;
  std::once_flag deltas_made;
  std::unique_ptr<Deltas> deltas;
  std::atomic<bool> has_deltas{false};
  std::atomic<bool> active{false};
  Published<Handlers> handlers;  // no code of the host runs while its lock is held
  HandlerId last_id = 0;         // guarded by that lock

  // Makes a list of those still attached, and `added`, the current one.
  void publish(std::shared_ptr<Entry> added) {
    handlers.change([&](const Handlers& current) {
      auto next = std::make_shared<Handlers>();
      next->reserve(current.size() + 1);
      for (const auto& entry : current) {
        if (entry->attached.load(std::memory_order_relaxed)) next->push_back(entry);
      }
      if (added) {
        added->id = ++last_id;
        next->push_back(std::move(added));
      }
      active.store(!next->empty(), std::memory_order_relaxed);
      return next;
    });
  }

  bool remove(Entry& entry) noexcept {
    if (!entry.attached.exchange(false, std::memory_order_acq_rel)) return false;
    try {
      publish(nullptr);
    } catch (const std::exception&) {
      // Out of memory: it is detached all the same, and leaves the list with the next change.
    }
    return true;
  }

  enum class Audience { kAll, kRaw, kScrubbed };

  void deliver(Event& event, const std::shared_ptr<const Scrubber>& scrubber,
               std::vector<Event>& reports, Audience audience = Audience::kAll) noexcept {
    const auto current = handlers.get();
    Shown shown(scrubber);
    for (const auto& entry : *current) {
      if (!matches(entry->prefix, event.name)) continue;
      if (audience != Audience::kAll && entry->raw != (audience == Audience::kRaw)) continue;
      if (!entry->attached.load(std::memory_order_acquire)) continue;
      const Event* const given = entry->raw ? &shown.raw(event) : shown.get(event);
      if (given == nullptr) continue;
      try {
        entry->handler(*given);
      } catch (const std::exception& exception) {
        fail(*entry, *given, exception.what(), reports);
      } catch (...) {
        fail(*entry, *given, "something that is no std::exception", reports);
      }
    }
  }

  void emit(Event& event, std::vector<Event>& reports) noexcept {
    const std::shared_ptr<const Scrubber>& scrubber = scrubbing.scrubber();
    if (scrubber == nullptr) return deliver(event, kUnscrubbed, reports);
    if (is_delta(event.name)) {
      deliver(event, kUnscrubbed, reports, Audience::kRaw);
      return deliver_deltas(reports, [&](DeltaThrottle& throttle, DeltaThrottle::Result& result) {
        complete_event(event);
        throttle.add(std::move(event), {}, result);
      });
    }
    if (has_deltas.load(std::memory_order_acquire) && deltas->open() &&
        event_role(event.name) == EventRole::kEnd) {
      deliver_deltas(reports, [&](DeltaThrottle& throttle, DeltaThrottle::Result& result) {
        throttle.finish(event, result);
      });
    }
    deliver(event, scrubber, reports);
  }

  template <typename Change>
  void deliver_deltas(std::vector<Event>& reports, const Change& change) noexcept {
    try {
      std::call_once(deltas_made, [this] {
        deltas = std::make_unique<Deltas>(*scrubbing.scrubber());
        has_deltas.store(true, std::memory_order_release);
      });
      for (Event& delta : deltas->change(change)) {
        scrub_event(*scrubbing.scrubber(), delta, nullptr, kDeltaText);
        // What waited was not emitted here: it must not inherit from here.
        const CorrelationReplacement there(delta.correlation);
        deliver(delta, kUnscrubbed, reports, Audience::kScrubbed);
      }
    } catch (const std::exception&) {
    }
  }

  // `deliver_to(reports)`, and then what there is to report: of handlers that failed, told to those
  // who are left. One that fails while it is told adds a report: there are never more than
  // handlers.
  template <typename Deliver>
  void deliver_and_report(const Deliver& deliver_to) noexcept {
    std::vector<Event> reports;
    deliver_to(reports);
    for (std::size_t next = 0; next < reports.size(); ++next) {
      Event report = std::move(reports[next]);
      deliver(report, kUnscrubbed, reports);
    }
  }

  void fail(Entry& entry, const Event& event, const char* what,
            std::vector<Event>& reports) noexcept {
    remove(entry);
    // It may have failed on several threads at once, or have detached itself before.
    if (entry.failed.exchange(true, std::memory_order_relaxed)) return;
    try {
      reports.push_back(handler_failure(entry.id, entry.prefix, event, what));
    } catch (const std::exception&) {
    }
  }
};

Hub::Hub(Scrubbing scrubbing) : state_(std::make_unique<State>(std::move(scrubbing))) {}
Hub::~Hub() = default;

HandlerId Hub::attach(std::string_view prefix, Handler handler) {
  return attach(prefix, std::move(handler), false);
}

HandlerId Hub::attach(std::string_view prefix, Handler handler, bool raw) {
  while (prefix.ends_with('.'))
    prefix.remove_suffix(1);
  auto entry = std::make_shared<Entry>();
  entry->prefix = prefix;
  entry->handler = std::move(handler);
  entry->raw = raw;
  const std::shared_ptr<const Entry> attached = entry;
  state_->publish(std::move(entry));
  return attached->id;
}

bool Hub::detach(HandlerId id) {
  const auto current = state_->handlers.get();
  // Ids grow, and so does the list.
  const auto found =
      std::lower_bound(current->begin(), current->end(), id,
                       [](const auto& entry, HandlerId key) { return entry->id < key; });
  return found != current->end() && (*found)->id == id && state_->remove(**found);
}

// What nothing is ever delivered through is never active; emit() and all that ask skip their work.
bool Hub::active() const noexcept {
#ifdef CODEX_TELEMETRY_DISABLED
  return false;
#else
  return state_->active.load(std::memory_order_relaxed);
#endif
}

void Hub::emit(Event event) noexcept {
  emit(event, false);
}

void Hub::emit(std::string_view name, json::Object metadata, json::Object measurements) noexcept {
  if (!active()) return;
  Event event;
  event.name = name;
  event.measurements = std::move(measurements);
  event.metadata = std::move(metadata);
  emit(event, false);
}

void Hub::emit(Event& event, bool scrubbed) noexcept {
  if (!active()) return;
  state_->deliver_and_report([&](std::vector<Event>& reports) {
    if (scrubbed) {
      state_->deliver(event, kUnscrubbed, reports);
    } else {
      state_->emit(event, reports);
    }
  });
}

void Hub::flush() noexcept {
  if (!state_->has_deltas.load(std::memory_order_acquire)) return;
  state_->deliver_and_report([&](std::vector<Event>& reports) {
    state_->deliver_deltas(reports, [](DeltaThrottle& throttle, DeltaThrottle::Result& result) {
      throttle.flush({}, result);
    });
  });
}

Hub& default_hub() {
  static Hub* const hub = new Hub;
  return *hub;
}

}  // namespace codex::telemetry
