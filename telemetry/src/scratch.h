// Objects that a thread uses again and again, so that their strings need no new memory.
#ifndef CODEX_TELEMETRY_SRC_SCRATCH_H_
#define CODEX_TELEMETRY_SRC_SCRATCH_H_

#include <memory>

#include "thread_slot.h"

namespace codex::telemetry {

// A T of the calling thread, as its last user left it, for as long as this lives. Whoever asks
// while it is in use (a log handler that logs), or at the end of the thread, gets a fresh one.
template <typename T>
class Scratch {
 public:
  Scratch() : slot_(ThreadSlot<Slot, Slot>::get()) {
    if (slot_ == nullptr || slot_->taken) {
      slot_ = nullptr;
      own_ = std::make_unique<T>();
    } else {
      slot_->taken = true;
    }
  }
  ~Scratch() {
    if (slot_ != nullptr) slot_->taken = false;
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  T& operator*() { return slot_ != nullptr ? slot_->object : *own_; }
  T* operator->() { return &**this; }

 private:
  struct Slot {
    T object{};
    bool taken = false;
  };
  Slot* slot_;
  std::unique_ptr<T> own_;
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_SCRATCH_H_
