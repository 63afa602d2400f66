#include "metric_taps.h"

#include <algorithm>
#include <bit>
#include <cerrno>

#include <sys/eventfd.h>
#include <unistd.h>

namespace codex::telemetry {

std::unique_ptr<TimingQueue> TimingQueue::make(std::size_t capacity) {
  const int wake_fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_fd < 0) return nullptr;
  try {
    const std::size_t room = std::bit_ceil(std::clamp<std::size_t>(capacity, 2, 1U << 24));
    return std::unique_ptr<TimingQueue>(new TimingQueue(room, wake_fd));
  } catch (...) {
    ::close(wake_fd);
    throw;
  }
}

TimingQueue::TimingQueue(std::size_t capacity, int wake_fd)
    : mask_(capacity - 1), cells_(new Cell[capacity]), wake_fd_(wake_fd) {
  for (std::size_t i = 0; i < capacity; ++i)
    cells_[i].sequence.store(i, std::memory_order_relaxed);
}

TimingQueue::~TimingQueue() { ::close(wake_fd_); }

void TimingQueue::push(Timing timing) noexcept {
  std::uint64_t place = head_.load(std::memory_order_relaxed);
  for (;;) {
    Cell& cell = cells_[place & mask_];
    const std::uint64_t sequence = cell.sequence.load(std::memory_order_acquire);
    if (sequence == place) {
      if (!head_.compare_exchange_weak(place, place + 1, std::memory_order_relaxed)) continue;
      cell.timing = timing;
      cell.sequence.store(place + 1, std::memory_order_release);
      if (((place + 1) & (mask_ >> 1)) == 0) wake();
      return;
    }
    if (sequence < place) {
      full_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    place = head_.load(std::memory_order_relaxed);
  }
}

bool TimingQueue::pop(Timing& timing) noexcept {
  const std::uint64_t place = tail_.load(std::memory_order_relaxed);
  Cell& cell = cells_[place & mask_];
  if (cell.sequence.load(std::memory_order_acquire) != place + 1) return false;
  timing = cell.timing;
  cell.sequence.store(place + mask_ + 1, std::memory_order_release);
  tail_.store(place + 1, std::memory_order_relaxed);
  return true;
}

void TimingQueue::wake() const noexcept {
  const int before = errno;
  const std::uint64_t one = 1;
  // Fails where it is readable already.
  [[maybe_unused]] const ssize_t written = ::write(wake_fd_, &one, sizeof one);
  errno = before;
}

namespace metrics_detail {

TimingQueue* Taps::attach(std::size_t capacity) {
  const std::lock_guard lock(mutex);
  const auto slot = std::find_if(attached.begin(), attached.end(),
                                 [](const auto& each) { return each.load() == nullptr; });
  if (slot == attached.end()) return nullptr;
  const auto kept = std::find_if(free.begin(), free.end(), [capacity](const TimingQueue* queue) {
    return queue->capacity() == std::bit_ceil(std::clamp<std::size_t>(capacity, 2, 1U << 24));
  });
  TimingQueue* queue = nullptr;
  if (kept != free.end()) {
    queue = *kept;
    free.erase(kept);
    Timing stale;
    while (queue->pop(stale)) {
    }
  } else {
    auto made = TimingQueue::make(capacity);
    if (!made) return nullptr;
    free.reserve(queues.size() + 1);  // so that detach() needs no memory
    queues.push_back(std::move(made));
    queue = queues.back().get();
  }
  slot->store(queue, std::memory_order_release);
  count.fetch_add(1, std::memory_order_relaxed);
  return queue;
}

void Taps::detach(TimingQueue* queue) noexcept {
  const std::lock_guard lock(mutex);
  for (auto& slot : attached) {
    if (slot.load() != queue) continue;
    slot.store(nullptr, std::memory_order_release);
    count.fetch_sub(1, std::memory_order_relaxed);
    free.push_back(queue);
    return;
  }
}

}  // namespace metrics_detail
}  // namespace codex::telemetry
