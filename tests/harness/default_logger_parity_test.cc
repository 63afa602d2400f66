// The default logger's lines of a session, against what the real openai-agents printed of it.
//
// tests/telemetry/generate_log_lines.py asked the client; its texts are one a record. Both sides
// are compared as exact lines, after the same escaping (a record is one line: LF is written \n) and
// less what C++ does not have: the frames and causes of a traceback, of which the last line stays.
#include <fstream>
#include <memory>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codex/telemetry/default_logger.h"
#include "codex/telemetry/tracing.h"
#include "harness/agent_run/agent_session.h"
#include "harness/agent_run/recorder.h"
#include "harness/tape/tape.h"

namespace codex::harness {
namespace {

using telemetry::DefaultLoggerOptions;
using telemetry::LogFormat;
using testing::ElementsAreArray;

std::string read(const std::string& path) {
  std::ifstream file(std::string(CTD_SOURCE_DIR "/") + path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string masked(const std::string& text) {
  static const std::regex address("0x[0-9a-f]+");
  return std::regex_replace(text, address, "0x…");
}

// A record of Python's as this library prints it.
std::string expected_line(std::string text) {
  const std::string traceback = "Traceback (most recent call last):\n";
  const std::size_t first = text.find(traceback);
  if (first != text.npos) {
    const std::size_t last = text.rfind(traceback) + traceback.size();
    text = text.substr(0, first) + text.substr(last);
  }
  for (std::size_t at = 0; (at = text.find('\n', at)) != text.npos; at += 2) {
    text.replace(at, 1, "\\n");
  }
  return text;
}

std::vector<std::string> expected_lines(const json::Value& texts) {
  std::vector<std::string> lines;
  for (const json::Value& text : *texts.array()) lines.push_back(expected_line(*text.string()));
  return lines;
}

// Runs the tape with an output as `options` say, and gives its lines.
std::vector<std::string> printed(const Tape& tape, const json::Value& env,
                                 DefaultLoggerOptions options) {
  telemetry::Hub hub;
  telemetry::Logger logger("openai.agents");
  telemetry::TraceProvider::Options providing;
  providing.logger = &logger;
  providing.switches = telemetry::Switches::read(
      [&env](std::string_view name) -> std::optional<std::string> {
        const json::Value* value = env.get(name);
        return value == nullptr ? std::nullopt : std::optional(*value->string());
      });
  telemetry::TraceProvider provider(providing);
  const auto recorder = std::make_shared<Recorder>(tape.driver, [](const Observation&) {});

  std::ostringstream stream;
  options.sink = telemetry::LogSink::stream(stream);
  options.logger = &logger;
  telemetry::DefaultLogger output = telemetry::attach_default_logger(options);
  AgentSession(tape, hub, provider, *recorder).run();
  EXPECT_TRUE(output.detach());
  EXPECT_EQ(output.counts().lost, 0U);

  std::vector<std::string> lines = lines_of(stream.str());
  for (std::string& line : lines) line = masked(line);
  return lines;
}

class DefaultLoggerParity : public testing::TestWithParam<std::size_t> {
 protected:
  static constexpr std::size_t kCases = 10;

  static json::Value vector(std::size_t number) {
    const std::vector<std::string> lines = lines_of(read("tests/telemetry/log_lines.jsonl"));
    EXPECT_EQ(lines.size(), kCases + 1) << "the file was cut";
    return number < lines.size() ? json::parse(lines[number]).value() : json::Value();
  }
};

TEST_P(DefaultLoggerParity, PrintsTheClientsLines) {
  const json::Value told = vector(1 + GetParam());
  ASSERT_TRUE(told.is_object());
  const std::string path = "harness/sessions/" + *told.get("tape")->string() + ".tape.jsonl";
  const json::Value& env = *told.get("env");
  SCOPED_TRACE(path + " " + json::dump(env));
  const Result<Tape> tape = parse_tape(read(path), path, "harness/sessions");
  ASSERT_TRUE(tape.ok());

  EXPECT_THAT(printed(tape.value(), env, telemetry::verbose_stdout()),
              ElementsAreArray(expected_lines(*told.get("verbose"))));

  DefaultLoggerOptions basic = telemetry::verbose_stdout();
  basic.format = LogFormat::kLevelAndName;
  EXPECT_THAT(printed(tape.value(), env, basic),
              ElementsAreArray(expected_lines(*told.get("basic"))));

  EXPECT_THAT(printed(tape.value(), env, {}),
              ElementsAreArray(expected_lines(*told.get("default"))));
}

INSTANTIATE_TEST_SUITE_P(Tapes, DefaultLoggerParity, testing::Range<std::size_t>(0, 10));

// What the vectors must hold for the comparison above to mean something.
TEST_F(DefaultLoggerParity, AFailingTurnChangesLevelAndTemplate) {
  std::size_t quiet = 0, loud = 0;
  for (std::size_t i = 1; i <= kCases; ++i) {
    const json::Value told = vector(i);
    // The one record that this library does not make: it has no interpreter that shuts down.
    EXPECT_EQ(json::dump(*told.get("at_exit")), R"(["Shutting down trace provider"])");
    const std::vector<std::string> basic = expected_lines(*told.get("basic"));
    for (const std::string& line : basic) {
      if (line == "DEBUG:openai.agents:Codex tool failed") ++quiet;
      if (line.starts_with("ERROR:openai.agents:Codex tool failed: ")) ++loud;
    }
  }
  EXPECT_EQ(quiet, 3U);
  EXPECT_EQ(loud, 3U);
}

}  // namespace
}  // namespace codex::harness
