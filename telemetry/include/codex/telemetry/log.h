// Log records as Python's `logging` makes them: a template and its arguments, not yet one string.
#ifndef CODEX_TELEMETRY_LOG_H_
#define CODEX_TELEMETRY_LOG_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "codex/telemetry/json.h"
#include "codex/telemetry/scrub.h"

namespace codex::telemetry {

// Python's numbers.
enum class Level { kDebug = 10, kInfo = 20, kWarning = 30, kError = 40, kCritical = 50 };
std::string_view level_name(Level level);  // "DEBUG"

struct LogRecord {
  std::string logger;
  Level level = Level::kDebug;
  std::string message_template;  // with %s for each argument
  json::Array args;              // an object stands for an object: {"class": …, "text": str(x)}
  std::string exception;         // class of the exception that goes with it, or empty
  // The template with its arguments, as Python's record.getMessage(): %s, %r, %d and %%, which are
  // all that the client uses. A directive without an argument stays as it is.
  std::string message() const;
  void append_message(std::string& out) const;
};

using LogHandler = std::function<void(const LogRecord&)>;

// Thread-safe. Handlers run on the logging thread in order of attachment, outside any lock; what
// they throw is swallowed, as Python's logging does. The record is the handler's for the call only.
// They see no secrets: template and arguments are scrubbed before. Where a secret stands in neither
// but in what they make together, the template is the scrubbed message, and there are no arguments.
class Logger {
 public:
  explicit Logger(std::string name, Scrubbing scrubbing = {});
  ~Logger();
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;

  const std::string& name() const { return name_; }
  // Records below it go to nobody.
  void set_level(Level level);
  // The handler gets records of `least` and above. Returns an id for the calls below, never 0.
  std::uint64_t attach(LogHandler handler, Level least = Level::kDebug);
  bool set_handler_level(std::uint64_t id, Level least);
  bool detach(std::uint64_t id);
  // One relaxed load: does a record of this level go to anybody?
  bool enabled(Level level) const noexcept {
    return static_cast<int>(level) >= threshold_.load(std::memory_order_relaxed);
  }

  void log(Level level, std::string_view message_template, json::Array args = {},
           std::string_view exception = {}) noexcept;
  void debug(std::string_view message_template, json::Array args = {}) noexcept {
    if (enabled(Level::kDebug)) log(Level::kDebug, message_template, std::move(args));
  }

 private:
  friend struct LogInternals;
  std::uint64_t attach(LogHandler handler, Level least, bool raw);

  struct Handlers;
  const std::string name_;
  const Scrubbing scrubbing_;
  std::atomic<int> threshold_;  // the lowest level that goes to anybody
  std::unique_ptr<Handlers> handlers_;
};

// "openai.agents", where the Python client logs. Never destroyed.
Logger& agents_logger();

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_LOG_H_
