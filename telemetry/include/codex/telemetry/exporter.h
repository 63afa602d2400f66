// What exporters have in common: what they count of themselves, and how they end.
//
// An exporter never blocks or throws into the host. What it can't get out it drops, and counts.
//
//   emitted == exported + dropped() + queued        of every ExporterStats, at any time
#ifndef CODEX_TELEMETRY_EXPORTER_H_
#define CODEX_TELEMETRY_EXPORTER_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/log.h"
#include "codex/telemetry/metrics.h"

namespace codex::telemetry {

enum class ExportDrop {
  kQueueFull,         // the host makes more than goes out
  kRetriesExhausted,  // the receiver is away, or asked too often to try again
  kRejected,          // the receiver refuses it, and would again: HTTP 400, 401, 413, …
  kPartialSuccess,    // the receiver took the rest of what came with it
  kShutdown,          // was waiting when the time for the shutdown was over, or came after it
  kSampledOut,        // its trace is not among those to be exported
  kFailed,            // could not be made or sent: out of memory, a bad URL or certificate
};
inline constexpr std::size_t kExportDrops = 7;
std::string_view export_drop_name(ExportDrop reason);  // "queue_full"

// What is done with a record that the bounded queue has no room for. It never blocks.
enum class QueuePolicy {
  kDropNewest,  // that record
  kDropOldest,  // the one that waits longest
};

// Of one signal of one exporter, in its own units: spans, log records, data points of metrics.
struct ExporterStats {
  std::string_view exporter;   // "otlp_http_json_exporter"; constant
  std::string_view signal;     // "span", "log", "metric_data_point"; constant
  std::uint64_t emitted = 0;   // given to the exporter
  std::uint64_t queued = 0;    // wait, or are on their way
  std::uint64_t exported = 0;  // the receiver has them, or, where it never answers, the system
  std::array<std::uint64_t, kExportDrops> dropped_by{};
  std::uint64_t in_flight = 0;  // the part of `queued` that is on its way
  std::uint64_t capacity = 0;   // of the queue; 0: it has none
  std::uint64_t failed = 0;     // attempts to send that failed, whatever came of it
  std::uint64_t retries = 0;    // attempts after the first
  std::uint64_t dropped(ExportDrop reason) const {
    return dropped_by[static_cast<std::size_t>(reason)];
  }
  std::uint64_t dropped() const;
};

// Thread-safe. Nothing throws. Destroying it is a shutdown with the time limit of its options.
class Exporter {
 public:
  using Deadline = std::chrono::steady_clock::time_point;
  Exporter() = default;
  virtual ~Exporter() = default;
  Exporter(const Exporter&) = delete;
  Exporter& operator=(const Exporter&) = delete;

  // Sends what was emitted before. True when all of it was exported or dropped; false when the
  // deadline came first: the rest goes on.
  virtual bool flush(Deadline deadline) noexcept = 0;
  // The same, then ends: what is left at the deadline, and what is emitted from now on, is dropped
  // as kShutdown. True when nothing was left. May be called twice, by several threads at once, and
  // from static destructors; not from a signal handler.
  virtual bool shutdown(Deadline deadline) noexcept = 0;
  // One for each signal that it exports.
  virtual std::vector<ExporterStats> stats() const = 0;
};

// What exporters complain about: settings that can't be read, a receiver that refuses. Its name is
// "codex.telemetry.exporter". Says each thing once; no header and no credential. Never destroyed.
Logger& exporter_logger();

// Brings stats into metrics, under the names that OpenTelemetry has for an SDK's own:
//   otel.sdk.exporter.SIGNAL.exported{otel.component.type,error.type}   error.type: why it was not
//   otel.sdk.exporter.SIGNAL.inflight, otel.sdk.processor.SIGNAL.queue.size, .queue.capacity
// Each update() adds what has changed since the last. One thread at a time; `metrics` must outlive
// it.
class ExporterMeter {
 public:
  explicit ExporterMeter(Metrics& metrics) : metrics_(metrics) {}
  void update(const std::vector<ExporterStats>& stats);

 private:
  Metrics& metrics_;
  std::map<std::pair<std::string_view, std::string_view>, ExporterStats> last_;
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_EXPORTER_H_
