// What the wall clock and the steady clock say at one moment.
#ifndef CODEX_TELEMETRY_SRC_BOTH_CLOCKS_H_
#define CODEX_TELEMETRY_SRC_BOTH_CLOCKS_H_

#include <chrono>
#include <ctime>

namespace codex::telemetry {

struct BothClocks {
  std::chrono::system_clock::time_point wall;
  std::chrono::steady_clock::time_point steady;
};

// Reads one clock, and how far the other is from it: the kernel keeps a coarse form of both, which
// advance at the same tick and are read in a few nanoseconds. Where one of them advances meanwhile,
// or there are none, the wall clock is read too.
inline BothClocks read_both_clocks() noexcept {
  BothClocks now;
  now.steady = std::chrono::steady_clock::now();
#if defined(CLOCK_REALTIME_COARSE) && defined(CLOCK_MONOTONIC_COARSE)
  timespec before{}, wall{}, after{};
  if (clock_gettime(CLOCK_MONOTONIC_COARSE, &before) == 0 &&
      clock_gettime(CLOCK_REALTIME_COARSE, &wall) == 0 &&
      clock_gettime(CLOCK_MONOTONIC_COARSE, &after) == 0 && before.tv_nsec == after.tv_nsec &&
      before.tv_sec == after.tv_sec) {
    const auto ahead = std::chrono::seconds(wall.tv_sec - before.tv_sec) +
                       std::chrono::nanoseconds(wall.tv_nsec - before.tv_nsec);
    now.wall = std::chrono::system_clock::time_point(now.steady.time_since_epoch() + ahead);
    return now;
  }
#endif
  now.wall = std::chrono::system_clock::now();
  return now;
}

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_BOTH_CLOCKS_H_
