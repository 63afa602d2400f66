// A list that is read all the time and seldom changed.
#ifndef CODEX_TELEMETRY_SRC_PUBLISHED_H_
#define CODEX_TELEMETRY_SRC_PUBLISHED_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include "thread_slot.h"

namespace codex::telemetry {

// One T that is never changed once it is published. Any thread may read it; a thread that has read
// the current one before takes no lock to get it again.
template <typename T>
class Published {
 public:
  using Snapshot = std::shared_ptr<const T>;

  Snapshot get() {
    Recent* const recent = ThreadSlot<Recent, Recent>::get();
    if (recent != nullptr && recent->version == version_.load(std::memory_order_acquire)) {
      if (Snapshot current = recent->current.lock()) return current;
    }
    const std::lock_guard lock(mutex_);
    if (recent != nullptr) {
      recent->version = version_.load(std::memory_order_relaxed);
      recent->current = current_;
    }
    return current_;
  }

  // Publishes what `make(current)` returns. The old one is dropped when no lock is held and nobody
  // reads it: destructors in it are code of the host. `make` runs under the lock.
  template <typename Make>
  void change(const Make& make) {
    Snapshot old;  // outlives the lock
    const std::lock_guard lock(mutex_);
    Snapshot next = make(*current_);
    version_.store(next_version(), std::memory_order_release);
    old = std::exchange(current_, std::move(next));
  }

 private:
  // The one that a thread used last. Not owned, or what it holds would live on with every thread
  // that used it.
  struct Recent {
    std::uint64_t version = 0;
    std::weak_ptr<const T> current;
  };

  // No two have the same, not even of different objects.
  static std::uint64_t next_version() {
    static std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
  }

  std::atomic<std::uint64_t> version_{next_version()};  // of current_; changed under the mutex
  std::mutex mutex_;
  Snapshot current_ = std::make_shared<const T>();
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_PUBLISHED_H_
