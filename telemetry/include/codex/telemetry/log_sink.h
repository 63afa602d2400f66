// Where the lines of a log go.
#ifndef CODEX_TELEMETRY_LOG_SINK_H_
#define CODEX_TELEMETRY_LOG_SINK_H_

#include <functional>
#include <iosfwd>
#include <string_view>
#include <utility>
#include <variant>

namespace codex::telemetry {

class LogSink {
 public:
  // Gets one line without its LF; the text is the callee's for the call only.
  using Function = std::function<void(std::string_view line)>;

  // One write(2) a line, LF included, so that lines of several threads and processes stay whole
  // (of several processes: on a file that is open for appending, or on a pipe up to PIPE_BUF).
  // Nothing is buffered, and what the host has in its own buffers of stdio or iostream comes when
  // the host flushes them. A closed pipe costs the line, never a SIGPIPE. A descriptor that would
  // block and must not (O_NONBLOCK) costs the line. It is not closed. A FILE* is reached by
  // descriptor(fileno(file)).
  static LogSink descriptor(int fd) { return LogSink(fd); }
  static LogSink standard_output() { return descriptor(1); }
  static LogSink standard_error() { return descriptor(2); }

  // Used by one thread at a time, though by none in particular, while no lock is held; flushed
  // after each line, as Python's StreamHandler does. It must live until the output is detached.
  static LogSink stream(std::ostream& stream) { return LogSink(&stream); }

  // Called on the logging thread, from several threads at once, while no lock is held. What it
  // throws costs the line. What it logs itself through the same output is dropped, and counted.
  static LogSink function(Function write) { return LogSink(std::move(write)); }

 private:
  friend class LineWriter;
  using Target = std::variant<int, std::ostream*, Function>;
  explicit LogSink(Target target) : target_(std::move(target)) {}
  Target target_;
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_LOG_SINK_H_
