#include "statsd_socket.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/un.h>
#include <unistd.h>

#include "host_port.h"

namespace codex::telemetry {
namespace {

// A name that leads nowhere is looked up again, but not all the time.
constexpr std::chrono::seconds kLookUpAgain{30};

StatsdFailure failure(int error) {
  switch (error) {
    case EAGAIN:
      return StatsdFailure::kWouldBlock;
    case ENOBUFS:
    case ENOMEM:
      return StatsdFailure::kNoBuffers;
    case ECONNREFUSED:
    case ECONNRESET:
    case ENOTCONN:
    case EPIPE:
      return StatsdFailure::kRefused;
    case ENOENT:
    case ENOTDIR:
    case EACCES:
    case EPERM:
    case EPROTOTYPE:
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
      return StatsdFailure::kUnreachable;
    case EMSGSIZE:
      return StatsdFailure::kTooLong;
    default:
      return StatsdFailure::kOther;
  }
}

bool is_loopback(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
  }
  if (address.sa_family != AF_INET6) return false;
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
  return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

}  // namespace

std::string_view statsd_failure_name(StatsdFailure reason) {
  switch (reason) {
    case StatsdFailure::kWouldBlock:
      return "would_block";
    case StatsdFailure::kNoBuffers:
      return "no_buffers";
    case StatsdFailure::kRefused:
      return "refused";
    case StatsdFailure::kUnreachable:
      return "unreachable";
    case StatsdFailure::kTooLong:
      return "too_long";
    case StatsdFailure::kUnresolved:
      return "unresolved";
    case StatsdFailure::kOther:
      return "other";
  }
  return "other";
}

std::variant<StatsdAddress, std::string> parse_statsd_address(std::string_view text) {
  const std::string forms =
      "; it must be HOST:PORT, [IPv6]:PORT, udp://HOST:PORT or unix:///PATH";
  StatsdAddress address;
  if (text.starts_with("unix://")) {
    address.path = text.substr(7);
    if (!address.path.starts_with('/')) return "the path is not absolute" + forms;
    if (address.path.find('\0') != std::string::npos) return "the path has a NUL" + forms;
    constexpr std::size_t kMost = sizeof(sockaddr_un::sun_path) - 1;
    if (address.path.size() > kMost)
      return "the path is longer than the " + std::to_string(kMost) + " bytes of a Unix socket's";
    return address;
  }
  if (text.starts_with("udp://")) text.remove_prefix(6);
  const std::optional<HostPort> parsed = parse_host_port(text);
  if (!parsed || parsed->host.empty()) return "the address can't be read" + forms;
  if (parsed->port == std::uint16_t{0}) return "the port is 0" + forms;
  address.host = parsed->host;
  address.port = parsed->port.value_or(address.port);
  return address;
}

void StatsdSocket::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

std::optional<StatsdFailure> StatsdSocket::look_up() {
  peers_.clear();
  current_ = tried_ = 0;
  looked_up_ = std::chrono::steady_clock::now();
  if (address_.unix_socket()) {
    Peer peer;
    auto& name = reinterpret_cast<sockaddr_un&>(peer.address);
    name.sun_family = AF_UNIX;
    std::memcpy(name.sun_path, address_.path.data(), address_.path.size());
    peer.length = sizeof name;
    peers_.push_back(peer);
    return std::nullopt;
  }
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_DGRAM;
  wanted.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(address_.port);
  if (::getaddrinfo(address_.host.c_str(), port.c_str(), &wanted, &found) != 0)
    return StatsdFailure::kUnresolved;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    if (each->ai_addrlen > sizeof(sockaddr_storage)) continue;
    Peer peer;
    std::memcpy(&peer.address, each->ai_addr, each->ai_addrlen);
    peer.length = each->ai_addrlen;
    peer.loopback = is_loopback(*each->ai_addr);
    peers_.push_back(peer);
  }
  ::freeaddrinfo(found);
  return peers_.empty() ? std::optional(StatsdFailure::kUnresolved) : std::nullopt;
}

std::optional<StatsdFailure> StatsdSocket::open() {
  if (fd_ >= 0) return std::nullopt;
  const auto age = std::chrono::steady_clock::now() - looked_up_;
  if (peers_.empty() || (tried_ >= peers_.size() && age >= kLookUpAgain)) {
    if (const auto failed = look_up()) return failed;
  }
  for (std::size_t attempt = 0;; ++attempt) {
    const Peer& peer = peers_[current_];
    fd_ = ::socket(peer.address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd_ >= 0 &&
        ::connect(fd_, reinterpret_cast<const sockaddr*>(&peer.address), peer.length) == 0)
      return std::nullopt;
    const int error = errno;
    close();
    if (attempt + 1 >= peers_.size()) return failure(error);
    current_ = (current_ + 1) % peers_.size();
  }
}

std::optional<StatsdFailure> StatsdSocket::send(std::string_view packet) {
  ssize_t sent = 0;
  do {
    sent = ::send(fd_, packet.data(), packet.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) return failure(errno);
  // On this machine the answer that nobody listens is there at once, and is about this packet.
  if (peers_[current_].loopback) {
    int error = 0;
    socklen_t length = sizeof error;
    if (::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error != 0)
      return failure(error);
  }
  tried_ = 0;
  return std::nullopt;
}

bool StatsdSocket::try_another() {
  close();
  if (peers_.empty()) return false;
  ++tried_;
  current_ = (current_ + 1) % peers_.size();
  // A path may have another socket by now, so it is tried once more.
  return tried_ < std::max<std::size_t>(peers_.size(), 2);
}

void StatsdSocket::wait_writable(std::chrono::milliseconds limit) const {
  pollfd wanted{fd_, POLLOUT, 0};
  ::poll(&wanted, 1, static_cast<int>(std::clamp<std::int64_t>(limit.count(), 0, 1'000)));
}

}  // namespace codex::telemetry
