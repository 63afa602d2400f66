#include "harness/subject/timeout.h"

#include <algorithm>
#include <cstdint>

#include "codex/telemetry/json.h"

namespace codex::harness {
namespace {

constexpr double kLongestSeconds = 30.0 * 24 * 3600;
constexpr std::int64_t kLongestPollMs = 60 * 1000;
constexpr std::chrono::milliseconds kStopInterval{100};

}  // namespace

std::chrono::nanoseconds timeout_of(const SubjectOptions& options) {
  // Written so that NaN becomes 0.
  const double seconds =
      options.timeout_seconds > 0 ? std::min(options.timeout_seconds, kLongestSeconds) : 0.0;
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>(seconds));
}

int poll_time(std::chrono::nanoseconds left) {
  const std::int64_t ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  return static_cast<int>(std::clamp<std::int64_t>(ms, 0, kLongestPollMs));
}

int poll_time(std::chrono::nanoseconds left, const std::atomic<bool>* stop) {
  return poll_time(stop == nullptr ? left
                                   : std::min<std::chrono::nanoseconds>(left, kStopInterval));
}

std::string seconds_text(std::chrono::nanoseconds time) {
  std::string text = json::real_text(std::chrono::duration<double>(time).count());
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text + " s";
}

}  // namespace codex::harness
