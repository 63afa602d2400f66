// The current ids in what a host logs with spdlog.
//
// Include it where spdlog (1.8 or later) is there: nothing else of this library needs spdlog, and
// the host links it. The ids stand in the form of log_ids.h, in brackets, with a blank behind:
// "[thread=… turn=…] ", and nothing where no id is known. The host's own text is its own: it is
// neither scrubbed nor escaped.
#ifndef CODEX_TELEMETRY_SPDLOG_ADAPTER_H_
#define CODEX_TELEMETRY_SPDLOG_ADAPTER_H_

#include <ctime>
#include <memory>
#include <string>
#include <utility>

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/sink.h>

#include "codex/telemetry/log_ids.h"

namespace codex::telemetry {

// A flag of a pattern, for loggers that format on the calling thread, which all but asynchronous
// ones do:
//
//   auto formatter = std::make_unique<spdlog::pattern_formatter>();
//   formatter->add_flag<SpdlogIdsFlag>('*').set_pattern("[%l] %*%v");
//   logger->set_formatter(std::move(formatter));
class SpdlogIdsFlag final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg&, const std::tm&, spdlog::memory_buf_t& out) override {
    prefix_.clear();
    append_ids_prefix(prefix_);
    out.append(prefix_.data(), prefix_.data() + prefix_.size());
  }
  std::unique_ptr<spdlog::custom_flag_formatter> clone() const override {
    return std::make_unique<SpdlogIdsFlag>();
  }

 private:
  std::string prefix_;
};

// A formatter in which %* stands for the ids; the default pattern is spdlog's own with them.
inline std::unique_ptr<spdlog::formatter> spdlog_formatter_with_ids(
    std::string pattern = "[%Y-%m-%d %H:%M:%S.%e] [%n] [%^%l%$] %*%v") {
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<SpdlogIdsFlag>('*').set_pattern(std::move(pattern));
  return formatter;
}

// Puts the ids before the text on the calling thread and hands the record on to `target`: what an
// asynchronous logger needs, whose own formatting runs on a thread that works for nobody.
class SpdlogIdsSink final : public spdlog::sinks::sink {
 public:
  explicit SpdlogIdsSink(std::shared_ptr<spdlog::logger> target) : target_(std::move(target)) {}

  void log(const spdlog::details::log_msg& record) override {
    std::string text;
    append_ids_prefix(text);
    text.append(record.payload.data(), record.payload.size());
    target_->log(record.time, record.source, record.level, spdlog::string_view_t(text));
  }
  void flush() override { target_->flush(); }
  void set_pattern(const std::string& pattern) override { target_->set_pattern(pattern); }
  void set_formatter(std::unique_ptr<spdlog::formatter> formatter) override {
    target_->set_formatter(std::move(formatter));
  }

 private:
  const std::shared_ptr<spdlog::logger> target_;
};

// A logger of the same name and level that logs through `target`, with the ids.
inline std::shared_ptr<spdlog::logger> spdlog_logger_with_ids(
    std::shared_ptr<spdlog::logger> target) {
  auto logger =
      std::make_shared<spdlog::logger>(target->name(), std::make_shared<SpdlogIdsSink>(target));
  logger->set_level(target->level());
  logger->flush_on(target->flush_level());
  return logger;
}

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SPDLOG_ADAPTER_H_
