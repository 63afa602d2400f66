#include "harness/subject/fd_json.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace codex::harness {
namespace {

constexpr std::size_t kChunk = 64 * 1024;
constexpr std::size_t kMaxFds = 8;

using Control = std::array<char, CMSG_SPACE(sizeof(int) * kMaxFds)>;

bool wait_writable(int fd, int timeout_ms) {
  pollfd waiting{fd, POLLOUT, 0};
  for (;;) {
    const int ready = ::poll(&waiting, 1, timeout_ms);
    if (ready >= 0 || errno != EINTR) return ready > 0;
  }
}

// One sendmsg, with a descriptor where `fd_to_send` is one. What it wrote, or -1.
ssize_t send_once(int socket, std::string_view bytes, int fd_to_send) {
  iovec part{const_cast<char*>(bytes.data()), bytes.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(cmsghdr) Control control{};
  if (fd_to_send >= 0) {
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(sizeof(int));
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &fd_to_send, sizeof(int));
  }
  // Without MSG_DONTWAIT a blocking socket would not heed the timeout.
  return ::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

bool send_all(int socket, std::string_view bytes, int fd_to_send, int timeout_ms) {
  while (!bytes.empty()) {
    const ssize_t sent = send_once(socket, bytes, fd_to_send);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      fd_to_send = -1;  // it goes with the first bytes
    } else if (errno == EAGAIN) {
      if (!wait_writable(socket, timeout_ms)) return false;
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

std::string line_of(const json::Value& value) {
  std::string line;
  json::dump_to(line, value, json::kCompact);
  line += '\n';
  return line;
}

}  // namespace

bool LineReader::fill() {
  if (begin_ != 0) {
    buffer_.erase(0, begin_);
    scanned_ -= begin_;
    begin_ = 0;
  }
  const std::size_t size = buffer_.size();
  buffer_.resize(size + kChunk);
  iovec part{buffer_.data() + size, kChunk};
  alignas(cmsghdr) Control control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t got = 0;
  do {
    got = ::recvmsg(socket_, &message, MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  buffer_.resize(size + (got > 0 ? static_cast<std::size_t>(got) : 0));
  if (got < 0) return errno == EAGAIN;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof(int));
      fds_.emplace_back(fd);
    }
  }
  return got > 0;
}

std::optional<std::string> LineReader::next() {
  const std::size_t end = buffer_.find('\n', scanned_);
  if (end == std::string::npos) {
    scanned_ = buffer_.size();
    return std::nullopt;
  }
  std::string line = buffer_.substr(begin_, end - begin_);
  begin_ = scanned_ = end + 1;
  return line;
}

Fd LineReader::take_fd() {
  if (fds_.empty()) return Fd();
  Fd fd = std::move(fds_.front());
  fds_.pop_front();
  return fd;
}

bool write_all(int fd, std::string_view bytes, int timeout_ms) {
  return send_all(fd, bytes, -1, timeout_ms);
}

bool write_line(int fd, const json::Value& value, int timeout_ms) {
  return write_all(fd, line_of(value), timeout_ms);
}

bool write_line_with_fd(int socket, const json::Value& value, int fd_to_send, int timeout_ms) {
  return send_all(socket, line_of(value), fd_to_send, timeout_ms);
}

}  // namespace codex::harness
