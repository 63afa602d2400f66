// What an observer emitted, as one text, and the bytes that a tape has for one.
#ifndef TESTS_FUZZ_EVENTS_H_
#define TESTS_FUZZ_EVENTS_H_

#include <functional>
#include <string>
#include <string_view>

#include "codex/telemetry/event.h"

namespace codex::fuzz {

class Recorded {
 public:
  Recorded();
  telemetry::Hub& hub() { return hub_; }
  // For Options::listener: each event as it stood must fit the registry.
  std::function<void(const telemetry::Event&, std::string_view)> listener(
      std::string_view transport);
  // What handlers saw, an event a line. Delivers what waits.
  std::string text();

 private:
  telemetry::Hub hub_;
  std::string text_;
};

// What codex writes on the tape, as the peer would; a text that is no tape as it is.
std::string codex_side(std::string_view tape);
// Both directions, the client's lines with ">" before them.
std::string both_sides(std::string_view tape);

}  // namespace codex::fuzz

#endif  // TESTS_FUZZ_EVENTS_H_
