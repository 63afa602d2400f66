// The wall clock of a test program, which can be set: what asks for the time of day in this process
// gets the one that stands here, the system's libraries too. Of the steady clock nothing changes.
//
// Link clock_wall.cc into the program: its clock_gettime() and time() stand before the system's.
#ifndef CODEX_TESTS_TELEMETRY_CLOCK_WALL_H_
#define CODEX_TESTS_TELEMETRY_CLOCK_WALL_H_

#include <chrono>

namespace codex::test {

// Sets the clock forward, or back (< 0), from where it is. Thread-safe.
void set_wall_clock(std::chrono::nanoseconds by);

// While it lives, what a test has set is undone at its end.
class WallClockRestored {
 public:
  WallClockRestored() = default;
  ~WallClockRestored();
  WallClockRestored(const WallClockRestored&) = delete;
  WallClockRestored& operator=(const WallClockRestored&) = delete;
};

}  // namespace codex::test

#endif  // CODEX_TESTS_TELEMETRY_CLOCK_WALL_H_
