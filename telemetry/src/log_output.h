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
  bool print_known(Workspace& work, LogLine& line);
  void write(Workspace& work);
  void finish(Workspace& work, LogLine& line, const Correlation& ids, std::uint64_t ids_version);
  bool scrub(Workspace& work, LogLine& line, bool json) const;

  const LogSink sink_;
  const std::unique_ptr<LineWriter> writer_;
  const std::shared_ptr<const Scrubber> scrubber_;
  const std::function<std::chrono::system_clock::time_point()> now_;
  const bool redact_;
  std::atomic<LogFormat> format_;
  std::atomic<int> level_;
  std::atomic<bool> closed_{false};
  // Who prints right now (the low bits), and how many lines there were: one change instead of two.
  static constexpr std::uint64_t kLine = 1U << 20;
  std::atomic<std::uint64_t> uses_and_lines_{0};
  std::atomic<std::uint64_t> lost_{0};
  std::atomic<std::uint64_t> nested_{0};
  std::atomic<std::uint64_t> scrubbed_{0};
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_LOG_OUTPUT_H_
