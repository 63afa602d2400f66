// An allocator for objects that come and go all the time.
#ifndef CODEX_TELEMETRY_SRC_RECYCLING_H_
#define CODEX_TELEMETRY_SRC_RECYCLING_H_

#include <cstddef>
#include <new>

#include "thread_slot.h"

namespace codex::telemetry {

// Keeps the memory of the last few objects for the next ones of the same thread; any thread may
// free them. For allocate_shared(): one object at a time.
template <typename T>
class Recycling {
 public:
  using value_type = T;
  Recycling() = default;
  template <typename U>
  explicit(false) Recycling(const Recycling<U>&) {}

  T* allocate(std::size_t count) {
    if (count == 1) {
      if (Kept* const kept = ThreadSlot<Kept, Kept>::get(); kept != nullptr && kept->count > 0) {
        return static_cast<T*>(kept->blocks[--kept->count]);
      }
    }
    return static_cast<T*>(::operator new(count * sizeof(T), std::align_val_t(alignof(T))));
  }
  void deallocate(T* block, std::size_t count) noexcept {
    Kept* const kept = count == 1 ? ThreadSlot<Kept, Kept>::find() : nullptr;
    if (kept != nullptr && kept->count < kMost) {
      kept->blocks[kept->count++] = block;
      return;
    }
    ::operator delete(block, std::align_val_t(alignof(T)));
  }
  friend bool operator==(const Recycling&, const Recycling&) { return true; }

 private:
  static constexpr std::size_t kMost = 16;
  struct Kept {
    void* blocks[kMost];
    std::size_t count = 0;
    ~Kept() {
      while (count > 0)
        ::operator delete(blocks[--count], std::align_val_t(alignof(T)));
    }
  };
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_RECYCLING_H_
