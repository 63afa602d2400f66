#include "prometheus_export/own_sockets.h"

#include <algorithm>
#include <charconv>
#include <dirent.h>
#include <fcntl.h>
#include <string_view>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include <sys/socket.h>
#include <sys/stat.h>

namespace codex::telemetry {
namespace {

using Clock = std::chrono::steady_clock;

std::vector<int> descriptors() {
  std::vector<int> all;
  DIR* const folder = ::opendir("/proc/self/fd");
  if (folder == nullptr) return all;
  while (const dirent* const entry = ::readdir(folder)) {
    const std::string_view name = entry->d_name;
    int fd = -1;
    std::from_chars(name.data(), name.data() + name.size(), fd);
    if (fd >= 0 && fd != ::dirfd(folder)) all.push_back(fd);
  }
  ::closedir(folder);
  return all;
}

int option(int fd, int name) {
  int value = 0;
  socklen_t length = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, name, &value, &length) == 0 ? value : -1;
}

bool stands_at(int fd, const sockaddr_in& at) {
  sockaddr_in address{};
  socklen_t length = sizeof address;
  return ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) == 0 &&
         address.sin_family == AF_INET && address.sin_port == at.sin_port &&
         (at.sin_addr.s_addr == htonl(INADDR_ANY) ||
          address.sin_addr.s_addr == at.sin_addr.s_addr) &&
         option(fd, SO_TYPE) == SOCK_STREAM;
}

ino_t inode(int fd) {
  struct stat facts {};
  return ::fstat(fd, &facts) == 0 ? facts.st_ino : 0;
}

// Of its own, so that it is the same socket until the end, whoever closes what it was made of.
class Duplicate {
 public:
  explicit Duplicate(int fd) : fd_(::fcntl(fd, F_DUPFD_CLOEXEC, 0)) {}
  ~Duplicate() {
    if (fd_ >= 0) ::close(fd_);
  }
  Duplicate(const Duplicate&) = delete;
  Duplicate& operator=(const Duplicate&) = delete;
  int fd() const { return fd_; }

 private:
  const int fd_;
};

}  // namespace

void OwnSockets::drain(std::chrono::milliseconds limit) {
  const auto until = Clock::now() + limit;
  std::chrono::milliseconds pause{1};
  for (bool accepting = true;;) {
    const bool last = Clock::now() >= until;
    const bool any = let_go();
    if (any && !last) {
      std::this_thread::sleep_for(pause);
      pause = std::min(pause * 2, std::chrono::milliseconds(20));
    } else if (std::exchange(accepting, false)) {
      stop_accepting();
    } else {
      return;
    }
  }
}

bool OwnSockets::let_go() {
  bool any = false;
  for (const int fd : descriptors()) {
    if (!stands_at(fd, at_)) continue;
    const Duplicate socket(fd);
    if (!stands_at(socket.fd(), at_)) continue;
    if (option(socket.fd(), SO_ACCEPTCONN) == 1) {
      listener_ = inode(socket.fd());
    } else if (inode(socket.fd()) != listener_) {
      any = true;
      met_.insert(inode(socket.fd()));
      ::shutdown(socket.fd(), SHUT_RD);
    }
  }
  return any;
}

void OwnSockets::stop_accepting() {
  for (const int fd : descriptors()) {
    if (!stands_at(fd, at_)) continue;
    const Duplicate socket(fd);
    if (stands_at(socket.fd(), at_) && inode(socket.fd()) == listener_)
      ::shutdown(socket.fd(), SHUT_RDWR);
  }
}

void OwnSockets::close_rest() const {
  for (const int fd : descriptors()) {
    if (stands_at(fd, at_) && met_.contains(inode(fd))) ::close(fd);
  }
}

}  // namespace codex::telemetry
