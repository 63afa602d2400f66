// Metrics of Codex sessions: counters and histograms, and how events feed them.
//
//   codex::telemetry::Metrics metrics;
//   codex::telemetry::MetricsRecorder recorder(hub, metrics);   // from here on events count
//   …
//   for (const MetricSample& sample : metrics.snapshot()) { … }  // for an exporter
//
// Which metrics there are is a table (all_metrics()); which event feeds which is the registry's
// `metrics` (registry.h). Label values come out of events, and so hold no secrets.
//
// Thread-safe. Counting takes no lock and allocates nothing; looking a series up does both. A fork()
// leaves both processes with metrics that they can go on with.
#ifndef CODEX_TELEMETRY_METRICS_H_
#define CODEX_TELEMETRY_METRICS_H_

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codex/telemetry/event.h"

namespace codex::telemetry {

enum class MetricKind {
  kCounter,        // grows
  kUpDownCounter,  // how many there are right now
  kHistogram,
};

struct MetricInfo {
  std::string_view name;  // "codex.turn.duration"
  MetricKind kind = MetricKind::kCounter;
  std::string_view unit;  // as UCUM writes it: "ns", "{token}", "{turn}"
  std::string_view help;
  std::span<const std::string_view> labels;  // their names, in the order of a series' values
  std::span<const std::uint64_t> bounds;     // of a histogram: inclusive upper ends, ascending
};

// Everything here is constant and lives as long as the program.
std::span<const MetricInfo> all_metrics();
// Null for a name that is none.
const MetricInfo* find_metric(std::string_view name);

namespace metrics_detail {
inline constexpr std::size_t kShards = 8;
// Which shard the calling thread counts in: threads are dealt round.
std::size_t next_shard() noexcept;
inline std::size_t shard() noexcept {
  static constinit thread_local std::size_t mine = kShards;
  if (mine == kShards) mine = next_shard();
  return mine;
}
struct Taps;
}  // namespace metrics_detail

// Of any thread at any time: threads seldom share a cache line. A sum that is read while others
// count may miss what is being added.
class Counter {
 public:
  void add(std::int64_t count = 1) noexcept {
    shards_[metrics_detail::shard()].value.fetch_add(count, std::memory_order_relaxed);
  }
  std::int64_t value() const noexcept;

 private:
  struct alignas(64) Shard {
    std::atomic<std::int64_t> value{0};
  };
  std::array<Shard, metrics_detail::kShards> shards_;
};

struct HistogramValue {
  std::uint64_t count = 0;
  std::uint64_t sum = 0;               // in the metric's unit
  std::vector<std::uint64_t> buckets;  // one for each bound, not cumulative, and one for the rest
};

class Histogram {
 public:
  // `bounds` must live as long, and `taps`: who wants each value by itself (statsd.h).
  explicit Histogram(std::span<const std::uint64_t> bounds, metrics_detail::Taps* taps = nullptr);
  void record(std::uint64_t value) noexcept;
  HistogramValue value() const;

 private:
  struct alignas(64) Line {
    std::atomic<std::uint64_t> counts[8];
  };
  std::atomic<std::uint64_t>& place(std::size_t shard, std::size_t index) const noexcept {
    return lines_[shard * lines_per_shard_ + index / 8].counts[index % 8];
  }
  const std::span<const std::uint64_t> bounds_;
  metrics_detail::Taps* const taps_;
  const std::size_t lines_per_shard_;  // the sum, and then the buckets
  const std::unique_ptr<Line[]> lines_;
};

// One combination of label values.
struct MetricPoint {
  std::vector<std::pair<std::string_view, std::string>> labels;
  std::int64_t value = 0;    // of a counter
  HistogramValue histogram;  // of a histogram
};

struct MetricSample {
  const MetricInfo* info = nullptr;
  std::vector<MetricPoint> points;  // by their label values
};

struct MetricsOptions {
  static constexpr std::size_t kMaxSeries = 1000;
  // Of each metric. Series beyond that count in one more, whose label values are all "other". Each
  // look-up that ends there counts as codex.metrics.overflowed; the first of a metric is told to
  // exporter_logger(), as a warning.
  std::size_t max_series = kMaxSeries;
  std::map<std::string, std::size_t, std::less<>> max_series_of = {};  // by metric, in place of that
};

class Metrics {
 public:
  static constexpr std::size_t kMaxLabel = 64;  // bytes of a label value; the rest is cut

  explicit Metrics(MetricsOptions options = {});
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // The series of `name` with these label values, in the order of its labels; too few are "". Lives
  // as long as this. A name that is no counter (or no histogram) gets a series that nobody sees.
  Counter& counter(std::string_view name, std::initializer_list<std::string_view> labels = {});
  Histogram& histogram(std::string_view name, std::initializer_list<std::string_view> labels = {});

  // What was counted so far, in the order of all_metrics(); metrics without a series are left out.
  std::vector<MetricSample> snapshot() const;
  // Since when it counts: when it was made.
  std::chrono::system_clock::time_point since() const;

 private:
  friend struct MetricsInternals;
  struct State;
  const std::unique_ptr<State> state_;
};

// Feeds metrics from the events of a hub, for as long as it lives; both must outlive it. Where an
// event has no duration of its own, the time since the event that began it counts. Tokens, which
// the wire counts over a thread, count by what they grew.
class MetricsRecorder {
 public:
  MetricsRecorder(Hub& hub, Metrics& metrics);
  ~MetricsRecorder();
  MetricsRecorder(const MetricsRecorder&) = delete;
  MetricsRecorder& operator=(const MetricsRecorder&) = delete;

 private:
  struct State;
  const std::shared_ptr<State> state_;  // with the handler, which may still run when this goes
  Hub& hub_;
  const HandlerId id_;
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_METRICS_H_
