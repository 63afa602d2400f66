// For tests of programs that emit events: a sink that keeps them.
//
//   codex::telemetry::Hub hub;
//   codex::telemetry::MemorySink sink(hub);
//   …
//   EXPECT_THAT(sink.names(), ElementsAre("codex.thread.start", "codex.turn.start"));
//   EXPECT_THAT(sink.problems(), IsEmpty());
#ifndef CODEX_TELEMETRY_TESTING_H_
#define CODEX_TELEMETRY_TESTING_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/event.h"

namespace codex::telemetry {

// Attached to the hub for as long as it lives. Thread-safe; what it returns are copies.
class MemorySink {
 public:
  static constexpr std::size_t kDefaultCapacity = 100'000;

  // Keeps the events that `prefix` matches: the first `capacity` of them, the rest are counted.
  explicit MemorySink(Hub& hub = default_hub(), std::string_view prefix = {},
                      std::size_t capacity = kDefaultCapacity);
  ~MemorySink();
  MemorySink(const MemorySink&) = delete;
  MemorySink& operator=(const MemorySink&) = delete;

  std::vector<Event> events() const;
  std::vector<Event> of(std::string_view name) const;  // those of that very name
  std::vector<std::string> names() const;              // in order of arrival
  // What validate() says of the events kept: empty where all fit the registry.
  std::vector<std::string> problems() const;
  std::size_t size() const;     // events kept
  std::size_t dropped() const;  // events that found it full
  void clear();                 // forgets events and drops

 private:
  struct State;
  // Shared with the handler, which may still run on another thread when the sink goes.
  std::shared_ptr<State> state_;
  Hub& hub_;
  HandlerId id_;
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_TESTING_H_
