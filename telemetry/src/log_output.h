// One output of the default logger.
#ifndef CODEX_TELEMETRY_SRC_LOG_OUTPUT_H_
#define CODEX_TELEMETRY_SRC_LOG_OUTPUT_H_

#include <atomic>
#include <memory>

#include "codex/telemetry/default_logger.h"
#include "line_writer.h"

namespace codex::telemetry {

struct LogLine;

// Makes lines of records and events and writes them. Thread-safe.
class LogOutput {
 public:
  // `options` less logger, hub and prefix.
  explicit LogOutput(const DefaultLoggerOptions& options);
  LogOutput(const LogOutput&) = delete;
  LogOutput& operator=(const LogOutput&) = delete;

  bool leads_to(const LogSink& sink) const { return LineWriter::same(sink_, sink); }
  void set(LogFormat format, Level level);
  void print(const LogRecord& record) noexcept;
  void print(const Event& event) noexcept;
  // False when it was closed before. Returns when no other thread prints any more.
  bool close();
  DefaultLoggerCounts counts() const;

 private:
  class Use;
  struct Workspace;
  template <typename Make>
  void print_with(const Make& make) noexcept;
  void finish(Workspace& work, LogLine& line, const Correlation& ids);
  bool scrub(Workspace& work, LogLine& line, bool json) const;

  const LogSink sink_;
  const std::unique_ptr<LineWriter> writer_;
  const std::shared_ptr<const Scrubber> scrubber_;
  const std::function<std::chrono::system_clock::time_point()> now_;
  const bool redact_;
  std::atomic<LogFormat> format_;
  std::atomic<int> level_;
  std::atomic<bool> closed_{false};
  std::atomic<int> uses_{0};
  std::atomic<std::uint64_t> lines_{0};
  std::atomic<std::uint64_t> lost_{0};
  std::atomic<std::uint64_t> nested_{0};
  std::atomic<std::uint64_t> scrubbed_{0};
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_LOG_OUTPUT_H_
