// The observer of `codex app-server`: the bytes of both directions in, events out.
//
// One observer per connection. It is fed what passes on the process's pipes, cut anywhere, each
// direction in its order; messages are JSON-RPC, one a line. It emits the documented events, never
// stops at a bad line, never buffers more than one a direction and never throws.
//
// A notification of codex is the event that its method names (event_of_notification()), its
// metadata are the params as they stood. One whose params do not fit the protocol's schema is a
// codex.session.invalid, one of another method a codex.session.unknown. A request of codex is a
// codex.approval.requested or codex.server_request.received, the client's answer the event that
// says how it went; an error that answers a request of the client is a codex.request.failed.
// Other requests and answers make no event.
//
// Beside them go codex.thread.stop, and for items that use a tool codex.tool.start and its ends.
//
// Every event has the ids that its message names: thread, turn, item, and as call the id of the
// JSON-RPC request that it belongs to; and the trace context of the `trace` field of the client's
// last request about that thread.
#ifndef CODEX_TELEMETRY_APP_SERVER_OBSERVER_H_
#define CODEX_TELEMETRY_APP_SERVER_OBSERVER_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/event.h"

namespace codex::telemetry {

class AppServerObserver {
 public:
  // Called after the hub's handlers, with the line that the event came from (no LF; empty for
  // events that come from no line).
  using Listener = std::function<void(const Event& event, std::string_view line)>;

  struct Options {
    Correlation correlation;             // what every event carries where its message says nothing
    Listener listener;                   // may be empty
    std::size_t max_line = 64U << 20U;   // a longer line is cut, and told as malformed at once
    std::size_t max_stderr = 1U << 20U;  // of more than that the end is told
    std::size_t max_open = 100000;  // requests, turns and items remembered: of more, the oldest go
    // What durations are measured with; a replay may have a clock of its own.
    std::function<std::chrono::nanoseconds()> clock;  // empty: the steady clock
  };

  explicit AppServerObserver(Hub& hub) : AppServerObserver(hub, Options{}) {}
  AppServerObserver(Hub& hub, Options options);
  ~AppServerObserver();

  // The process was started: emits codex.session.start.
  void started(const std::vector<std::string>& argv);
  void client_output(std::string_view bytes);    // client to codex
  void standard_output(std::string_view bytes);  // codex to client
  void standard_error(std::string_view bytes);
  // The connection is over; what stands in the buffers counts as lines. Approvals that wait are
  // told as cancelled. Emits codex.session.stop, whose `completed` is false when a turn is open.
  void ended(std::optional<int> exit_code, std::optional<int> signal = std::nullopt);

  // Turns that began and did not end.
  std::size_t open_turns() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The event that a notification of codex is: "codex.item.agent_message.delta" of
// "item/agentMessage/delta". That of turn/completed depends on the turn's status. Empty for a
// method that the protocol does not have. The text lives as long as the program.
std::string_view event_of_notification(std::string_view method, const json::Value& params);

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_APP_SERVER_OBSERVER_H_
