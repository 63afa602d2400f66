// The observer of `codex exec --experimental-json`: bytes in, events out.
//
// One observer per process. It is fed what passes on the process's pipes, cut anywhere, and emits
// the documented events, one a line; it never stops at a bad line, never buffers more than one and
// never throws. What happened is told by codex's own words: metadata is the wire's object as it
// stood, less its `type`, with the registry's words for a field that a line does not have. A line
// of a known type that does not fit the registry is a codex.session.invalid.
#ifndef CODEX_TELEMETRY_EXEC_OBSERVER_H_
#define CODEX_TELEMETRY_EXEC_OBSERVER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/event.h"

namespace codex::telemetry {

class ExecObserver {
 public:
  // Called after the hub's handlers, with the line that the event came from (no LF; empty for
  // events that come from no line). For client profiles: event and line are as they stood on the
  // wire, secrets included, whatever the hub does about them.
  using Listener = std::function<void(const Event& event, std::string_view line)>;

  struct Options {
    Correlation correlation;      // session and call ids that every event carries
    Listener listener;            // may be empty
    std::size_t max_line = 64U << 20U;  // a longer line is cut, and told as malformed at once
    std::size_t max_stderr = 1U << 20U;  // of more than that the end is told
  };

  explicit ExecObserver(Hub& hub) : ExecObserver(hub, Options{}) {}
  ExecObserver(Hub& hub, Options options);
  ~ExecObserver();

  // The process was started: emits codex.session.start.
  void started(const std::vector<std::string>& argv, std::string_view standard_input);
  void standard_output(std::string_view bytes);
  void standard_error(std::string_view bytes);
  // The process ended; what stands in the buffer counts as a line. Emits codex.session.stop.
  void ended(std::optional<int> exit_code, std::optional<int> signal = std::nullopt);

  // What the wire said so far.
  const std::string& thread_id() const { return correlation_.thread; }
  bool turn_completed() const { return turn_completed_; }
  bool turn_failed() const { return turn_failed_; }

 private:
  struct Pipes;
  void line(std::string_view bytes, bool whole, bool terminated);
  void known(std::string_view type, json::Object object, std::string_view bytes);
  void emit(std::string_view name, json::Object metadata, json::Object measurements,
            std::string_view line);

  Hub& hub_;
  Options options_;
  Correlation correlation_;
  std::unique_ptr<Pipes> pipes_;
  std::int64_t turns_ = 0;
  bool turn_completed_ = false;
  bool turn_failed_ = false;
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_EXEC_OBSERVER_H_
