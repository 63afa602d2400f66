// For tests of the default logger: a sink that keeps its lines, options, two ends of something.
#ifndef TESTS_TELEMETRY_LOG_LINES_H_
#define TESTS_TELEMETRY_LOG_LINES_H_

#include <mutex>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

#include "codex/telemetry/default_logger.h"

namespace codex::telemetry {

class LogLines {
 public:
  LogSink sink() {
    return LogSink::function([this](std::string_view line) {
      const std::lock_guard lock(mutex_);
      lines_.emplace_back(line);
    });
  }
  // What came since the last call.
  std::vector<std::string> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(lines_, {});
  }
  // The only one that came since then.
  std::string one() {
    const std::vector<std::string> lines = take();
    return lines.size() == 1 ? lines[0] : "(" + std::to_string(lines.size()) + " lines)";
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

inline DefaultLoggerOptions everything_to(LogSink sink, Logger& logger,
                                          LogFormat format = LogFormat::kMessage) {
  DefaultLoggerOptions options;
  options.format = format;
  options.level = Level::kDebug;
  options.sink = std::move(sink);
  options.logger = &logger;
  return options;
}

// Of a pipe or a pair of sockets: pipe(&ends.read). Closed when it goes.
struct Ends {
  int read = -1;
  int write = -1;
  ~Ends() {
    if (read >= 0) close(read);
    if (write >= 0) close(write);
  }
};

}  // namespace codex::telemetry

#endif  // TESTS_TELEMETRY_LOG_LINES_H_
