// Events: what happened in a Codex session, by documented name, and who wants to know.
//
// The names, when each is emitted, its measurements and metadata are data: registry/events.json.
#ifndef CODEX_TELEMETRY_EVENT_H_
#define CODEX_TELEMETRY_EVENT_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "codex/telemetry/correlation.h"
#include "codex/telemetry/json.h"
#include "codex/telemetry/scrub.h"

namespace codex::telemetry {

struct Event {
  std::string_view name;       // "codex.item.completed"; lives as long as the program
  json::Object measurements;   // numbers with the units the registry gives
  json::Object metadata;       // what the registry lists; values as they stood on the wire, less
                               // secrets
  Correlation correlation;
  std::chrono::system_clock::time_point time;
};

// Called on the emitting thread, while no lock is held. May emit, attach and detach. One that
// throws is detached, the event `codex.telemetry.handler_failed` tells so, the rest go on.
using Handler = std::function<void(const Event&)>;
using HandlerId = std::uint64_t;  // never 0

// A place that events go through. Thread-safe.
//
// Handlers see no secrets: metadata, measurements and ids are scrubbed before. A secret that a
// stream cuts in two is found as well: of the text of deltas (events whose name ends in ".delta"
// or "_delta"; the member "delta" of their metadata) the last bytes come with the next delta of
// the item, so that a delta may wait for the one that follows it, at the latest until its item,
// turn, thread or session ends, or flush(). None is left out, none comes twice, those of an item
// keep their order.
// The growing texts of an item that is not complete end before what may be the begin of a secret.
class Hub {
 public:
  explicit Hub(Scrubbing scrubbing = {});
  ~Hub();
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  // Handlers of all prefixes run in the order in which they were attached. A prefix matches whole
  // name segments: "codex.turn" gets codex.turn.start, not codex.turns; "" and "codex" get all.
  HandlerId attach(std::string_view prefix, Handler handler);
  // False when it was not attached (any more). When it returns, the handler may still be running
  // on another thread, but will not be started again.
  bool detach(HandlerId id);

  // Delivers the deltas that wait, and what they may show so far. Never throws.
  void flush() noexcept;

  // One relaxed load: is there any handler at all? Lets a caller skip building an event.
  bool active() const noexcept;
  // Never throws. Fills time when it is zero and correlation's empty fields from the calling thread.
  void emit(Event event) noexcept;
  // The cheapest way to tell of something now, under the calling thread's correlation.
  void emit(std::string_view name, json::Object metadata = {},
            json::Object measurements = {}) noexcept;

 private:
  friend struct HubInternals;
  HandlerId attach(std::string_view prefix, Handler handler, bool raw);
  void emit(Event& event, bool scrubbed) noexcept;

  struct State;
  std::unique_ptr<State> state_;
};

// The hub that is used where none is named. Never destroyed.
Hub& default_hub();

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_EVENT_H_
