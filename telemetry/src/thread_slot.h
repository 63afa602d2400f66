// An object of each thread that can be asked for at any time, also while the thread ends.
#ifndef CODEX_TELEMETRY_SRC_THREAD_SLOT_H_
#define CODEX_TELEMETRY_SRC_THREAD_SLOT_H_

namespace codex::telemetry {

// One T per thread and Tag. Plain pointers and flags outlive every destructor of a thread, so code
// that runs in the destructor of another thread-local object is told that T is gone.
template <typename T, typename Tag>
class ThreadSlot {
 public:
  // Null where get() was never called, or at the very end of a thread.
  static T* find() { return current_; }
  // Null at the very end of a thread.
  static T* get() {
    if (current_ == nullptr && !ended_) {
      static thread_local Owner owner;
      (void)owner;
    }
    return current_;
  }

 private:
  struct Owner {
    T object{};
    Owner() { current_ = &object; }
    ~Owner() {
      current_ = nullptr;
      ended_ = true;
    }
    Owner(const Owner&) = delete;
    Owner& operator=(const Owner&) = delete;
  };

  static constinit inline thread_local T* current_ = nullptr;
  static constinit inline thread_local bool ended_ = false;
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_THREAD_SLOT_H_
