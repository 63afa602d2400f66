#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "codex/telemetry/event.h"
#include "completion.h"
#include "handler_failure.h"
#include "thread_slot.h"

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

// No two lists have the same, not even of different hubs.
std::uint64_t next_version() {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

// The list that a thread used last: while it is current, no lock is needed to find it. Not owned,
// or handlers that were detached would live on with every thread that emitted before.
struct Recent {
  using Slot = ThreadSlot<Recent, Recent>;
  std::uint64_t version = 0;
  std::weak_ptr<const Handlers> list;
};

bool matches(std::string_view prefix, std::string_view name) {
  if (prefix.empty()) return true;
  return name.starts_with(prefix) && (name.size() == prefix.size() || name[prefix.size()] == '.');
}

}  // namespace

struct Hub::State {
  std::atomic<bool> active{false};
  std::atomic<std::uint64_t> version{next_version()};  // of the list; changed under the mutex
  std::mutex mutex;  // guards what follows; no code of the host runs while it is held
  Snapshot handlers = std::make_shared<const Handlers>();
  HandlerId last_id = 0;

  Snapshot snapshot() {
    Recent* const recent = Recent::Slot::get();
    if (recent != nullptr && recent->version == version.load(std::memory_order_acquire)) {
      if (Snapshot list = recent->list.lock()) return list;
    }
    const std::lock_guard lock(mutex);
    if (recent != nullptr) {
      recent->version = version.load(std::memory_order_relaxed);
      recent->list = handlers;
    }
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
    version.store(next_version(), std::memory_order_release);
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
    std::optional<Completion> complete;
    for (const auto& entry : *current) {
      if (!matches(entry->prefix, event.name)) continue;
      if (!entry->attached.load(std::memory_order_acquire)) continue;
      if (!complete) complete.emplace(event);
      try {
        entry->handler(complete->event());
      } catch (const std::exception& exception) {
        fail(*entry, complete->event(), exception.what(), reports);
      } catch (...) {
        fail(*entry, complete->event(), "something that is no std::exception", reports);
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
  while (prefix.ends_with('.'))
    prefix.remove_suffix(1);
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
