#include "statsd_receiver.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <gtest/gtest.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace codex::telemetry {
namespace {

int bound(const sockaddr* address, socklen_t length) {
  const int fd = ::socket(address->sa_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0 || ::bind(fd, address, length) != 0)
    throw std::runtime_error(std::string("bind: ") + std::strerror(errno));
  const int much = 8 << 20;
  ::setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &much, sizeof much);
  ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &much, sizeof much);
  return fd;
}

int port_of(int fd) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
  return address.ss_family == AF_INET ? ntohs(reinterpret_cast<sockaddr_in&>(address).sin_port)
                                      : ntohs(reinterpret_cast<sockaddr_in6&>(address).sin6_port);
}

}  // namespace

StatsdReceiver StatsdReceiver::udp4(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  StatsdReceiver made;
  made.fd_ = bound(reinterpret_cast<const sockaddr*>(&address), sizeof address);
  made.port_ = port_of(made.fd_);
  made.address_ = "127.0.0.1:" + std::to_string(made.port_);
  return made;
}

StatsdReceiver StatsdReceiver::udp6() {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  StatsdReceiver made;
  made.fd_ = bound(reinterpret_cast<const sockaddr*>(&address), sizeof address);
  made.port_ = port_of(made.fd_);
  made.address_ = "[::1]:" + std::to_string(made.port_);
  return made;
}

StatsdReceiver StatsdReceiver::unix_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  ::unlink(path.c_str());
  StatsdReceiver made;
  made.fd_ = bound(reinterpret_cast<const sockaddr*>(&address), sizeof address);
  made.address_ = "unix://" + path;
  return made;
}

StatsdReceiver::StatsdReceiver(StatsdReceiver&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      port_(other.port_),
      address_(std::move(other.address_)) {}

StatsdReceiver::~StatsdReceiver() {
  if (fd_ >= 0) ::close(fd_);
}

std::vector<std::string> StatsdReceiver::packets() {
  std::vector<std::string> packets;
  std::string buffer(70'000, '\0');
  for (;;) {
    const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (got < 0) return packets;
    packets.emplace_back(buffer, 0, static_cast<std::size_t>(got));
  }
}

std::vector<StatsdLine> statsd_lines(const std::vector<std::string>& packets) {
  std::vector<StatsdLine> lines;
  for (const std::string& packet : packets) {
    EXPECT_FALSE(packet.empty() || packet.front() == '\n' || packet.back() == '\n') << packet;
    for (std::size_t begin = 0; begin < packet.size();) {
      const std::size_t end = std::min(packet.find('\n', begin), packet.size());
      const std::string text = packet.substr(begin, end - begin);
      begin = end + 1;
      StatsdLine line;
      const std::size_t colon = text.find(':');
      const std::size_t pipe = text.find('|');
      const std::size_t tags = text.find("|#");
      if (colon == std::string::npos || pipe == std::string::npos || colon > pipe) {
        ADD_FAILURE() << "no line of StatsD: " << text;
        continue;
      }
      line.name = text.substr(0, colon);
      line.value = text.substr(colon + 1, pipe - colon - 1);
      line.type = text.substr(pipe + 1, tags == std::string::npos ? tags : tags - pipe - 1);
      EXPECT_EQ(line.value.find_first_not_of("-0123456789."), std::string::npos) << text;
      EXPECT_TRUE(line.type == "c" || line.type == "g" || line.type == "ms" || line.type == "h" ||
                  line.type == "d")
          << text;
      for (std::size_t at = tags == std::string::npos ? text.size() : tags + 2; at < text.size();) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        const std::string tag = text.substr(at, comma - at);
        const std::size_t split = tag.find(':');
        EXPECT_NE(split, std::string::npos) << text;
        EXPECT_EQ(tag.find_first_of(":|@#", split + 1), std::string::npos) << text;
        EXPECT_TRUE(line.tags.emplace(tag.substr(0, split), tag.substr(split + 1)).second) << text;
        at = comma + 1;
      }
      lines.push_back(std::move(line));
    }
  }
  return lines;
}

std::map<std::string, std::int64_t> statsd_counters(const std::vector<StatsdLine>& lines) {
  std::map<std::string, std::int64_t> sums;
  for (const StatsdLine& line : lines) {
    if (line.type != "c") continue;
    std::string series = line.name;
    for (const auto& [name, value] : line.tags)
      series += (series.size() == line.name.size() ? "{" : ",") + name + "=" + value;
    if (series.size() != line.name.size()) series += "}";
    sums[series] += std::stoll(line.value);
  }
  return sums;
}

std::size_t statsd_count(const std::vector<StatsdLine>& lines, std::string_view name,
                         std::string_view type) {
  std::size_t count = 0;
  for (const StatsdLine& line : lines)
    count += line.name == name && line.type == type ? 1U : 0U;
  return count;
}

}  // namespace codex::telemetry
