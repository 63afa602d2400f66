// What a session prints and emits, against what the real openai-agents showed of the same tape
// (tests/telemetry/generate_log_lines.py asked it).
//
// Lines are compared exactly, after the same escaping (a record is one line: LF is written \n) and
// less what C++ does not have: the frames and causes of a traceback, of which the last line stays.
#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codex/telemetry/default_logger.h"
#include "codex/telemetry/event_names.h"
#include "codex/telemetry/testing.h"
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
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line);
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
  for (const json::Value& text : *texts.array())
    lines.push_back(expected_line(*text.string()));
  return lines;
}

// What a run showed. Events of the client are {"type": …, the rest of its data}.
struct Shown {
  std::vector<std::string> lines;
  json::Array client_events;  // as the profile of the client has them
  std::vector<telemetry::Event> events;
  std::vector<std::string> problems;  // with the registry
};

// Runs the tape with an output as `options` say.
Shown run(const Tape& tape, const json::Value& env, DefaultLoggerOptions options) {
  telemetry::Hub hub;
  telemetry::MemorySink memory(hub);
  telemetry::Logger logger("openai.agents");
  telemetry::TraceProvider::Options providing;
  providing.logger = &logger;
  providing.switches =
      telemetry::Switches::read([&env](std::string_view name) -> std::optional<std::string> {
        const json::Value* value = env.get(name);
        return value == nullptr ? std::nullopt : std::optional(*value->string());
      });
  telemetry::TraceProvider provider(providing);
  Shown shown;
  const auto recorder = std::make_shared<Recorder>(tape.driver, [&](const Observation& one) {
    if (one.lane != "event/call:1") return;
    json::Object event = *one.data.object();
    event.set("type", one.name);
    shown.client_events.emplace_back(std::move(event));
  });

  std::ostringstream stream;
  options.sink = telemetry::LogSink::stream(stream);
  options.logger = &logger;
  telemetry::DefaultLogger output = telemetry::attach_default_logger(options);
  AgentSession(tape, std::chrono::seconds(10), hub, provider, *recorder).run();
  provider.shutdown();
  EXPECT_TRUE(output.detach());
  EXPECT_EQ(output.counts().lost, 0U);

  for (const std::string& line : lines_of(stream.str()))
    shown.lines.push_back(masked(line));
  shown.events = memory.events();
  shown.problems = memory.problems();
  return shown;
}

// The client's name of an event, and this library's of the same moment.
std::string library_name(std::string_view type) {
  if (type == "error") return "codex.thread.exception";
  if (type == "thread.started") return "codex.thread.start";
  if (type == "turn.started") return "codex.turn.start";
  return "codex." + std::string(type);
}

// The text of a value whose keys have no order.
std::string unordered_text(const json::Value& value) {
  if (const json::Array* array = value.array()) {
    std::string text = "[";
    for (const json::Value& item : *array)
      text += unordered_text(item) + ",";
    return text + "]";
  }
  if (!value.is_object()) return json::dump(value);
  std::map<std::string, std::string> members;
  for (const auto& [key, member] : *value.object())
    members[key] = unordered_text(member);
  std::string text = "{";
  for (const auto& [key, member] : members)
    text += key + ":" + member + ",";
  return text + "}";
}

constexpr std::size_t kCases = 18;

json::Value vector(std::size_t number) {
  const std::vector<std::string> lines = lines_of(read("tests/telemetry/log_lines.jsonl"));
  EXPECT_EQ(lines.size(), kCases + 1) << "the file was cut";
  return number < lines.size() ? json::parse(lines[number]).value() : json::Value();
}

class DefaultLoggerParity : public testing::TestWithParam<std::size_t> {
 protected:
  void SetUp() override {
    told_ = vector(1 + GetParam());
    ASSERT_TRUE(told_.is_object());
    const std::string path = "harness/sessions/" + *told_.get("tape")->string() + ".tape.jsonl";
    Result<Tape> tape = parse_tape(read(path), path, "harness/sessions");
    ASSERT_TRUE(tape.ok());
    tape_ = tape.value();
    tape_.driver.object()->set("streamed", *told_.get("streamed"));
    trace_ = path + " " + json::dump(*told_.get("env")) + " " + json::dump(*told_.get("streamed"));
  }

  json::Value told_;
  Tape tape_;
  std::string trace_;
};

TEST_P(DefaultLoggerParity, PrintsTheClientsLines) {
  SCOPED_TRACE(trace_);
  const json::Value& env = *told_.get("env");
  // The client's interpreter shuts its trace provider down.
  const std::vector<std::string> at_exit = expected_lines(*told_.get("at_exit"));
  std::vector<std::string> expected = expected_lines(*told_.get("verbose"));
  expected.insert(expected.end(), at_exit.begin(), at_exit.end());
  EXPECT_THAT(run(tape_, env, telemetry::verbose_stdout()).lines, ElementsAreArray(expected));

  DefaultLoggerOptions basic = telemetry::verbose_stdout();
  basic.format = LogFormat::kLevelAndName;
  expected = expected_lines(*told_.get("basic"));
  for (const std::string& line : at_exit) expected.push_back("DEBUG:openai.agents:" + line);
  EXPECT_THAT(run(tape_, env, basic).lines, ElementsAreArray(expected));

  EXPECT_THAT(run(tape_, env, {}).lines, ElementsAreArray(expected_lines(*told_.get("default"))));
}

// Count, order and content of what the client hands to on_stream; and what the library emits.
TEST_P(DefaultLoggerParity, EmitsTheClientsEvents) {
  SCOPED_TRACE(trace_);
  const Shown shown = run(tape_, *told_.get("env"), {});
  const json::Array& told = *told_.get("events")->array();
  std::vector<std::string> expected, actual;
  for (const json::Value& event : told) {
    json::Object renamed = *event.object();
    renamed.set("type", library_name(event.get("type")->text()));
    expected.push_back(unordered_text(renamed));
  }
  for (const json::Value& event : shown.client_events)
    actual.push_back(unordered_text(event));
  EXPECT_THAT(actual, ElementsAreArray(expected));

  // The library's own events have those in that order, among others of its own: it does not stop
  // to listen where the client does.
  EXPECT_THAT(shown.problems, testing::IsEmpty());
  std::vector<std::string> names;
  for (const telemetry::Event& event : shown.events) {
    const bool of_the_wire = std::any_of(told.begin(), told.end(), [&](const json::Value& one) {
      return library_name(one.get("type")->text()) == event.name;
    });
    if (of_the_wire) names.emplace_back(event.name);
  }
  const bool client_stopped = told.back().get("type")->text() != "turn.completed";
  if (client_stopped && names.size() > told.size()) names.resize(told.size());
  std::vector<std::string> expected_names;
  for (const json::Value& event : told) {
    expected_names.push_back(library_name(event.get("type")->text()));
  }
  EXPECT_THAT(names, ElementsAreArray(expected_names));

  const auto start = std::find_if(shown.events.begin(), shown.events.end(), [](const auto& event) {
    return event.name == telemetry::event::kThreadStart;
  });
  ASSERT_NE(start, shown.events.end());
  EXPECT_EQ(json::dump(start->metadata),
            json::dump(json::Object{{"thread_id", *told[0].get("thread_id")}}));
  EXPECT_EQ(start->correlation.thread, told[0].get("thread_id")->text());
}

INSTANTIATE_TEST_SUITE_P(Tapes, DefaultLoggerParity, testing::Range<std::size_t>(0, kCases));

// What the vectors must hold for the comparison above to mean something.
TEST(DefaultLoggerParityVectors, AFailingTurnChangesLevelAndTemplate) {
  std::size_t quiet = 0, loud = 0;
  for (std::size_t i = 1; i <= kCases; ++i) {
    const json::Value told = vector(i);
    EXPECT_EQ(json::dump(*told.get("at_exit")), R"(["Shutting down trace provider"])");
    const std::vector<std::string> basic = expected_lines(*told.get("basic"));
    for (const std::string& line : basic) {
      if (line == "DEBUG:openai.agents:Codex tool failed") ++quiet;
      if (line.starts_with("ERROR:openai.agents:Codex tool failed: ")) ++loud;
    }
  }
  EXPECT_EQ(quiet, 5U);
  EXPECT_EQ(loud, 5U);
}

}  // namespace
}  // namespace codex::harness
