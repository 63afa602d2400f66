#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <utility>
#include <vector>

#include "codex/telemetry/event.h"
#include "handler_failure.h"

namespace codex::telemetry {
namespace {

struct Entry {
  HandlerId id = 0;
  std::string prefix;
  Handler handler;
  // Cleared by the first who detaches it. An emitter that still holds an older list asks this
  // right before the call.
  std::atomic<bool> attached{true};
  std::atomic<bool> failed{false};
};

// Never changed once it is published: emitters walk it while no lock is held.
using Handlers = std::vector<std::shared_ptr<Entry>>;
using Snapshot = std::shared_ptr<const Handlers>;

bool matches(std::string_view prefix, std::string_view name) {
  if (prefix.empty()) return true;
  return name.starts_with(prefix) && (name.size() == prefix.size() || name[prefix.size()] == '.');
}

void inherit(std::string& field, const std::string& outer) {
  if (field.empty() && !outer.empty()) field = outer;
}

// Out of memory: the event goes out with what it has.
void complete(Event& event) noexcept {
  if (event.time == std::chrono::system_clock::time_point{}) {
    event.time = std::chrono::system_clock::now();
  }
  try {
    const Correlation& around = current_correlation();
    Correlation& own = event.correlation;
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

struct Hub::State {
  std::atomic<bool> active{false};
  std::mutex mutex;  // guards what follows; no code of the host runs while it is held
  Snapshot handlers = std::make_shared<const Handlers>();
  HandlerId last_id = 0;

  Snapshot snapshot() {
    const std::lock_guard lock(mutex);
    return handlers;
  }

  // Makes a list of those still attached, and `added`, the current one. Returns the old list, to be
  // dropped when the lock is gone: destructors of handlers are code of the host.
  Snapshot publish(std::shared_ptr<Entry> added) {
    auto next = std::make_shared<Handlers>();
    next->reserve(handlers->size() + 1);
    for (const auto& entry : *handlers) {
      if (entry->attached.load(std::memory_order_relaxed)) next->push_back(entry);
    }
    if (added) next->push_back(std::move(added));
    active.store(!next->empty(), std::memory_order_relaxed);
    return std::exchange(handlers, std::move(next));
  }

  bool remove(Entry& entry) noexcept {
    if (!entry.attached.exchange(false, std::memory_order_acq_rel)) return false;
    try {
      Snapshot old;
      const std::lock_guard lock(mutex);
      old = publish(nullptr);
    } catch (const std::exception&) {
      // Out of memory: it is detached all the same, and leaves the list with the next change.
    }
    return true;
  }

  void deliver(Event& event, std::vector<Event>& reports) noexcept {
    const Snapshot current = snapshot();
    bool completed = false;
    for (const auto& entry : *current) {
      if (!matches(entry->prefix, event.name)) continue;
      if (!entry->attached.load(std::memory_order_acquire)) continue;
      if (!std::exchange(completed, true)) complete(event);
      try {
        entry->handler(event);
      } catch (const std::exception& exception) {
        fail(*entry, event, exception.what(), reports);
      } catch (...) {
        fail(*entry, event, "something that is no std::exception", reports);
      }
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

Hub::Hub() : state_(std::make_unique<State>()) {}
Hub::~Hub() = default;

HandlerId Hub::attach(std::string_view prefix, Handler handler) {
  while (prefix.ends_with('.')) prefix.remove_suffix(1);
  auto entry = std::make_shared<Entry>();
  entry->prefix = prefix;
  entry->handler = std::move(handler);
  Snapshot old;
  const std::lock_guard lock(state_->mutex);
  const HandlerId id = ++state_->last_id;
  entry->id = id;
  old = state_->publish(std::move(entry));
  return id;
}

bool Hub::detach(HandlerId id) {
  const Snapshot current = state_->snapshot();
  // Ids grow, and so does the list.
  const auto found = std::lower_bound(current->begin(), current->end(), id,
                                      [](const auto& entry, HandlerId key) { return entry->id < key; });
  return found != current->end() && (*found)->id == id && state_->remove(**found);
}

bool Hub::active() const noexcept { return state_->active.load(std::memory_order_relaxed); }

void Hub::emit(Event event) noexcept {
  if (!active()) return;
  // Of handlers that failed; told when the event itself has been, to those who are left. One that
  // fails while it is told adds a report: there are never more than handlers.
  std::vector<Event> reports;
  state_->deliver(event, reports);
  for (std::size_t next = 0; next < reports.size(); ++next) {
    Event report = std::move(reports[next]);
    state_->deliver(report, reports);
  }
}

Hub& default_hub() {
  static Hub* const hub = new Hub;
  return *hub;
}

}  // namespace codex::telemetry
