// Log lines with one call.
//
//   codex::telemetry::attach_default_logger();                       // warnings to stderr
//   codex::telemetry::attach_default_logger(verbose_stdout());       // everything to stdout
//   codex::telemetry::attach_default_logger({.format = LogFormat::kJson, .level = Level::kDebug});
//
// Names, levels, templates and redaction are those of openai-agents 0.24.0, because the records are
// made where that client makes its own. The defaults are what a Python program shows that
// configures no logging: WARNING and above, to stderr, the bare message (CPython 3.11,
// Lib/logging/__init__.py, lastResort). Without a call, this library prints nothing.
#ifndef CODEX_TELEMETRY_DEFAULT_LOGGER_H_
#define CODEX_TELEMETRY_DEFAULT_LOGGER_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "codex/telemetry/event.h"
#include "codex/telemetry/log.h"
#include "codex/telemetry/log_sink.h"
#include "codex/telemetry/scrub.h"
#include "codex/telemetry/switches.h"

namespace codex::telemetry {

// A record is one line, whatever it holds: control characters, line and paragraph separators, marks
// of direction and what is no UTF-8 are escaped as Python's repr does (\n, \x1b, \u202e, \ud800).
// Python's handlers print them raw, so its lines are these after the same escaping; and where its
// stdout would lose a record with a lone surrogate, this prints it as its stderr does.
enum class LogFormat {
  // "%(message)s". With an exception, "\nCLASS: TEXT" follows, which is what Python prints less the
  // frames and causes: C++ has no traceback.
  kMessage,
  // The same behind "%(levelname)s:%(name)s:" (logging.BASIC_FORMAT).
  kLevelAndName,
  // One object a line, valid UTF-8, in this order, what is absent left out:
  //   time      RFC 3339, UTC, microseconds: "2026-01-02T03:04:05.678901Z"
  //   level     "DEBUG" … "CRITICAL"
  //   logger    "openai.agents"; of an event, its name
  //   message   the text
  //   template  what it was made of: "%s failed: %s"; of an event, "turn failed: {error.message}"
  //   args      array of what the template was given; an object is {"class": …, "text": …}
  //   exception its class: "RuntimeError", "agents.exceptions.UserError"
  //   session thread turn item call trace_id span_id: strings, of the logging thread's correlation,
  //             of an event its own
  kJson,
};

struct DefaultLoggerOptions {
  LogFormat format = LogFormat::kMessage;
  Level level = Level::kWarning;  // records and events below it are not printed
  LogSink sink = LogSink::standard_error();
  // Whose records; null: agents_logger(). Its own set_level() is in force before `level`.
  Logger* logger = nullptr;
  // Whose events are printed too, with level and message as the registry has them; null: nobody's.
  Hub* events = nullptr;
  std::string event_prefix;  // of Hub::attach
  // Where model or tool data may not be logged, the text that an event quotes is left out, template
  // and all ("turn failed"), as the client does (agents/logger.py). Records come redacted.
  Switches switches = Switches::read(process_environment());
  // What replaces secrets, in message, arguments and ids; null: default_scrubber().
  std::shared_ptr<const Scrubber> scrubber;
  // False: nothing is attached, and nothing printed. Not set: as CODEX_TELEMETRY_DISABLED says, in
  // the environment or when the library was built (pipeline.h).
  std::optional<bool> enabled;
  // The clock of records; empty: the system's. Events have their own time.
  std::function<std::chrono::system_clock::time_point()> now;
};

// As enable_verbose_stdout_logging() of agents/__init__.py: bare messages, DEBUG, stdout.
DefaultLoggerOptions verbose_stdout();

struct DefaultLoggerCounts {
  std::uint64_t lines = 0;     // made; those that were lost included
  std::uint64_t lost = 0;      // the sink failed, or memory did
  std::uint64_t nested = 0;    // not made: logged by the sink itself, while it had a line
  // Lines in which something was replaced here: what the hub replaces before is not counted.
  std::uint64_t scrubbed = 0;
};

// What attach_default_logger() made. It may be dropped: the output stays. Copies are the same one.
class DefaultLogger {
 public:
  // False when it was detached before. When it returns, the sink is not in use any more and will
  // not be again (called by the sink itself, it returns while that call is still running). Hold
  // nothing that the sink waits for.
  bool detach();
  DefaultLoggerCounts counts() const;

 private:
  friend DefaultLogger attach_default_logger(DefaultLoggerOptions options);
  struct Output;
  explicit DefaultLogger(std::shared_ptr<Output> output) : output_(std::move(output)) {}
  std::shared_ptr<Output> output_;
};

// One logger has one output to one sink. Attached again to the same descriptor, stream or plain
// function, the output takes over format and level, and the hub where one is named, and keeps the
// rest; the handle is of that same output. Function objects cannot be compared: each is a new sink.
//
// Logger and hub may go before the output does. Thread-safe. Throws only bad_alloc; logging never
// throws, and what a sink throws is counted.
DefaultLogger attach_default_logger(DefaultLoggerOptions options = {});

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_DEFAULT_LOGGER_H_
