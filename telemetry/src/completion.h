// Fills in what an event was emitted without: time, and the correlation of the thread.
#ifndef CODEX_TELEMETRY_SRC_COMPLETION_H_
#define CODEX_TELEMETRY_SRC_COMPLETION_H_

#include <cstdint>

#include "codex/telemetry/event.h"

namespace codex::telemetry {

// For as long as it lives, event() is `given` with everything filled in. Never throws; where there
// is no memory left, the event goes without.
//
// An event mostly comes with no correlation at all. Then what is shown is another event, which the
// thread keeps and which has the strings already: handing one on allocates nothing.
class Completion {
 public:
  explicit Completion(Event& given) noexcept;
  ~Completion();
  Completion(const Completion&) = delete;
  Completion& operator=(const Completion&) = delete;

  const Event& event() const { return *shown_; }
  // Where it has the thread's own correlation, the state of that (correlation_changes()); else 0.
  std::uint64_t ids_version() const;

 private:
  struct Kept;
  Event& given_;
  Event* shown_;
  Kept* kept_ = nullptr;  // whose event is shown
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_COMPLETION_H_
