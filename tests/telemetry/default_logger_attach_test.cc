// Which outputs there are: levels, attaching twice, detaching, switched off, loggers that go.
#include <cstdlib>
#include <memory>
#include <new>
#include <optional>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codex/telemetry/default_logger.h"
#include "codex/telemetry/event_names.h"
#include "tests/telemetry/log_lines.h"

namespace codex::telemetry {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class AttachDefaultLogger : public testing::Test {
 protected:
  DefaultLoggerOptions options(LogFormat format, Level level = Level::kDebug) {
    DefaultLoggerOptions made = everything_to(lines_.sink(), logger_, format);
    made.level = level;
    return made;
  }

  LogLines lines_;
  Logger logger_{"openai.agents"};
};

TEST_F(AttachDefaultLogger, EachOutputHasItsOwnLevel) {
  DefaultLogger all = attach_default_logger(options(LogFormat::kMessage));
  LogLines others;
  DefaultLoggerOptions second = options(LogFormat::kLevelAndName, Level::kError);
  second.sink = others.sink();
  DefaultLogger errors = attach_default_logger(second);
  logger_.debug("d");
  logger_.log(Level::kCritical, "c");
  EXPECT_THAT(lines_.take(), ElementsAre("d", "c"));
  EXPECT_THAT(others.take(), ElementsAre("CRITICAL:openai.agents:c"));
  logger_.set_level(Level::kInfo);  // is in force before both
  EXPECT_FALSE(logger_.enabled(Level::kDebug));
  logger_.debug("d");
  all.detach();
  EXPECT_FALSE(logger_.enabled(Level::kWarning));
  EXPECT_TRUE(logger_.enabled(Level::kError));
  errors.detach();
  EXPECT_FALSE(logger_.enabled(Level::kCritical));
  EXPECT_THAT(lines_.take(), IsEmpty());
}

TEST_F(AttachDefaultLogger, AttachedTwiceIsOneOutput) {
  std::ostringstream stream;
  DefaultLoggerOptions given = options(LogFormat::kMessage, Level::kError);
  given.sink = LogSink::stream(stream);
  DefaultLogger first = attach_default_logger(given);
  given.format = LogFormat::kLevelAndName;
  given.level = Level::kInfo;
  DefaultLogger second = attach_default_logger(given);
  logger_.debug("m");
  logger_.log(Level::kInfo, "m");
  EXPECT_EQ(stream.str(), "INFO:openai.agents:m\n");
  EXPECT_EQ(first.counts().lines, 1U);
  EXPECT_EQ(second.counts().lines, 1U);
  EXPECT_TRUE(first.detach());
  EXPECT_FALSE(second.detach());
  logger_.log(Level::kError, "m");
  EXPECT_EQ(stream.str(), "INFO:openai.agents:m\n");

  DefaultLogger third = attach_default_logger(given);  // it can come back
  logger_.log(Level::kError, "m");
  EXPECT_EQ(stream.str(), "INFO:openai.agents:m\nERROR:openai.agents:m\n");
  EXPECT_TRUE(third.detach());
}

std::vector<std::string> plain_function_lines;
void plain_function(std::string_view line) {
  plain_function_lines.emplace_back(line);
}

TEST_F(AttachDefaultLogger, WhatIsTheSameSink) {
  const auto lines = [&](const LogSink& a, const LogSink& b) {
    std::vector<DefaultLogger> outputs;
    for (const LogSink& sink : {a, b}) {
      DefaultLoggerOptions given = options(LogFormat::kMessage);
      given.sink = sink;
      outputs.push_back(attach_default_logger(given));
    }
    logger_.debug("m");
    const std::uint64_t first = outputs[0].counts().lines;
    const std::uint64_t both = first + outputs[1].counts().lines;
    const bool same = outputs[0].detach() && !outputs[1].detach();
    EXPECT_EQ(first, 1U);
    EXPECT_EQ(both, 2U);  // of one output or of two
    outputs[1].detach();
    return same ? 1 : 2;
  };
  std::ostringstream one, two;
  EXPECT_EQ(lines(LogSink::stream(one), LogSink::stream(two)), 2);
  EXPECT_EQ(lines(LogSink::stream(one), LogSink::stream(one)), 1);
  EXPECT_EQ(one.str(), "m\nm\n");
  EXPECT_EQ(lines(LogSink::descriptor(-5), LogSink::descriptor(-5)), 1);
  EXPECT_EQ(lines(LogSink::descriptor(-5), LogSink::descriptor(-6)), 2);
  EXPECT_EQ(lines(LogSink::function(&plain_function), LogSink::function(&plain_function)), 1);
  EXPECT_THAT(plain_function_lines, ElementsAre("m"));
  EXPECT_EQ(lines(lines_.sink(), lines_.sink()), 2);  // cannot be compared
}

TEST_F(AttachDefaultLogger, SwitchedOffItAttachesNothing) {
  DefaultLoggerOptions given = options(LogFormat::kMessage);
  given.enabled = false;
  DefaultLogger output = attach_default_logger(given);
  EXPECT_FALSE(logger_.enabled(Level::kCritical));
  EXPECT_TRUE(output.detach());
  given.enabled.reset();
  setenv("CODEX_TELEMETRY_DISABLED", "1", 1);
  output = attach_default_logger(given);
  unsetenv("CODEX_TELEMETRY_DISABLED");
  EXPECT_FALSE(logger_.enabled(Level::kCritical));
  given.enabled = true;
  output = attach_default_logger(given);
  EXPECT_TRUE(logger_.enabled(Level::kDebug));
  output.detach();
}

TEST_F(AttachDefaultLogger, LoggerAndHubMayGoFirst) {
  std::ostringstream stream;
  DefaultLoggerOptions given = options(LogFormat::kMessage);
  given.sink = LogSink::stream(stream);
  std::optional<DefaultLogger> old;
  alignas(Logger) unsigned char place[sizeof(Logger)];
  for (int i = 0; i < 2; ++i) {  // the second logger stands where the first one stood
    auto* const logger = new (place) Logger("another");
    auto hub = std::make_unique<Hub>();
    given.logger = logger;
    given.events = hub.get();
    DefaultLogger output = attach_default_logger(given);
    logger->log(Level::kError, "m");
    Event event;
    event.name = event::kTurnStart;
    hub->emit(event);
    hub.reset();
    logger->~Logger();
    if (old) {
      EXPECT_TRUE(old->detach());
    }
    old = output;
  }
  EXPECT_EQ(stream.str(), "m\nturn started\nm\nturn started\n");
  EXPECT_TRUE(old->detach());
}

}  // namespace
}  // namespace codex::telemetry
