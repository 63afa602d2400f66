// Metrics to a StatsD server, with the tags of DogStatsD or plain. Off until a host asks for it; no
// variable of the environment is read (DD_AGENT_HOST neither).
//
//   std::string error;
//   auto statsd = export_statsd(metrics, {.address = "127.0.0.1:8125"}, &error);
//   if (!statsd) std::cerr << error << '\n';   // the address can't be read
//   …
//   statsd->shutdown(std::chrono::steady_clock::now() + 1s);   // or destroy it
//
// A thread of its own sends what has changed at every interval; counting pays nothing for it but
// that a histogram's value is kept until then. docs/exporters.md has the lines that are sent.
//
// Counters go as what they grew by since the last time that was sent. What the system refuses is
// not lost: it goes with the next lines, so a server that is away for a while misses nothing. Of UDP
// nobody knows what gets through: `exported` is what the system took.
// After fork() the child's copy is dead: it sends nothing and returns false, and what waits is the
// parent's. A child that counts on makes an exporter of its own, with skip_counted.
#ifndef CODEX_TELEMETRY_STATSD_H_
#define CODEX_TELEMETRY_STATSD_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codex/telemetry/exporter.h"
#include "codex/telemetry/metrics.h"

namespace codex::telemetry {

enum class StatsdDialect {
  kDogStatsd,  // codex.turns:1|c|#outcome:completed
  kPlain,      // codex.turns.outcome.completed:1|c
};

// As what a value of a histogram goes. Milliseconds where it is a time.
enum class StatsdTiming {
  kTiming,        // |ms, which every server knows
  kHistogram,     // |h and |d, of DogStatsD
  kDistribution,
};

struct StatsdOptions {
  // "HOST:PORT", "HOST", "[::1]:8125", each with "udp://" before it or not; or "unix:///PATH", a
  // datagram socket. Without a port: 8125. A name is looked up on the exporter's thread.
  std::string address = {};
  StatsdDialect dialect = StatsdDialect::kDogStatsd;
  StatsdTiming timing = StatsdTiming::kTiming;
  std::string prefix = {};                                   // before every name, as it stands
  std::vector<std::pair<std::string, std::string>> tags = {};  // on every line; kDogStatsd only
  std::chrono::milliseconds interval{10'000};
  std::size_t max_packet = 0;        // bytes; 0: 1,432 over UDP, 8,192 over a Unix socket
  std::size_t max_timings = 65'536;  // values of histograms that wait; more are dropped
  // What was counted before the exporter began is not sent.
  bool skip_counted = false;
  std::chrono::milliseconds shutdown_limit{1'000};  // of the destructor
};

// Why an attempt to send failed. What waits stays.
enum class StatsdFailure {
  kWouldBlock,   // EAGAIN: the receiver does not read as fast
  kNoBuffers,    // ENOBUFS, ENOMEM
  kRefused,      // ECONNREFUSED, ECONNRESET, ENOTCONN: nobody listens
  kUnreachable,  // no such socket file, no route, no permission
  kTooLong,      // EMSGSIZE: smaller packets follow
  kUnresolved,   // the host's name
  kOther,
};
inline constexpr std::size_t kStatsdFailures = 7;
std::string_view statsd_failure_name(StatsdFailure reason);  // "would_block"
using StatsdFailures = std::array<std::uint64_t, kStatsdFailures>;

// stats(): data points are lines, and values of histograms that wait. `failed` counts packets.
class StatsdExporter : public Exporter {
 public:
  virtual StatsdFailures failures() const = 0;  // their sum is stats()[0].failed
};

// Null where the address can't be read or no socket can be made; then `error` says why. A server
// that is not there is no error. `metrics` must outlive it; it counts itself there (ExporterMeter,
// and codex.statsd.failures). Nothing throws.
std::unique_ptr<StatsdExporter> export_statsd(Metrics& metrics, StatsdOptions options,
                                              std::string* error = nullptr) noexcept;

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_STATSD_H_
