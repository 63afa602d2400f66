// Secrets in events.
#ifndef CODEX_TELEMETRY_SRC_EVENT_SCRUB_H_
#define CODEX_TELEMETRY_SRC_EVENT_SCRUB_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "codex/telemetry/event.h"
#include "codex/telemetry/scrub.h"

namespace codex::telemetry {

// "codex.item.agent_message.delta", "codex.item.command_execution.output_delta"
bool is_delta(std::string_view name);
// The member of a delta's metadata that holds its piece of the text.
inline constexpr std::string_view kDeltaText = "delta";

// False: scrub_event() would change nothing. Cheap, and allocates nothing.
// `ids_version`: two events of a thread with the same one have the same ids; 0: it is not known.
bool event_may_hold_secrets(const std::shared_ptr<const Scrubber>& scrubber, const Event& event,
                            std::uint64_t ids_version = 0);

// Metadata, measurements and ids. The text of an item that is not complete goes on with the next
// update: of its end, what may be the begin of a secret is left out. `streamed`: a member of the
// metadata that is a piece of a text and was scrubbed as a part of it; it stays as it is.
void scrub_event(const Scrubber& scrubber, Event& event, ScrubCounts* counts = nullptr,
                 std::string_view streamed = {});

// Time and ids, where they are empty, as the calling thread has them: for events that go on later,
// maybe on another thread.
void complete_event(Event& event);

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_EVENT_SCRUB_H_
