// What the lines of the default logger hold. Who gets them is in default_logger_attach_test.cc,
// what the sinks do in log_sink_test.cc, what is escaped in log_escape_test.cc, the client's own
// lines in tests/harness/default_logger_parity_test.cc.
#include "codex/telemetry/default_logger.h"

#include <functional>
#include <limits>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/telemetry/log_lines.h"

namespace codex::telemetry {
namespace {

std::chrono::system_clock::time_point at(std::int64_t micros) {
  return std::chrono::system_clock::time_point(std::chrono::microseconds(micros));
}

class DefaultLoggerTest : public testing::Test {
 protected:
  DefaultLoggerOptions options(LogFormat format) {
    DefaultLoggerOptions made = everything_to(lines_.sink(), logger_, format);
    made.now = [] { return at(1767323045678901); };
    return made;
  }
  std::string print(LogFormat format, const std::function<void()>& log) {
    DefaultLogger output = attach_default_logger(options(format));
    log();
    output.detach();
    return lines_.one();
  }

  LogLines lines_;
  Logger logger_{"openai.agents"};
};

// What is kept of a line counts for the same template, level and logger alone.
TEST_F(DefaultLoggerTest, ALineThatIsKnownIsTheSameAgain) {
  const auto message = [&](Logger& logger, Level level, std::string_view text) {
    DefaultLoggerOptions made = options(LogFormat::kJson);
    made.logger = &logger;
    DefaultLogger output = attach_default_logger(std::move(made));
    logger.log(level, text);
    output.detach();
    return lines_.one();
  };
  Logger other("other");
  const std::string first = message(logger_, Level::kInfo, "all \"well\"");
  EXPECT_EQ(message(logger_, Level::kInfo, "all \"well\""), first);
  EXPECT_NE(first.find(R"("level":"INFO","logger":"openai.agents","message":"all \"well\"")"),
            std::string::npos);
  EXPECT_NE(message(logger_, Level::kError, "all \"well\"").find(R"("level":"ERROR")"),
            std::string::npos);
  EXPECT_NE(message(other, Level::kInfo, "all \"well\"").find(R"("logger":"other")"),
            std::string::npos);
  Correlation ids;
  ids.turn = "7";
  {
    const CorrelationScope scope(ids);
    EXPECT_NE(message(logger_, Level::kInfo, "all \"well\"").find(R"("turn":"7")"),
              std::string::npos);
  }
  EXPECT_EQ(message(logger_, Level::kInfo, "all \"well\""), first);
}

TEST_F(DefaultLoggerTest, ByDefaultWarningsGoToStderr) {
  testing::internal::CaptureStderr();
  DefaultLogger output = attach_default_logger();
  agents_logger().debug("quiet");
  agents_logger().log(Level::kInfo, "quiet");
  agents_logger().log(Level::kWarning, "OPENAI_API_KEY is not set, skipping trace export");
  agents_logger().log(Level::kError, "%s failed: %s", {"Codex tool", "x"}, "RuntimeError");
  EXPECT_FALSE(agents_logger().enabled(Level::kInfo));
  EXPECT_TRUE(output.detach());
  EXPECT_FALSE(agents_logger().enabled(Level::kCritical));
  agents_logger().log(Level::kError, "to nobody");
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "OPENAI_API_KEY is not set, skipping trace export\n"
            "Codex tool failed: x\\nRuntimeError\n");
  EXPECT_FALSE(output.detach());
}

TEST_F(DefaultLoggerTest, VerboseGoesToStdout) {
  testing::internal::CaptureStdout();
  DefaultLogger output = attach_default_logger(verbose_stdout());
  agents_logger().debug("Creating span with id %s", {json::Value()});
  output.detach();
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "Creating span with id None\n");
}

TEST_F(DefaultLoggerTest, Formats) {
  const json::Object thrown{{"class", "agents.exceptions.UserError"}, {"text", "Boom\n\"q\""}};
  const auto log = [&] {
    logger_.log(Level::kError, "%s failed: %s", {"Codex tool", thrown},
                "agents.exceptions.UserError");
  };
  EXPECT_EQ(print(LogFormat::kMessage, log),
            R"(Codex tool failed: Boom\n"q"\nagents.exceptions.UserError: Boom\n"q")");
  EXPECT_EQ(print(LogFormat::kLevelAndName, log),
            "ERROR:openai.agents:Codex tool failed: Boom\\n\"q\"\\n"
            "agents.exceptions.UserError: Boom\\n\"q\"");
  EXPECT_EQ(print(LogFormat::kJson, log),
            R"({"time":"2026-01-02T03:04:05.678901Z","level":"ERROR","logger":"openai.agents",)"
            R"("message":"Codex tool failed: Boom\n\"q\"","template":"%s failed: %s",)"
            R"("args":["Codex tool",{"class":"agents.exceptions.UserError","text":"Boom\n\"q\""}],)"
            R"("exception":"agents.exceptions.UserError"})");
}

TEST_F(DefaultLoggerTest, ExceptionsFollowTheMessage) {
  const auto plain = [&](std::string_view text, json::Array args, std::string_view exception) {
    return print(LogFormat::kMessage,
                 [&] { logger_.log(Level::kError, text, std::move(args), exception); });
  };
  EXPECT_EQ(plain("m", {}, "KeyError"), "m\\nKeyError");
  EXPECT_EQ(plain("m\n", {}, "KeyError"), "m\\nKeyError");  // one LF, as logging.Formatter has it
  EXPECT_EQ(plain("%s", {json::Object{{"class", "KeyError"}, {"text", ""}}}, "KeyError"),
            "\\nKeyError");
  EXPECT_EQ(plain("%s", {json::Object{{"class", "Other"}, {"text", "t"}}}, "KeyError"),
            "t\\nKeyError");
  EXPECT_EQ(plain("m", {}, ""), "m");
}

TEST_F(DefaultLoggerTest, ArgumentsInJson) {
  const auto args = [&](json::Array given) {
    const std::string line =
        print(LogFormat::kJson, [&] { logger_.log(Level::kDebug, "m", std::move(given)); });
    const json::ParseResult parsed = json::parse(line);
    EXPECT_TRUE(parsed) << line;
    const json::Value* shown = parsed.ok() ? parsed.value().get("args") : nullptr;
    return shown == nullptr ? "none" : json::dump(*shown, json::kCompact);
  };
  EXPECT_EQ(args({}), "none");
  EXPECT_EQ(
      args({1, -2.5, true, json::Value(), "s", json::Integer{"123456789012345678901234567890"}}),
      R"([1,-2.5,true,null,"s",123456789012345678901234567890])");
  EXPECT_EQ(args({json::Array{}, json::Object{}, json::Array{1, json::Array{"x"}},
                  json::Object{{"k", json::Object{{"l", 1}}}, {"m", false}}}),
            R"([[],{},[1,["x"]],{"k":{"l":1},"m":false}])");
  // JSON has no such numbers.
  EXPECT_EQ(args({std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                  -std::numeric_limits<double>::infinity(), 1e16}),
            R"(["nan","inf","-inf",1e+16])");
}

TEST_F(DefaultLoggerTest, TimesAreRfc3339) {
  std::int64_t micros = 0;
  DefaultLoggerOptions given = options(LogFormat::kJson);
  given.now = [&micros] { return at(micros); };
  DefaultLogger output = attach_default_logger(given);
  const auto shown = [&](std::int64_t value) {
    micros = value;
    logger_.debug("m");
    return lines_.one().substr(0, 37);
  };
  EXPECT_EQ(shown(0), R"({"time":"1970-01-01T00:00:00.000000Z")");
  EXPECT_EQ(shown(1), R"({"time":"1970-01-01T00:00:00.000001Z")");
  EXPECT_EQ(shown(-1), R"({"time":"1969-12-31T23:59:59.999999Z")");
  EXPECT_EQ(shown(951782399999999), R"({"time":"2000-02-28T23:59:59.999999Z")");
  EXPECT_EQ(shown(951782400000000), R"({"time":"2000-02-29T00:00:00.000000Z")");
  EXPECT_EQ(shown(9214646399999999), R"({"time":"2261-12-31T23:59:59.999999Z")");
  output.detach();
}

TEST_F(DefaultLoggerTest, IdsOfNestedScopesAndThreads) {
  const DefaultLogger kept = attach_default_logger(options(LogFormat::kJson));
  DefaultLogger output = kept;
  const auto ids = [&] {
    logger_.debug("m");
    const std::string line = lines_.one();
    const std::string before = R"("template":"m")";
    return line.substr(line.find(before) + before.size());
  };
  EXPECT_EQ(ids(), "}");
  {
    Correlation outer;
    outer.session = "s";
    outer.thread = "t1";
    outer.trace = {std::string(32, 'a'), std::string(16, 'b'), true};
    const CorrelationScope one(outer);
    const std::string trace =
        R"("trace_id":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","span_id":"bbbbbbbbbbbbbbbb"})";
    EXPECT_EQ(ids(), R"(,"session":"s","thread":"t1",)" + trace);
    {
      Correlation inner;
      inner.turn = "turn\x1b";
      inner.item = "item_0";
      inner.call = "call_\"1\"";
      const CorrelationScope two(inner);
      const std::string all = R"(,"session":"s","thread":"t1","turn":"turn\u001b","item":"item_0",)"
                              R"("call":"call_\"1\"",)" +
                              trace;
      EXPECT_EQ(ids(), all);
      EXPECT_EQ(ids(), all);
      std::string elsewhere, restored;
      std::thread([&, captured = current_correlation()] {
        elsewhere = ids();
        const CorrelationScope scope(captured);
        restored = ids();
      }).join();
      EXPECT_EQ(elsewhere, "}");
      EXPECT_EQ(restored, all);
    }
    EXPECT_EQ(ids(), R"(,"session":"s","thread":"t1",)" + trace);
  }
  EXPECT_EQ(ids(), "}");
  EXPECT_TRUE(output.detach());
}

}  // namespace
}  // namespace codex::telemetry
