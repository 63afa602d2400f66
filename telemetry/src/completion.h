// Fills in what an event was emitted without: time, and the correlation of the thread.
#ifndef CODEX_TELEMETRY_SRC_COMPLETION_H_
#define CODEX_TELEMETRY_SRC_COMPLETION_H_

#include <cstdint>

#include "codex/telemetry/event.h"

namespace codex::telemetry {

// For as long as it lives, event_of(given) is `given` with everything filled in: always the same one.
// Never throws; where there is no memory left, the event goes without.
//
// An event mostly comes with no correlation at all. Then what is shown is another event, which the
// thread keeps and which has the strings already: handing one on allocates nothing.
class Completion {
 public:
  Completion() = default;
  ~Completion() {
    if (kept_ != nullptr) give_back();
  }
  Completion(const Completion&) = delete;
  Completion& operator=(const Completion&) = delete;

  const Event& event_of(Event& given) noexcept {
    if (shown_ == nullptr) complete(given);
    return *shown_;
  }
  // Where it has the thread's own correlation, the state of that (correlation_changes()); else 0.
  std::uint64_t ids_version() const;

 private:
  struct Kept;
  void complete(Event& given) noexcept;
  void give_back() noexcept;

  Event* given_ = nullptr;
  Event* shown_ = nullptr;
  Kept* kept_ = nullptr;  // whose event is shown
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_COMPLETION_H_
