// Deltas of items: when each may go out, what goes with a later one, and the secrets that they cut.
#ifndef CODEX_TELEMETRY_SRC_DELTA_THROTTLE_H_
#define CODEX_TELEMETRY_SRC_DELTA_THROTTLE_H_

#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "codex/telemetry/event.h"
#include "codex/telemetry/pipeline.h"
#include "codex/telemetry/stream_scrubber.h"

namespace codex::telemetry {

// Not thread-safe.
class DeltaThrottle {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // What is to be delivered now, in this order, and how many were merged into others.
  struct Result {
    std::vector<Event> ready;
    std::size_t merged = 0;
    ScrubCounts scrubbed;
  };

  // Both must live as long.
  DeltaThrottle(const PipelineOptions& options, const Scrubber& scrubber)
      : options_(options), scrubber_(scrubber) {}

  bool takes(std::string_view name) const;
  void add(Event event, Time now, Result& result);
  // Before the end that `end` tells of: what waits of the item, or of the whole turn or thread.
  void finish(const Event& end, Result& result);
  void finish_all(Result& result);
  // Of what waits, all that the limit allows now, with the text that it may show so far.
  void flush(Time now, Result& result);
  // The same, of what nothing but the limit has held back, in the thread of the delta that was added
  // last: what waits of another thread may be told at this moment by somebody else, and its text
  // would not come in order.
  void send_due(Time now, Result& result);
  // When the limit allows the first of what waits.
  std::optional<Time> next_due() const;
  // Whether there is any item whose deltas have not ended.
  bool open() const { return !streams_.empty(); }
  std::size_t waiting() const { return waiting_; }
  // Forgets everything; how many waited.
  std::size_t clear();

 private:
  struct Stream {
    std::string key;
    std::string session, thread, item;
    std::optional<StreamScrubber> scrubber;  // of those that have a text
    std::optional<Event> waiting;
    std::string text;  // of the event that waits, scrubbed
    double tokens = 0;
    Time filled;
  };
  using Streams = std::list<Stream>;  // the one used last is at the end

  Stream& stream_of(const Event& event, Time now, Result& result);
  bool take_token(Stream& stream, Time now) const;
  Time due(const Stream& stream) const;
  void send(Stream& stream, std::string text, Result& result);
  Streams::iterator finish(Streams::iterator stream, Result& result);

  const PipelineOptions& options_;
  const Scrubber& scrubber_;
  Streams streams_;
  std::unordered_map<std::string_view, Streams::iterator> by_key_;
  std::size_t waiting_ = 0;
  Time next_due_ = Time::max();  // nothing that only the limit holds back is due before
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_DELTA_THROTTLE_H_
