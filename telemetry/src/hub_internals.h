// What other parts of this library may do with a hub.
#ifndef CODEX_TELEMETRY_SRC_HUB_INTERNALS_H_
#define CODEX_TELEMETRY_SRC_HUB_INTERNALS_H_

#include <utility>

#include "codex/telemetry/event.h"

namespace codex::telemetry {

struct HubInternals {
  // A handler that gets every event as it was emitted, and scrubs it itself before it goes on.
  static HandlerId attach_raw(Hub& hub, Handler handler) {
    return hub.attach({}, std::move(handler), true);
  }
  // As emit(), of an event that the caller uses again: what it holds then is not said.
  static void emit(Hub& hub, Event& event) noexcept { hub.emit(event, false); }
  // As emit(), of an event that has been scrubbed.
  static void emit_scrubbed(Hub& hub, Event event) noexcept { hub.emit(event, true); }
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_HUB_INTERNALS_H_
