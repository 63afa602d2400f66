// A file descriptor with an owner.
#ifndef HARNESS_SUBJECT_FD_H_
#define HARNESS_SUBJECT_FD_H_

#include <utility>

namespace codex::harness {

// Closes what it owns; get() is -1 where it owns nothing.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

// Two connected Unix stream sockets, close-on-exec; both empty where the system refuses.
std::pair<Fd, Fd> socket_pair();

bool set_nonblocking(int fd);

}  // namespace codex::harness

#endif  // HARNESS_SUBJECT_FD_H_
