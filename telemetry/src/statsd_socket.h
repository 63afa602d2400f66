// A datagram socket that never blocks: UDP, or a Unix socket by its path.
#ifndef CODEX_TELEMETRY_SRC_STATSD_SOCKET_H_
#define CODEX_TELEMETRY_SRC_STATSD_SOCKET_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <sys/socket.h>

#include "codex/telemetry/statsd.h"

namespace codex::telemetry {

struct StatsdAddress {
  std::string host;         // of UDP; a name or an address
  std::uint16_t port = 8125;
  std::string path;         // of a Unix socket; empty: UDP
  bool unix_socket() const { return !path.empty(); }
};

// The address, or what is wrong with it.
std::variant<StatsdAddress, std::string> parse_statsd_address(std::string_view text);

// One thread at a time.
class StatsdSocket {
 public:
  explicit StatsdSocket(StatsdAddress address) : address_(std::move(address)) {}
  ~StatsdSocket() { close(); }
  StatsdSocket(const StatsdSocket&) = delete;
  StatsdSocket& operator=(const StatsdSocket&) = delete;

  // Makes ready to send, where it is not yet. Looks a name up, which may take long.
  std::optional<StatsdFailure> open();
  // One packet, as it is. Nothing: the system took it, and on this machine nobody has refused it.
  std::optional<StatsdFailure> send(std::string_view packet);
  // The next address of the host's, or the same path anew, at the next open(). False where all
  // were tried since one was last in use.
  bool try_another();
  // Waits until a packet may be taken, or `limit`.
  void wait_writable(std::chrono::milliseconds limit) const;
  const StatsdAddress& address() const { return address_; }

 private:
  struct Peer {
    sockaddr_storage address{};
    socklen_t length = 0;
    bool loopback = false;
  };
  std::optional<StatsdFailure> look_up();
  void close();

  const StatsdAddress address_;
  std::vector<Peer> peers_;
  std::size_t current_ = 0;
  std::size_t tried_ = 0;
  std::chrono::steady_clock::time_point looked_up_;
  int fd_ = -1;
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_STATSD_SOCKET_H_
