// "HOST:PORT" as a user writes it.
#ifndef CODEX_TELEMETRY_SRC_HOST_PORT_H_
#define CODEX_TELEMETRY_SRC_HOST_PORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace codex::telemetry {

struct HostPort {
  std::string host;  // a name or an address, "::1" without brackets; may be empty
  std::optional<std::uint16_t> port;
};

// HOST, HOST:PORT, :PORT, [::1], [::1]:PORT. Nothing where it is none of these: a host has the
// characters of names and addresses only.
std::optional<HostPort> parse_host_port(std::string_view text);

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_HOST_PORT_H_
