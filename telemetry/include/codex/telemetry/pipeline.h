// What stands between those who emit events and the handlers of a hub: switched off or not,
// sampled, throttled, scrubbed; and every event accounted for.
//
//   Pipeline pipeline(hub, {.sample_ratio = 0.1});
//   pipeline.emit(event);      // or: pipeline.listen(other_hub), and emit there
//
// In this order:
//   off       set_enabled(false), or CODEX_TELEMETRY_DISABLED=1|true (any case), read once. A
//             library built with -DCODEX_TELEMETRY_DISABLED delivers nothing at all.
//   sampling  by the trace id: every thread and process decides the same. Always kept: what has no
//             trace id, errors, and the end of what was delivered when it began.
//   throttle  of deltas (names in `throttled`, those that the registry calls high volume, and all
//             that end in ".delta" or "_delta"), for each item by itself. What is over the limit
//             goes out with a later one: texts are joined, of anything else the latest stays. What
//             waits goes out as soon as the limit allows: with the next delta of any item of its
//             codex thread or the next flush(), and at the latest before the end of its item, turn
//             or thread. Nothing wakes up by itself: a host that wants to see deltas while nothing
//             comes any more calls flush() at next_flush(), where it emits that thread's events.
//   scrub     metadata, measurements and ids; the text of deltas as one text for each item, so that
//             a secret cut by a delta is found. Its last bytes wait, as what is throttled does, for
//             the next delta, flush() or the end; flush() lets those wait that may belong to a
//             secret. What was scrubbed here is not scrubbed by the target again.
//
// Thread-safe; nothing throws; no lock is held while handlers run, and those may call in here.
#ifndef CODEX_TELEMETRY_PIPELINE_H_
#define CODEX_TELEMETRY_PIPELINE_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codex/telemetry/event.h"
#include "codex/telemetry/metrics.h"
#include "codex/telemetry/scrub.h"
#include "codex/telemetry/switches.h"

namespace codex::telemetry {

enum class DropReason {
  kDisabled,
  kShutDown,
  kNoHandler,   // the hub had none
  kSampledOut,
  kThrottled,   // its text, if any, went out with another
  kFailed,      // out of memory, or the like: what could not be scrubbed is not shown
};
inline constexpr std::size_t kDropReasons = 6;
std::string_view drop_reason_name(DropReason reason);  // "sampled_out"

// Of events. emitted == delivered + dropped + waiting whenever no call is under way.
struct PipelineCounts {
  std::uint64_t emitted = 0;    // calls of emit()
  std::uint64_t delivered = 0;  // given to the hub
  std::array<std::uint64_t, kDropReasons> dropped_by{};
  std::uint64_t waiting = 0;  // deltas that will go out later; 0 after shutdown()
  std::uint64_t dropped(DropReason reason) const {
    return dropped_by[static_cast<std::size_t>(reason)];
  }
  std::uint64_t dropped() const;
};

struct PipelineOptions {
  double sample_ratio = 1;  // of traces, 0 to 1
  // For each item: so many at once, and so many a second in the long run. A rate below 0: no limit.
  double deltas_per_second = 20;
  double delta_burst = 20;
  std::vector<std::string> throttled = {"codex.item.updated"};
  std::string text_field = "delta";  // of the metadata of a delta
  // Items whose deltas are kept apart; of more, the one that was silent longest is finished.
  std::size_t max_items = 1024;
  // Null: default_scrubber().
  std::shared_ptr<const Scrubber> scrubber;
  // Not set: as CODEX_TELEMETRY_DISABLED says.
  std::optional<bool> enabled;
  // Where drops count as codex.events.dropped; null: nowhere but in counts(). Must live longer.
  Metrics* metrics = nullptr;
  std::function<std::chrono::steady_clock::time_point()> clock;  // for tests
};

// What CODEX_TELEMETRY_DISABLED says.
bool telemetry_disabled(const Environment& environment);
// Whether the trace is among the `ratio` of those to keep: by its last 56 bits, which W3C has
// random. What a lower ratio keeps, a higher one does. Anything but 32 hex digits: true.
bool keeps_trace(std::string_view trace_id, double ratio);

class Pipeline {
 public:
  // `target` must live until no thread is in here any more.
  explicit Pipeline(Hub& target, PipelineOptions options = {});
  ~Pipeline();  // shutdown()
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  void emit(Event event) noexcept;
  // Delivers of the deltas that wait all that the limit allows now.
  void flush() noexcept;
  // When the first of them may go; nothing when none waits. What may be a part of a secret then
  // still waits for the rest of it.
  std::optional<std::chrono::steady_clock::time_point> next_flush() const;
  // Everything that is emitted at `source` from now on goes through here. `source` must live longer
  // and not be the target.
  void listen(Hub& source);

  // What waits when it is switched off counts as kDisabled.
  void set_enabled(bool enabled) noexcept;
  bool enabled() const noexcept;
  // Delivers what waits, then drops all that comes. An emit() that is under way on another thread
  // may still deliver. Can be called more than once, also from a handler.
  void shutdown() noexcept;

  PipelineCounts counts() const;
  // What was replaced so far: rules and how often, never what.
  ScrubCounts scrubbed() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  // with the handlers at the hubs it listens to
  std::vector<std::pair<Hub*, HandlerId>> sources_;
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_PIPELINE_H_
