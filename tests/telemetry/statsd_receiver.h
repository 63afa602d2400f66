// A StatsD server as far as the tests need one: a datagram socket, and what came.
#ifndef CODEX_TESTS_TELEMETRY_STATSD_RECEIVER_H_
#define CODEX_TESTS_TELEMETRY_STATSD_RECEIVER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace codex::telemetry {

class StatsdReceiver {
 public:
  // On this machine, at any port or at `port`.
  static StatsdReceiver udp4(int port = 0);
  static StatsdReceiver udp6();
  static StatsdReceiver unix_socket(const std::string& path);
  StatsdReceiver(StatsdReceiver&& other) noexcept;
  StatsdReceiver& operator=(StatsdReceiver&&) = delete;
  ~StatsdReceiver();

  const std::string& address() const { return address_; }
  int port() const { return port_; }
  // What has come since the last call.
  std::vector<std::string> packets();

 private:
  StatsdReceiver() = default;
  int fd_ = -1;
  int port_ = 0;
  std::string address_;
};

// The lines of all packets; each as strict as the protocol, or the test fails.
struct StatsdLine {
  std::string name;
  std::string value;
  std::string type;                         // "c", "g", "ms", …
  std::map<std::string, std::string> tags;  // of DogStatsD
};
std::vector<StatsdLine> statsd_lines(const std::vector<std::string>& packets);

// Counters as a server adds them up, by name and tags: codex.turns{outcome=completed}
std::map<std::string, std::int64_t> statsd_counters(const std::vector<StatsdLine>& lines);
// How many lines of this name and type there are.
std::size_t statsd_count(const std::vector<StatsdLine>& lines, std::string_view name,
                         std::string_view type);

}  // namespace codex::telemetry

#endif  // CODEX_TESTS_TELEMETRY_STATSD_RECEIVER_H_
