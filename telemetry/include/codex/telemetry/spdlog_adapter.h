// The current ids in what a host logs with spdlog.
//
// Include it where spdlog (1.8 or later) is there: nothing else of this library needs spdlog, and
// the host links it. The ids stand in the form of log_ids.h, in brackets, with a blank behind:
// "[thread=… turn=…] ", and nothing where no id is known. Secrets in the host's own text are
// replaced, each record by itself, by all here but the mere flag; nothing in it is escaped.
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
#include "codex/telemetry/scrub.h"

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

// Another formatter's lines, of records that were scrubbed.
class SpdlogScrubbingFormatter final : public spdlog::formatter {
 public:
  explicit SpdlogScrubbingFormatter(std::unique_ptr<spdlog::formatter> other,
                                    Scrubbing scrubbing = {})
      : formatter_(std::move(other)), scrubbing_(std::move(scrubbing)) {}

  void format(const spdlog::details::log_msg& record, spdlog::memory_buf_t& out) override {
    const Scrubber* const scrubber = scrubbing_.scrubber().get();
    const std::string_view payload(record.payload.data(), record.payload.size());
    if (scrubber == nullptr || !scrubber->may_hold_secrets(payload)) {
      formatter_->format(record, out);
      return;
    }
    std::string text(payload);
    scrubber->scrub(text);
    spdlog::details::log_msg scrubbed = record;
    scrubbed.payload = text;
    formatter_->format(scrubbed, out);
    // Where the level's colour begins and ends is told by way of the record.
    record.color_range_start = scrubbed.color_range_start;
    record.color_range_end = scrubbed.color_range_end;
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<SpdlogScrubbingFormatter>(formatter_->clone(), scrubbing_);
  }

 private:
  const std::unique_ptr<spdlog::formatter> formatter_;
  const Scrubbing scrubbing_;
};

// A formatter in which %* stands for the ids; the default pattern is spdlog's own with them.
inline std::unique_ptr<spdlog::formatter> spdlog_formatter_with_ids(
    std::string pattern = "[%Y-%m-%d %H:%M:%S.%e] [%n] [%^%l%$] %*%v", Scrubbing scrubbing = {}) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<SpdlogIdsFlag>('*').set_pattern(std::move(pattern));
  return std::make_unique<SpdlogScrubbingFormatter>(std::move(formatter), std::move(scrubbing));
}

// Puts the ids before the text on the calling thread and hands the record on to `target`: what an
// asynchronous logger needs, whose own formatting runs on a thread that works for nobody.
class SpdlogIdsSink final : public spdlog::sinks::sink {
 public:
  explicit SpdlogIdsSink(std::shared_ptr<spdlog::logger> target, Scrubbing scrubbing = {})
      : target_(std::move(target)), scrubbing_(std::move(scrubbing)) {}

  void log(const spdlog::details::log_msg& record) override {
    std::string payload(record.payload.data(), record.payload.size());
    const Scrubber* const scrubber = scrubbing_.scrubber().get();
    if (scrubber != nullptr && scrubber->may_hold_secrets(payload)) scrubber->scrub(payload);
    std::string text;
    append_ids_prefix(text);
    text += payload;
    target_->log(record.time, record.source, record.level, spdlog::string_view_t(text));
  }
  void flush() override { target_->flush(); }
  void set_pattern(const std::string& pattern) override { target_->set_pattern(pattern); }
  void set_formatter(std::unique_ptr<spdlog::formatter> formatter) override {
    target_->set_formatter(std::move(formatter));
  }

 private:
  const std::shared_ptr<spdlog::logger> target_;
  const Scrubbing scrubbing_;
};

// A logger of the same name and level that logs through `target`, with the ids.
inline std::shared_ptr<spdlog::logger> spdlog_logger_with_ids(
    std::shared_ptr<spdlog::logger> target, Scrubbing scrubbing = {}) {
  auto logger = std::make_shared<spdlog::logger>(
      target->name(), std::make_shared<SpdlogIdsSink>(target, std::move(scrubbing)));
  logger->set_level(target->level());
  logger->flush_on(target->flush_level());
  return logger;
}

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SPDLOG_ADAPTER_H_
