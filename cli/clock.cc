#include "cli/clock.h"

#include <chrono>
#include <cstdio>
#include <ctime>

namespace codex::cli {
namespace {

// "2026-11-23T02:00:00"
std::string formatted(std::time_t time) {
  std::tm parts{};
  gmtime_r(&time, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  return text;
}

}  // namespace

std::string utc_now() { return formatted(std::time(nullptr)) + "Z"; }

std::string utc_now_exactly() {
  using std::chrono::microseconds;
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  const auto micros = std::chrono::duration_cast<microseconds>(since).count();
  char fraction[16];
  std::snprintf(fraction, sizeof fraction, ".%06dZ", static_cast<int>(micros % 1000000));
  return formatted(static_cast<std::time_t>(micros / 1000000)) + fraction;
}

std::string utc_today() { return utc_now().substr(0, 10); }

}  // namespace codex::cli
