// Which events are kept when only some traces are.
#ifndef CODEX_TELEMETRY_SRC_SAMPLING_H_
#define CODEX_TELEMETRY_SRC_SAMPLING_H_

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>

#include "codex/telemetry/event.h"

namespace codex::telemetry {

// "codex.turn.completed": what ends, how, and how much of a pipeline that concerns.
enum class EventRole { kBegin, kEnd, kOther };
EventRole event_role(std::string_view name);
bool is_error(std::string_view name);
// "codex.turn" of "codex.turn.completed".
std::string_view event_family(std::string_view name);

// Thread-safe.
class Sampling {
 public:
  explicit Sampling(double ratio) : ratio_(ratio) {}
  // Its correlation is filled in. Remembers what began and is kept until it ends.
  bool keeps(const Event& event);

 private:
  static constexpr std::size_t kMostOpen = 65536;
  const double ratio_;
  std::mutex mutex_;
  std::unordered_set<std::string> open_;
  bool forgot_ = false;  // there were more: what ends may have been kept when it began
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_SAMPLING_H_
