// LogRecord::message() against Python's logging: agents_vectors/logs.py.
#include <gtest/gtest.h>

#include "codex/telemetry/log.h"
#include "tests/telemetry/agents_vectors.h"

namespace codex::telemetry {
namespace {

TEST(LogMessage, IsFormattedAsPythonDoes) {
  const auto check = [](const json::Value& vector) {
    LogRecord record;
    record.message_template = member(vector, "template").text();
    record.args = *member(vector, "args").array();
    EXPECT_EQ(record.message(), member(vector, "message").text());
  };
  for_each_agents_vector("logs", 600, check);
}

// Python's logging reports these to stderr and loses the record; here it is kept as it can be.
TEST(LogMessage, SurvivesWhatPythonRefuses) {
  const auto message = [](std::string text, json::Array args) {
    return LogRecord{"l", Level::kInfo, std::move(text), std::move(args), ""}.message();
  };
  EXPECT_EQ(message("%s and %s", {1}), "1 and %s");
  EXPECT_EQ(message("%s", {1, 2}), "1");
  EXPECT_EQ(message("%s %", {1}), "1 %");
  EXPECT_EQ(message("%q %s", {1}), "%q 1");
  EXPECT_EQ(message("%d", {"x"}), "x");
}

}  // namespace
}  // namespace codex::telemetry
