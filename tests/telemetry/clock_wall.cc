#include "clock_wall.h"

#include <atomic>
#include <cstdint>
#include <ctime>

#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

namespace {

std::atomic<std::int64_t> ahead{0};  // ns, of the system's clock

constexpr std::int64_t kSecond = 1'000'000'000;

}  // namespace

// Called from everywhere, also before a sanitizer has started.
extern "C" {

__attribute__((visibility("default"), no_sanitize("thread", "address", "undefined"))) int
clock_gettime(clockid_t clock, timespec* to) noexcept {
  const int status = static_cast<int>(::syscall(SYS_clock_gettime, clock, to));
  if (status != 0 || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)) return status;
  const std::int64_t now =
      to->tv_sec * kSecond + to->tv_nsec + ahead.load(std::memory_order_relaxed);
  to->tv_sec = now / kSecond;
  to->tv_nsec = now % kSecond;
  return 0;
}

__attribute__((visibility("default"))) int gettimeofday(timeval* to, void*) noexcept {
  timespec now{};
  if (::clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
  to->tv_sec = now.tv_sec;
  to->tv_usec = now.tv_nsec / 1000;
  return 0;
}

__attribute__((visibility("default"))) time_t time(time_t* to) noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  if (to != nullptr) *to = now.tv_sec;
  return now.tv_sec;
}

}  // extern "C"

namespace codex::test {

void set_wall_clock(std::chrono::nanoseconds by) {
  ahead += by.count();
}

WallClockRestored::~WallClockRestored() {
  ahead = 0;
}

}  // namespace codex::test
