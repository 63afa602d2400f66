// Events as log lines, and what the default logger never prints: redacted data and secrets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codex/telemetry/default_logger.h"
#include "codex/telemetry/event_names.h"
#include "codex/telemetry/registry.h"
#include "tests/telemetry/log_lines.h"

namespace codex::telemetry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Event make(std::string_view name, json::Object metadata = {}) {
  Event made;
  made.name = name;
  made.metadata = std::move(metadata);
  made.time = std::chrono::system_clock::time_point(std::chrono::microseconds(1767323045000001));
  return made;
}

class LoggedEvents : public testing::Test {
 protected:
  DefaultLogger attach(LogFormat format, Level level = Level::kDebug, bool redact = false,
                       std::string prefix = {}) {
    DefaultLoggerOptions options = everything_to(lines_.sink(), logger_, format);
    options.level = level;
    options.events = &hub_;
    options.event_prefix = std::move(prefix);
    options.switches.dont_log_model_data = redact;
    options.switches.dont_log_tool_data = false;
    return attach_default_logger(options);
  }

  LogLines lines_;
  Logger logger_{"openai.agents"};
  Hub hub_{Scrubbing::off()};  // so that what is replaced, the output replaces
  const std::string key_ = "sk-proj-" + std::string("Zx7Qm2Lp9Rt4Vb8Ny3Kc6Hd1Jf5Gs0Wa");
};

const json::Object kFailed{{"error", json::Object{{"message", "high\ndemand"}}}};

TEST_F(LoggedEvents, LevelAndMessageOfTheRegistry) {
  DefaultLogger output = attach(LogFormat::kLevelAndName);
  hub_.emit(make(event::kThreadStart, {{"thread_id", "t1"}}));
  hub_.emit(make(event::kItemStarted, {{"item", json::Object{{"type", "reasoning"}}}}));
  hub_.emit(make(event::kTurnFailed, kFailed));
  hub_.emit(make(event::kTurnFailed));  // off the registry: it still makes a line
  hub_.emit(make(event::kSessionInvalid, {{"type", "x"}, {"reason", json::Array{1, "é"}}}));
  hub_.emit(make("codex.not.in.registry"));
  EXPECT_THAT(lines_.take(), ElementsAre("INFO:codex.thread.start:thread started",
                                         "DEBUG:codex.item.started:item started: reasoning",
                                         "ERROR:codex.turn.failed:turn failed: high\\ndemand",
                                         "ERROR:codex.turn.failed:turn failed: null",
                                         "WARNING:codex.session.invalid:invalid x: [1,\"é\"]"));
  output.detach();
  hub_.emit(make(event::kThreadStart));
  EXPECT_FALSE(hub_.active());
  EXPECT_THAT(lines_.take(), IsEmpty());
}

TEST_F(LoggedEvents, LevelAndPrefixChoose) {
  DefaultLogger output = attach(LogFormat::kMessage, Level::kInfo, false, "codex.turn");
  hub_.emit(make(event::kThreadStart));
  hub_.emit(make(event::kTurnStart));
  hub_.emit(make(event::kTurnDiffUpdated));  // debug
  EXPECT_THAT(lines_.take(), ElementsAre("turn started"));
  output.detach();
}

TEST_F(LoggedEvents, JsonHasTheEventsOwnTimeAndIds) {
  DefaultLogger output = attach(LogFormat::kJson);
  Correlation around;
  around.thread = "t";
  const CorrelationScope scope(around);
  Event failed = make(event::kTurnFailed, kFailed);
  failed.correlation.turn = "u";
  hub_.emit(failed);
  EXPECT_EQ(lines_.one(),
            R"({"time":"2026-01-02T03:04:05.000001Z","level":"ERROR","logger":"codex.turn.failed",)"
            R"("message":"turn failed: high\ndemand","template":"turn failed: {error.message}",)"
            R"("args":["high\ndemand"],"thread":"t","turn":"u"})");
  output.detach();
}

TEST_F(LoggedEvents, RedactionLeavesQuotesOutTemplateAndAll) {
  DefaultLogger output = attach(LogFormat::kJson, Level::kDebug, true);
  hub_.emit(make(event::kTurnFailed, kFailed));
  EXPECT_THAT(lines_.one(), HasSubstr(R"("message":"turn failed","template":"turn failed"})"));
  hub_.emit(make(event::kSessionInvalid, {{"type", "x"}, {"reason", "quoted"}}));
  EXPECT_THAT(lines_.one(), HasSubstr(R"("message":"invalid x","template":"invalid {type}",)"
                                      R"("args":["x"]})"));
  hub_.emit(make(event::kToolStart, {{"tool", "command_execution"}}));
  EXPECT_THAT(lines_.one(), HasSubstr(R"("message":"tool started: command_execution")"));
  hub_.emit(make(event::kItemUpdated, {{"item", json::Object{{"type", "reasoning"}}}}));
  EXPECT_THAT(lines_.one(), HasSubstr(R"("message":"item updated: reasoning")"));
  output.detach();
}

// Whatever the registry grows: of an event's metadata only names may show while data may not.
TEST_F(LoggedEvents, NoEventQuotesItsDataWhenRedacted) {
  DefaultLogger output = attach(LogFormat::kJson, Level::kDebug, true);
  for (const EventInfo& info : all_events()) {
    json::Object metadata;
    for (const char* field : {"message", "reason", "what", "text", "line", "stderr", "command"}) {
      metadata.set(field, "canary");
    }
    for (const char* field : {"error", "item"}) {
      metadata.set(field, json::Object{{"message", "canary"}, {"text", "canary"}});
    }
    hub_.emit(make(info.name, metadata));
    const std::string line = lines_.one();
    EXPECT_THAT(line, HasSubstr("\"logger\":\"" + std::string(info.name) + "\""));
    EXPECT_THAT(line, Not(HasSubstr("canary")));
    EXPECT_THAT(line, HasSubstr("\"level\":\"" + std::string(level_name(info.level)) + "\""));
  }
  output.detach();
}

// Nothing that a rule knows may show: in no format, in no part of a line.
class ScrubbedLines : public LoggedEvents, public testing::WithParamInterface<LogFormat> {};

TEST_P(ScrubbedLines, SecretsAreReplaced) {
  DefaultLogger output = attach(GetParam());
  const json::Object thrown{{"class", "E"}, {"text", "refused " + key_}};
  const auto expect_clean = [&](std::uint64_t count) {
    for (const std::string& line : lines_.take()) {
      EXPECT_THAT(line, Not(HasSubstr(key_.substr(8)))) << line;
      EXPECT_THAT(line, HasSubstr("[REDACTED")) << line;
      if (GetParam() == LogFormat::kJson) {
        EXPECT_TRUE(json::parse(line)) << line;
      }
    }
    EXPECT_EQ(output.counts().scrubbed, count);
  };
  logger_.debug("bare " + key_);
  logger_.debug("%s", {"an argument " + key_});
  logger_.debug("%s %s", {1, json::Array{"nested", json::Object{{"k", key_}}}});
  logger_.log(Level::kError, "%s failed: %s", {"Codex tool", thrown}, "E");
  logger_.debug("\n" + key_ + "\n");
  expect_clean(5);
  hub_.emit(make(event::kTurnFailed, {{"error", json::Object{{"message", key_}}}}));
  expect_clean(6);
  // Neither the template nor the argument is a secret by itself.
  const std::string password = "hunter2-Tr0ub4dor";
  logger_.debug("password=%s", {password});
  for (const std::string& line : lines_.take())
    EXPECT_THAT(line, Not(HasSubstr(password))) << line;
  EXPECT_EQ(output.counts().scrubbed, 7U);
  logger_.debug("clean");
  EXPECT_EQ(output.counts().scrubbed, 7U);
  output.detach();
}

TEST_F(LoggedEvents, ArgumentsKeepWhatIsNoSecret) {
  DefaultLogger output = attach(LogFormat::kJson);
  logger_.debug("%s %s %s", {"before " + key_ + " behind", 7, "clean"});
  EXPECT_THAT(
      lines_.one(),
      testing::MatchesRegex(R"(.*"args":\["before \[REDACTED:[a-z-]*\] behind",7,"clean"\].*)"));
  logger_.debug("the message does not have it", {key_});
  EXPECT_THAT(lines_.one(), testing::MatchesRegex(R"(.*"args":\["\[REDACTED:[a-z-]*\]"\].*)"));
  output.detach();
}

// What was found clean is remembered by its size and ends; but it is the whole text that counts.
TEST_P(ScrubbedLines, AlsoBesideACleanTextThatLooksAlike) {
  DefaultLogger output = attach(GetParam());
  const std::string before = "the key was ", behind = " before it was changed";
  for (int i = 0; i < 2; ++i) {
    for (const bool secret : {false, true, true, false}) {
      logger_.debug("%s", {before + (secret ? key_ : std::string(key_.size(), 'x')) + behind});
      const std::string line = lines_.one();
      EXPECT_THAT(line, Not(HasSubstr(key_.substr(8))));
      EXPECT_EQ(line.find("[REDACTED:") != line.npos, secret) << line;
    }
  }
  output.detach();
}

TEST_P(ScrubbedLines, IdsToo) {
  DefaultLogger output = attach(GetParam());
  Correlation ids;
  ids.thread = key_;
  const CorrelationScope scope(ids);
  logger_.debug("m");
  EXPECT_THAT(lines_.one(), Not(HasSubstr(key_.substr(8))));
  output.detach();
}

INSTANTIATE_TEST_SUITE_P(Formats, ScrubbedLines,
                         testing::Values(LogFormat::kMessage, LogFormat::kLevelAndName,
                                         LogFormat::kJson));

TEST_F(LoggedEvents, TheHostsOwnScrubber) {
  DefaultLoggerOptions options = everything_to(lines_.sink(), logger_, LogFormat::kJson);
  Correlation ids;
  ids.call = "a value of ours";
  const CorrelationScope scope(ids);
  for (const bool known : {false, true, false}) {  // what one scrubber left is not another's
    options.scrubber = std::make_shared<Scrubber>(
        known ? std::vector<std::string>{"a value of ours"} : std::vector<std::string>{});
    DefaultLogger output = attach_default_logger(options);
    logger_.debug("%s", {"a value of ours"});
    const std::string line = lines_.one();
    EXPECT_EQ(line.find("a value of ours") == line.npos, known) << line;
    EXPECT_EQ(line.find("[REDACTED:known-value]") != line.npos, known) << line;
    output.detach();
  }
}

}  // namespace
}  // namespace codex::telemetry
