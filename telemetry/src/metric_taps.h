// Values of histograms one by one, for exporters whose protocol wants them so. Lock-free: neither a
// thread that counts nor one that forks ever waits for an exporter.
#ifndef CODEX_TELEMETRY_SRC_METRIC_TAPS_H_
#define CODEX_TELEMETRY_SRC_METRIC_TAPS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "codex/telemetry/metrics.h"

namespace codex::telemetry {

struct Timing {
  const Histogram* histogram = nullptr;
  std::uint64_t value = 0;  // in the metric's unit
};

// Bounded, many writers, one reader (the queue with a sequence number per cell, of D. Vyukov). What
// finds it full is counted, not kept.
class TimingQueue {
 public:
  // Room for at least `capacity`, a power of two. Null where the system has no file descriptor left.
  static std::unique_ptr<TimingQueue> make(std::size_t capacity);
  ~TimingQueue();
  TimingQueue(const TimingQueue&) = delete;
  TimingQueue& operator=(const TimingQueue&) = delete;

  void push(Timing timing) noexcept;
  bool pop(Timing& timing) noexcept;  // false: there is none

  // Becomes readable whenever half of the room has been used again, and by wake().
  int wake_fd() const { return wake_fd_; }
  void wake() const noexcept;

  std::size_t capacity() const { return mask_ + 1; }
  std::uint64_t pushed() const { return head_.load(std::memory_order_relaxed); }
  std::uint64_t popped() const { return tail_.load(std::memory_order_relaxed); }
  std::uint64_t full() const { return full_.load(std::memory_order_relaxed); }

 private:
  TimingQueue(std::size_t capacity, int wake_fd);
  struct Cell {
    std::atomic<std::uint64_t> sequence{0};
    Timing timing;
  };
  const std::size_t mask_;
  const std::unique_ptr<Cell[]> cells_;
  const int wake_fd_;
  alignas(64) std::atomic<std::uint64_t> head_{0};
  alignas(64) std::atomic<std::uint64_t> tail_{0};
  alignas(64) std::atomic<std::uint64_t> full_{0};
};

namespace metrics_detail {

// The queues of a Metrics. A queue lives as long as the Metrics, for a thread that counts may still
// be about to write to one that was detached; the next exporter gets it again.
struct Taps {
  static constexpr std::size_t kMost = 4;

  void record(const Histogram& histogram, std::uint64_t value) noexcept {
    if (count.load(std::memory_order_relaxed) == 0) return;
    for (const auto& slot : attached) {
      if (TimingQueue* const queue = slot.load(std::memory_order_acquire))
        queue->push({&histogram, value});
    }
  }
  TimingQueue* attach(std::size_t capacity);  // null: there are kMost already
  void detach(TimingQueue* queue) noexcept;

  std::atomic<std::size_t> count{0};
  std::array<std::atomic<TimingQueue*>, kMost> attached{};
  std::mutex mutex;  // guards what follows
  std::vector<std::unique_ptr<TimingQueue>> queues;
  std::vector<TimingQueue*> free;
};

}  // namespace metrics_detail

// A series by its label values.
struct MetricSeries {
  const MetricInfo* info = nullptr;
  std::vector<std::string> labels;
};

// For exporters.
struct MetricsInternals {
  static TimingQueue* tap(Metrics& metrics, std::size_t capacity);
  static void untap(Metrics& metrics, TimingQueue* queue) noexcept;
  static std::optional<MetricSeries> series_of(const Metrics& metrics, const Histogram* histogram);
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_METRIC_TAPS_H_
