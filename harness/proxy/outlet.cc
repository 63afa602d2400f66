#include "harness/proxy/outlet.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <string>
#include <utility>

namespace codex::harness {

Outlet::Outlet(Fd fd) : fd_(std::move(fd)) {
  struct stat about {};
  if (::fstat(fd_.get(), &about) != 0) return;
  if (S_ISSOCK(about.st_mode)) {
    kind_ = Kind::kSocket;
  } else if (S_ISFIFO(about.st_mode) || S_ISCHR(about.st_mode)) {
    const std::string path = "/proc/self/fd/" + std::to_string(fd_.get());
    Fd own(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
    if (own) {
      fd_ = std::move(own);
    } else {
      kind_ = Kind::kCareful;
    }
  }
}

ssize_t Outlet::write(std::string_view bytes) const {
  ssize_t count = 0;
  do {
    if (kind_ == Kind::kSocket) {
      count = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    } else if (kind_ == Kind::kCareful) {
      pollfd ready{fd_.get(), POLLOUT, 0};
      if (::poll(&ready, 1, 0) == 0) {
        errno = EAGAIN;
        return -1;
      }
      count = ::write(fd_.get(), bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
    } else {
      count = ::write(fd_.get(), bytes.data(), bytes.size());
    }
  } while (count < 0 && errno == EINTR);
  return count;
}

std::size_t Outlet::polite_room() const {
  const int size = ::fcntl(fd_.get(), F_GETPIPE_SZ);
  int waiting = 0;
  if (size < 0 || ::ioctl(fd_.get(), FIONREAD, &waiting) != 0) {
    return std::numeric_limits<std::size_t>::max();
  }
  return static_cast<std::size_t>(std::max(size / 2 - waiting, 0));
}

}  // namespace codex::harness
