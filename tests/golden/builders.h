// Short ways to say transcripts, for the tests of golden and matrix.
#ifndef TESTS_GOLDEN_BUILDERS_H_
#define TESTS_GOLDEN_BUILDERS_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "codex/telemetry/json.h"
#include "golden/compare.h"
#include "golden/transcript_file.h"
#include "golden/verdict.h"

namespace codex::golden::testing {

using harness::Origin;
using harness::Outcome;
using harness::Transcript;
using harness::TranscriptLine;

inline json::Value parsed(std::string_view text) {
  const json::ParseResult result = json::parse(text);
  EXPECT_TRUE(result.ok()) << text;
  return result.ok() ? result.value() : json::Value();
}

// line("event/call:1", "codex.turn.start", R"({"a":1})")
inline TranscriptLine line(std::string lane, std::string name, std::string_view data,
                           Origin origin = Origin::kWire) {
  return {{std::move(lane), std::move(name), parsed(data)}, origin};
}

inline Transcript transcript(std::string subject, std::vector<TranscriptLine> lines,
                             Outcome outcome = Outcome::kCompleted) {
  Transcript result;
  result.session = "session";
  result.subject = {std::move(subject), "package", "1.0"};
  result.outcome = outcome;
  result.lines = std::move(lines);
  return result;
}

// Events in one lane, each {"n": NUMBER}.
inline Transcript numbered(const std::vector<int>& numbers, std::string name = "n") {
  std::vector<TranscriptLine> lines;
  for (const int number : numbers) {
    lines.push_back(line("event/run", name, "{\"n\":" + std::to_string(number) + "}"));
  }
  return transcript("cpp", std::move(lines));
}

// "<time>" is the one mask.
inline bool is_time(const json::Value& value, std::string* rule) {
  if (value.text() != "<time>") return false;
  if (rule != nullptr) *rule = "time";
  return true;
}

inline Comparison compared(const Transcript& actual, const Transcript& reference,
                           const Observability& subject = {}) {
  return compare(actual, reference, subject, is_time);
}

// "LANE NAME PATH EXPECTED -> ACTUAL", "-" for what is absent.
inline std::string told(const Difference& difference) {
  const auto value = [](const std::optional<json::Value>& side) {
    return side ? json::dump(*side, json::kCompact) : std::string("-");
  };
  return difference.lane + " " + difference.name + " " + difference.path + " " +
         value(difference.expected) + " -> " + value(difference.actual);
}

inline std::vector<std::string> told(const Comparison& comparison) {
  std::vector<std::string> lines;
  for (const Difference& difference : comparison.differences)
    lines.push_back(told(difference));
  return lines;
}

inline const Provenance kToday{.tape = "t", .driver = "d", .rules = "rules/1", .packages = {}};

}  // namespace codex::golden::testing

#endif  // TESTS_GOLDEN_BUILDERS_H_
