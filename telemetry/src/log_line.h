// The forms of a line of the default logger. Pure functions and two caches of one thread.
#ifndef CODEX_TELEMETRY_SRC_LOG_LINE_H_
#define CODEX_TELEMETRY_SRC_LOG_LINE_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "codex/telemetry/correlation.h"
#include "codex/telemetry/json.h"
#include "codex/telemetry/log.h"
#include "codex/telemetry/scrub.h"

namespace codex::telemetry {

struct LogLine {
  std::chrono::system_clock::time_point time;
  Level level = Level::kDebug;
  std::string_view logger;
  std::string_view message;
  std::string_view message_template;
  std::span<const json::Value> args;
  std::string_view exception;  // its class, or empty
};

// The text of the exception, as far as an argument tells it: LogRecord has its class only.
std::string_view exception_text(const LogRecord& record);

// What Python's logging.Formatter puts behind a message with exc_info, less the frames, which C++
// does not have: "\nCLASS: TEXT", or "\nCLASS" where there is no text (traceback.py,
// TracebackException.format_exception_only). Raw, still to be scrubbed and escaped.
void append_exception(std::string& message, std::string_view exception, std::string_view text);

// RFC 3339, UTC, microseconds: "2026-01-02T03:04:05.678901Z". Remembers the last second.
class TimeText {
 public:
  void append_to(std::string& out, std::chrono::system_clock::time_point time);

 private:
  std::int64_t second_ = INT64_MIN;
  char text_[20] = {};  // up to the second
};

// The ids as text. Remembers the last ones. Secrets in ids that came from a wire are replaced.
class IdsText {
 public:
  enum class Form { kJson, kPlain };  // members of an object, each with a comma before; log_ids.h
  // `version`: two calls of a thread with the same one have the same ids; 0: it is not known.
  std::string_view of(const Correlation& ids, Form form,
                      const std::shared_ptr<const Scrubber>& scrubber, std::uint64_t version = 0);

 private:
  void append(std::string_view key, const std::string& id);
  Correlation ids_;
  std::uint64_t version_ = 0;
  Form form_ = Form::kJson;
  std::shared_ptr<const Scrubber> scrubber_;  // of text_; null: there is none
  std::string text_;
};

// One JSON object. `ids` as IdsText has them.
void append_json_line(std::string& out, const LogLine& line, TimeText& time, std::string_view ids);

// The same of lines that are a template alone, with neither arguments nor an exception. Programs
// write the same few all the time: what stands between time and ids is kept.
class KnownLines {
 public:
  // Null where it is not known. Of a line that is, the scrubber has found nothing in its template.
  const std::string* find(const LogLine& line, const std::shared_ptr<const Scrubber>& scrubber);
  void keep(const LogLine& line, const std::shared_ptr<const Scrubber>& scrubber);
  static void append(std::string& out, std::chrono::system_clock::time_point at, TimeText& time,
                     std::string_view known, std::string_view ids);

 private:
  struct Known {
    std::shared_ptr<const Scrubber> scrubber;  // null: there is none
    Level level = Level::kDebug;
    std::string logger;
    std::string message_template;
    std::string text;
  };
  static constexpr std::size_t kPlaces = 64;
  Known& place(const LogLine& line);
  std::array<Known, kPlaces> known_;
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_LOG_LINE_H_
