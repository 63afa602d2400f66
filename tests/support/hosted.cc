#include "tests/support/hosted.h"

#include <gtest/gtest.h>

#include "codex/telemetry/json.h"

namespace codex::test {

using harness::Observation;
using harness::SubjectRun;
using harness::Tape;

Tape tape_of(const std::string& text) {
  const harness::Result<Tape> tape = harness::parse_tape(text, "t.tape.jsonl", "");
  EXPECT_TRUE(tape.ok()) << tape.error().text();
  return tape.ok() ? tape.value() : Tape();
}

std::string start_line(const std::string& input) {
  return R"({">":{"argv":["exec","-"],"stdin":")" + input + "\"}}\n";
}

std::string header_line(const std::vector<std::string>& messages, const std::string& more_driver) {
  std::string steps;
  for (const std::string& message : messages) {
    steps += (steps.empty() ? "" : ",") + ("{\"message\":\"" + message + "\"}");
  }
  return R"({"tape":1,"transport":"exec","driver":{"steps":[)" + steps + "]" + more_driver + "}}\n";
}

SubjectRun run(harness::Subject& subject, const Tape& tape, double timeout_seconds) {
  return subject.run(tape, {.timeout_seconds = timeout_seconds});
}

std::vector<std::string> lane(const SubjectRun& run, std::string_view lane) {
  std::vector<std::string> shown;
  for (const Observation& observation : run.observations) {
    if (observation.lane != lane) continue;
    shown.push_back(observation.name + " " + json::dump(observation.data, json::kCompact));
  }
  return shown;
}

pid_t session_pid(const SubjectRun& run) {
  for (const Observation& observation : run.observations) {
    if (observation.name == "pid") return static_cast<pid_t>(*observation.data.as_int64());
  }
  return 0;
}

}  // namespace codex::test
