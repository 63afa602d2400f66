#include "codex/telemetry/metrics.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <unordered_map>

#include <pthread.h>

#include "codex/telemetry/exporter.h"
#include "metric_taps.h"

namespace codex::telemetry {
namespace {

constexpr std::string_view kByEvent[] = {"event"};
constexpr std::string_view kByKind[] = {"kind"};
constexpr std::string_view kByOutcome[] = {"outcome"};
constexpr std::string_view kByReason[] = {"reason"};
constexpr std::string_view kByToolAndOutcome[] = {"tool", "outcome"};
constexpr std::string_view kByTool[] = {"tool"};
constexpr std::string_view kByTypeAndState[] = {"type", "state"};
constexpr std::string_view kByType[] = {"type"};
constexpr std::string_view kByMethodAndOutcome[] = {"method", "outcome"};
constexpr std::string_view kByMethod[] = {"method"};
constexpr std::string_view kByComponent[] = {"otel.component.type"};
constexpr std::string_view kByComponentAndError[] = {"otel.component.type", "error.type"};
constexpr std::string_view kByMetric[] = {"metric"};

// From a millisecond to an hour: what Codex does takes seconds to minutes.
constexpr std::uint64_t kMs = 1'000'000;
constexpr std::uint64_t kDurations[] = {
    kMs,          5 * kMs,       10 * kMs,      50 * kMs,        100 * kMs,
    500 * kMs,    1'000 * kMs,   5'000 * kMs,   10'000 * kMs,    30'000 * kMs,
    60'000 * kMs, 300'000 * kMs, 600'000 * kMs, 3'600'000 * kMs,
};

constexpr auto kCounter = MetricKind::kCounter;
constexpr auto kUpDown = MetricKind::kUpDownCounter;
constexpr auto kHistogram = MetricKind::kHistogram;

// clang-format off
constexpr MetricInfo kMetrics[] = {
    {"codex.events", kCounter, "{event}", "Events, by name.", kByEvent, {}},
    {"codex.events.dropped", kCounter, "{event}", "Events that a pipeline did not deliver.", kByReason, {}},
    {"codex.errors", kCounter, "{error}", "Events that tell of an error, by name.", kByEvent, {}},
    {"codex.sessions", kCounter, "{session}", "Processes of codex.", {}, {}},
    {"codex.sessions.active", kUpDown, "{session}", "Processes of codex that have not ended.", {}, {}},
    {"codex.session.duration", kHistogram, "ns", "From the start of a process to its end.", {}, kDurations},
    {"codex.threads", kCounter, "{thread}", "Threads that were started or resumed.", {}, {}},
    {"codex.threads.active", kUpDown, "{thread}", "Threads that have not ended.", {}, {}},
    {"codex.thread.duration", kHistogram, "ns", "From the start of a thread to its end.", {}, kDurations},
    {"codex.turns", kCounter, "{turn}", "Turns that ended, by outcome.", kByOutcome, {}},
    {"codex.turns.active", kUpDown, "{turn}", "Turns that have not ended.", {}, {}},
    {"codex.turn.duration", kHistogram, "ns", "From the start of a turn to its end.", kByOutcome, kDurations},
    {"codex.tokens", kCounter, "{token}", "Tokens, by kind, as the wire names it.", kByKind, {}},
    {"codex.items", kCounter, "{item}", "Items started, updated and completed, by type.", kByTypeAndState, {}},
    {"codex.item.duration", kHistogram, "ns", "From the start of an item to its end.", kByType, kDurations},
    {"codex.tool.calls", kCounter, "{call}", "Tool calls that ended, by tool and outcome.", kByToolAndOutcome, {}},
    {"codex.tool.calls.active", kUpDown, "{call}", "Tool calls that have not ended.", kByTool, {}},
    {"codex.tool.duration", kHistogram, "ns", "From the start of a tool call to its end.", kByTool, kDurations},
    {"codex.approvals", kCounter, "{approval}", "Approvals that were answered, by method and outcome.", kByMethodAndOutcome, {}},
    {"codex.approvals.waiting", kUpDown, "{approval}", "Approvals that nobody has answered yet.", kByMethod, {}},
    {"codex.approval.duration", kHistogram, "ns", "From the request of an approval to its answer.", kByMethod, kDurations},
    // Of exporters, by themselves (exporter.h), as OpenTelemetry's conventions name those of an SDK.
    {"otel.sdk.exporter.span.exported", kCounter, "{span}", "Spans that an exporter is done with; error.type: why one was dropped.", kByComponentAndError, {}},
    {"otel.sdk.exporter.span.inflight", kUpDown, "{span}", "Spans that are on their way to the receiver.", kByComponent, {}},
    {"otel.sdk.processor.span.queue.size", kUpDown, "{span}", "Spans that wait to be exported.", kByComponent, {}},
    {"otel.sdk.processor.span.queue.capacity", kUpDown, "{span}", "Spans that the queue has room for.", kByComponent, {}},
    {"otel.sdk.exporter.log.exported", kCounter, "{log_record}", "Log records that an exporter is done with; error.type: why one was dropped.", kByComponentAndError, {}},
    {"otel.sdk.exporter.log.inflight", kUpDown, "{log_record}", "Log records that are on their way to the receiver.", kByComponent, {}},
    {"otel.sdk.processor.log.queue.size", kUpDown, "{log_record}", "Log records that wait to be exported.", kByComponent, {}},
    {"otel.sdk.processor.log.queue.capacity", kUpDown, "{log_record}", "Log records that the queue has room for.", kByComponent, {}},
    {"otel.sdk.exporter.metric_data_point.exported", kCounter, "{data_point}", "Data points of metrics that an exporter is done with; error.type: why one was dropped.", kByComponentAndError, {}},
    {"otel.sdk.exporter.metric_data_point.inflight", kUpDown, "{data_point}", "Data points of metrics that are on their way to the receiver.", kByComponent, {}},
    {"otel.sdk.processor.metric_data_point.queue.size", kUpDown, "{data_point}", "Data points of metrics that wait to be exported.", kByComponent, {}},
    {"otel.sdk.processor.metric_data_point.queue.capacity", kUpDown, "{data_point}", "Data points of metrics that the queue has room for.", kByComponent, {}},
    {"codex.metrics.overflowed", kCounter, "{lookup}", "Look-ups of a series that found their metric full, and got its series `other`.", kByMetric, {}},
    {"codex.statsd.failures", kCounter, "{packet}", "Packets that could not be sent to a StatsD server, by reason.", kByReason, {}},
};
// clang-format on

std::string label_value(std::string_view text) {
  std::string value(text.substr(0, Metrics::kMaxLabel));
  // Not in the middle of a character.
  if (text.size() > value.size()) {
    while (!value.empty() && (static_cast<unsigned char>(text[value.size()]) & 0xC0) == 0x80)
      value.pop_back();
  }
  return value;
}

// The locks of all Metrics. fork() holds them, so that the child's copy of none of them is locked
// by a thread that the child does not have: an exporter's, say.
struct ForkLocks {
  std::mutex mutex;  // taken before any of those
  std::vector<std::mutex*> locks;

  static ForkLocks& all() {
    static ForkLocks* const made = [] {
      pthread_atfork([] { all().lock(); }, [] { all().unlock(); }, [] { all().unlock(); });
      return new ForkLocks;
    }();
    return *made;
  }
  void add(std::mutex& lock) {
    const std::lock_guard guard(mutex);
    locks.push_back(&lock);
  }
  void remove(std::mutex& lock) {
    const std::lock_guard guard(mutex);
    std::erase(locks, &lock);
  }

 private:
  void lock() {
    mutex.lock();
    for (std::mutex* const each : locks)
      each->lock();
  }
  void unlock() {
    for (std::mutex* const each : locks)
      each->unlock();
    mutex.unlock();
  }
};

// Now, so that these locks are the last that fork() takes: an exporter that knows of forks has its
// own lock before that of the metrics, and registers when it is made.
[[maybe_unused]] const ForkLocks& registered_early = ForkLocks::all();

}  // namespace

std::span<const MetricInfo> all_metrics() {
  return kMetrics;
}

const MetricInfo* find_metric(std::string_view name) {
  const auto found = std::find_if(std::begin(kMetrics), std::end(kMetrics),
                                  [name](const MetricInfo& info) { return info.name == name; });
  return found == std::end(kMetrics) ? nullptr : &*found;
}

std::size_t metrics_detail::next_shard() noexcept {
  static std::atomic<std::size_t> dealt{0};
  return dealt.fetch_add(1, std::memory_order_relaxed) % kShards;
}

std::int64_t Counter::value() const noexcept {
  std::int64_t sum = 0;
  for (const Shard& shard : shards_)
    sum += shard.value.load(std::memory_order_relaxed);
  return sum;
}

Histogram::Histogram(std::span<const std::uint64_t> bounds, metrics_detail::Taps* taps)
    : bounds_(bounds),
      taps_(taps),
      lines_per_shard_((bounds.size() + 2 + 7) / 8),
      lines_(new Line[lines_per_shard_ * metrics_detail::kShards]{}) {}

void Histogram::record(std::uint64_t value) noexcept {
  const std::size_t shard = metrics_detail::shard();
  const auto bucket = static_cast<std::size_t>(
      std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin());
  place(shard, 0).fetch_add(value, std::memory_order_relaxed);
  place(shard, 1 + bucket).fetch_add(1, std::memory_order_relaxed);
  if (taps_ != nullptr) taps_->record(*this, value);
}

HistogramValue Histogram::value() const {
  HistogramValue value;
  value.buckets.resize(bounds_.size() + 1);
  for (std::size_t shard = 0; shard < metrics_detail::kShards; ++shard) {
    value.sum += place(shard, 0).load(std::memory_order_relaxed);
    for (std::size_t bucket = 0; bucket < value.buckets.size(); ++bucket) {
      const std::uint64_t count = place(shard, 1 + bucket).load(std::memory_order_relaxed);
      value.buckets[bucket] += count;
      value.count += count;
    }
  }
  return value;
}

struct Metrics::State {
  struct Series {
    std::map<std::vector<std::string>, std::unique_ptr<Counter>> counters;
    std::map<std::vector<std::string>, std::unique_ptr<Histogram>> histograms;
    bool overflowed = false;
  };
  using Labels = std::initializer_list<std::string_view>;

  explicit State(MetricsOptions given) : options(std::move(given)) { ForkLocks::all().add(mutex); }
  ~State() { ForkLocks::all().remove(mutex); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  const std::chrono::system_clock::time_point since = std::chrono::system_clock::now();
  const MetricsOptions options;
  metrics_detail::Taps taps;
  mutable std::mutex mutex;  // guards what follows, not what it points to
  std::array<Series, std::size(kMetrics)> series;
  std::unordered_map<const Histogram*, MetricSeries> known_histograms;
  Counter unseen_counter;
  Histogram unseen_histogram{kDurations};

  Series& of(const MetricInfo& info) { return series[static_cast<std::size_t>(&info - kMetrics)]; }

  std::size_t limit(const MetricInfo& info) const {
    const auto found = options.max_series_of.find(info.name);
    return found == options.max_series_of.end() ? options.max_series : found->second;
  }

  // The caller holds the lock. `news` is set where the metric has become full.
  template <typename Map, typename Make>
  auto& get(Map& map, const MetricInfo& info, Labels given, const Make& make, bool& news) {
    std::vector<std::string> labels;
    for (const std::string_view value : given) {
      if (labels.size() < info.labels.size()) labels.push_back(label_value(value));
    }
    labels.resize(info.labels.size());
    auto found = map.find(labels);
    if (found == map.end() && !labels.empty() && map.size() >= limit(info)) {
      labels.assign(info.labels.size(), "other");
      found = map.find(labels);
      news = overflow(info);
    }
    if (found == map.end()) {
      found = map.emplace(std::move(labels), nullptr).first;
      found->second = make(found->first);
    }
    return *found->second;
  }

  bool overflow(const MetricInfo& info) {
    static const MetricInfo& metric = *find_metric("codex.metrics.overflowed");
    auto& counter = of(metric).counters[{std::string(info.name)}];
    if (!counter) counter = std::make_unique<Counter>();
    counter->add();
    return !std::exchange(of(info).overflowed, true);
  }

  Counter& counter(const MetricInfo& info, Labels labels) {
    bool news = false;
    std::unique_lock lock(mutex);
    Counter& found = get(of(info).counters, info, labels,
                         [](const auto&) { return std::make_unique<Counter>(); }, news);
    lock.unlock();
    if (news) tell(info);
    return found;
  }

  Histogram& histogram(const MetricInfo& info, Labels labels) {
    bool news = false;
    std::unique_lock lock(mutex);
    const auto make = [&](const std::vector<std::string>& values) {
      auto made = std::make_unique<Histogram>(info.bounds, &taps);
      known_histograms[made.get()] = {&info, values};
      return made;
    };
    Histogram& found = get(of(info).histograms, info, labels, make, news);
    lock.unlock();
    if (news) tell(info);
    return found;
  }

  // Not while the lock is held: who hears it may count.
  void tell(const MetricInfo& info) const {
    exporter_logger().log(
        Level::kWarning,
        "The metric %s has %d series, which is its limit: those that come now count as 'other'",
        {info.name, static_cast<std::int64_t>(limit(info))});
  }
};

Metrics::Metrics(MetricsOptions options) : state_(std::make_unique<State>(std::move(options))) {}
Metrics::~Metrics() = default;

std::chrono::system_clock::time_point Metrics::since() const { return state_->since; }

Counter& Metrics::counter(std::string_view name, std::initializer_list<std::string_view> labels) {
  const MetricInfo* const info = find_metric(name);
  if (info == nullptr || info->kind == kHistogram) return state_->unseen_counter;
  return state_->counter(*info, labels);
}

Histogram& Metrics::histogram(std::string_view name,
                              std::initializer_list<std::string_view> labels) {
  const MetricInfo* const info = find_metric(name);
  if (info == nullptr || info->kind != kHistogram) return state_->unseen_histogram;
  return state_->histogram(*info, labels);
}

TimingQueue* MetricsInternals::tap(Metrics& metrics, std::size_t capacity) {
  return metrics.state_->taps.attach(capacity);
}

void MetricsInternals::untap(Metrics& metrics, TimingQueue* queue) noexcept {
  metrics.state_->taps.detach(queue);
}

std::optional<MetricSeries> MetricsInternals::series_of(const Metrics& metrics,
                                                        const Histogram* histogram) {
  const std::lock_guard lock(metrics.state_->mutex);
  const auto found = metrics.state_->known_histograms.find(histogram);
  if (found == metrics.state_->known_histograms.end()) return std::nullopt;
  return found->second;
}

std::vector<MetricSample> Metrics::snapshot() const {
  std::vector<MetricSample> samples;
  const auto point = [](const MetricInfo& info, const std::vector<std::string>& values) {
    MetricPoint made;
    for (std::size_t i = 0; i < values.size(); ++i)
      made.labels.emplace_back(info.labels[i], values[i]);
    return made;
  };
  const std::lock_guard lock(state_->mutex);
  for (std::size_t i = 0; i < std::size(kMetrics); ++i) {
    MetricSample sample{&kMetrics[i], {}};
    for (const auto& [labels, counter] : state_->series[i].counters) {
      sample.points.push_back(point(kMetrics[i], labels));
      sample.points.back().value = counter->value();
    }
    for (const auto& [labels, histogram] : state_->series[i].histograms) {
      sample.points.push_back(point(kMetrics[i], labels));
      sample.points.back().histogram = histogram->value();
    }
    if (!sample.points.empty()) samples.push_back(std::move(sample));
  }
  return samples;
}

}  // namespace codex::telemetry
