#include "codex/telemetry/pipeline.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <numeric>
#include <utility>

#include "correlation_changes.h"
#include "delta_throttle.h"
#include "event_scrub.h"
#include "hub_internals.h"
#include "sampling.h"

namespace codex::telemetry {
namespace {

bool enabled_by_environment() {
  static const bool enabled = !telemetry_disabled(process_environment());
  return enabled;
}

}  // namespace

struct Pipeline::State {
  Hub& target;
  const PipelineOptions options;
  const std::shared_ptr<const Scrubber> scrubber;
  Sampling sampling;
  std::atomic<bool> enabled;
  std::atomic<bool> shut_down{false};
  std::atomic<std::uint64_t> emitted{0};
  std::atomic<std::uint64_t> delivered{0};
  std::array<std::atomic<std::uint64_t>, kDropReasons> dropped{};
  std::array<Counter*, kDropReasons> counted{};  // the same as a metric, or null
  mutable std::mutex mutex;  // guards the throttle
  DeltaThrottle throttle;
  mutable std::mutex scrubbed_mutex;
  ScrubCounts scrubbed;

  State(Hub& hub, PipelineOptions given)
      : target(hub),
        options(std::move(given)),
        scrubber(options.scrubber ? options.scrubber : default_scrubber()),
        sampling(options.sample_ratio),
        enabled(options.enabled ? *options.enabled : enabled_by_environment()),
        throttle(options, *scrubber) {
    if (options.metrics == nullptr) return;
    for (std::size_t i = 0; i < kDropReasons; ++i) {
      counted[i] = &options.metrics->counter("codex.events.dropped",
                                             {drop_reason_name(static_cast<DropReason>(i))});
    }
  }

  void drop(DropReason reason, std::uint64_t count = 1) noexcept {
    if (count == 0) return;
    const auto index = static_cast<std::size_t>(reason);
    dropped[index].fetch_add(count, std::memory_order_relaxed);
    if (counted[index] != nullptr) counted[index]->add(static_cast<std::int64_t>(count));
  }
  // True when the event is to be dropped; counts it then.
  bool is_off() noexcept {
    const bool shut = shut_down.load(std::memory_order_relaxed);
    if (!shut && enabled.load(std::memory_order_relaxed)) return false;
    drop(shut ? DropReason::kShutDown : DropReason::kDisabled);
    return true;
  }

  // Runs `change` on the throttle, under the lock, and accounts for the events that go in
  // (`incoming`) and out, also when it fails.
  template <typename Change>
  void throttled(std::size_t incoming, DeltaThrottle::Result& result, Change change) noexcept {
    const std::size_t before = throttle.waiting() + incoming;
    try {
      change();
    } catch (const std::exception&) {
    }
    const std::size_t left = result.ready.size() + result.merged + throttle.waiting();
    drop(DropReason::kThrottled, result.merged);
    drop(DropReason::kFailed, before - left);
  }

  void emit(Event event) noexcept {
    emitted.fetch_add(1, std::memory_order_relaxed);
    if (is_off()) return;
    if (!target.active()) return drop(DropReason::kNoHandler);
    try {
      // What waits may go out on another thread: it takes along what that one does not know.
      complete_event(event);
      if (!sampling.keeps(event)) return drop(DropReason::kSampledOut);
    } catch (const std::exception&) {
      return drop(DropReason::kFailed);
    }
    const bool delta = throttle.takes(event.name);
    if (!delta && event_role(event.name) != EventRole::kEnd) return deliver(event);
    DeltaThrottle::Result result;
    {
      const std::lock_guard lock(mutex);
      if (is_off()) return;
      throttled(delta ? 1 : 0, result, [&] {
        if (delta) {
          const auto time = now();
          throttle.add(std::move(event), time, result);
          throttle.send_due(time, result);
        } else {
          throttle.finish(event, result);
        }
      });
    }
    deliver(result);
    if (!delta) deliver(event);
  }

  void flush() noexcept {
    DeltaThrottle::Result result;
    {
      const std::lock_guard lock(mutex);
      throttled(0, result, [&] { throttle.flush(now(), result); });
    }
    deliver(result);
  }

  void take(const Event& event) noexcept {
    std::optional<Event> copy;
    try {
      copy = event;
    } catch (const std::exception&) {
      emitted.fetch_add(1, std::memory_order_relaxed);
      return drop(DropReason::kFailed);
    }
    emit(std::move(*copy));
  }

  std::chrono::steady_clock::time_point now() const {
    return options.clock ? options.clock() : std::chrono::steady_clock::now();
  }

  void deliver(DeltaThrottle::Result& result) noexcept {
    add(result.scrubbed);
    for (Event& event : result.ready) {
      try {
        // What waited was not emitted here: it must not inherit from here.
        const CorrelationReplacement there(event.correlation);
        deliver(event);
      } catch (const std::exception&) {
        drop(DropReason::kFailed);
      }
    }
  }

  void deliver(Event& event) noexcept {
    if (!target.active()) return drop(DropReason::kNoHandler);
    try {
      scrub(event);
    } catch (const std::exception&) {
      return drop(DropReason::kFailed);
    }
    delivered.fetch_add(1, std::memory_order_relaxed);
    HubInternals::emit_scrubbed(target, std::move(event));
  }

  void scrub(Event& event) {
    // The text of a delta has been scrubbed as a part of the whole: by itself it looks different.
    const std::string_view streamed =
        throttle.takes(event.name) ? std::string_view(options.text_field) : std::string_view();
    if (streamed.empty() && !event_may_hold_secrets(scrubber, event)) return;
    ScrubCounts counts;
    scrub_event(*scrubber, event, &counts, streamed);
    add(counts);
  }

  void add(const ScrubCounts& counts) noexcept {
    if (counts.empty()) return;
    try {
      const std::lock_guard lock(scrubbed_mutex);
      for (const auto& [rule, count] : counts) scrubbed[rule] += count;
    } catch (const std::exception&) {
    }
  }

  void shutdown() noexcept {
    DeltaThrottle::Result result;
    {
      const std::lock_guard lock(mutex);
      shut_down.store(true, std::memory_order_relaxed);
      throttled(0, result, [&] { throttle.finish_all(result); });
      drop(DropReason::kFailed, throttle.clear());
    }
    deliver(result);
  }

  void set_enabled(bool on) noexcept {
    const std::lock_guard lock(mutex);
    enabled.store(on, std::memory_order_relaxed);
    if (!on) drop(DropReason::kDisabled, throttle.clear());
  }
};

std::string_view drop_reason_name(DropReason reason) {
  static constexpr std::array<std::string_view, kDropReasons> kNames = {
      "disabled", "shut_down", "no_handler", "sampled_out", "throttled", "failed"};
  return kNames[static_cast<std::size_t>(reason)];
}

std::uint64_t PipelineCounts::dropped() const {
  return std::accumulate(dropped_by.begin(), dropped_by.end(), std::uint64_t{0});
}

bool telemetry_disabled(const Environment& environment) {
  std::string value = environment("CODEX_TELEMETRY_DISABLED").value_or("");
  std::transform(value.begin(), value.end(), value.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return value == "1" || value == "true";
}

Pipeline::Pipeline(Hub& target, PipelineOptions options)
    : state_(std::make_shared<State>(target, std::move(options))) {}

Pipeline::~Pipeline() {
  for (const auto& [hub, id] : sources_) hub->detach(id);
  state_->shutdown();
}

void Pipeline::emit(Event event) noexcept { state_->emit(std::move(event)); }

void Pipeline::listen(Hub& source) {
  sources_.reserve(sources_.size() + 1);
  const HandlerId id =
      HubInternals::attach_raw(source, [state = state_](const Event& event) { state->take(event); });
  sources_.emplace_back(&source, id);
}

void Pipeline::flush() noexcept { state_->flush(); }

std::optional<std::chrono::steady_clock::time_point> Pipeline::next_flush() const {
  const std::lock_guard lock(state_->mutex);
  return state_->throttle.next_due();
}

void Pipeline::set_enabled(bool enabled) noexcept { state_->set_enabled(enabled); }
bool Pipeline::enabled() const noexcept { return state_->enabled.load(std::memory_order_relaxed); }
void Pipeline::shutdown() noexcept { state_->shutdown(); }

PipelineCounts Pipeline::counts() const {
  PipelineCounts counts;
  const std::lock_guard lock(state_->mutex);
  counts.emitted = state_->emitted.load(std::memory_order_relaxed);
  counts.delivered = state_->delivered.load(std::memory_order_relaxed);
  for (std::size_t i = 0; i < kDropReasons; ++i) {
    counts.dropped_by[i] = state_->dropped[i].load(std::memory_order_relaxed);
  }
  counts.waiting = state_->throttle.waiting();
  return counts;
}

ScrubCounts Pipeline::scrubbed() const {
  const std::lock_guard lock(state_->scrubbed_mutex);
  return state_->scrubbed;
}

}  // namespace codex::telemetry
