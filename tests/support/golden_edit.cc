#include "tests/support/golden_edit.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "golden/transcript_file.h"
#include "tests/support/json_at.h"

namespace codex::test {
namespace {

golden::StoredTranscript stored(const std::string& text) {
  const auto read = golden::parse_transcript(text, "golden");
  EXPECT_TRUE(read.ok()) << read.error().text() << " in\n" << text;
  return read.ok() ? read.value() : golden::StoredTranscript();
}

}  // namespace

std::string as_golden(const std::string& transcript_of_cpp) {
  golden::StoredTranscript golden = stored(transcript_of_cpp);
  golden.transcript.subject = {"agents", "openai-agents", "0.24.0"};
  return golden::print_transcript(golden);
}

std::string bent(const std::string& golden_text, std::string_view lane, std::string_view name,
                 std::string_view path, const json::Value& value) {
  golden::StoredTranscript golden = stored(golden_text);
  auto& lines = golden.transcript.lines;
  const auto line = std::find_if(lines.begin(), lines.end(), [&](const auto& each) {
    return each.observation.lane == lane && each.observation.name == name;
  });
  json::Value* place =
      line == lines.end() ? nullptr : find_at(line->observation.data, path);
  EXPECT_NE(place, nullptr) << lane << ' ' << name << ' ' << path << " is not in\n" << golden_text;
  if (place == nullptr) return golden_text;
  EXPECT_FALSE(*place == value) << "that is its value already";
  *place = value;
  return golden::print_transcript(golden);
}

std::string observation_lines(const std::string& transcript) {
  const std::size_t header = transcript.find('\n') + 1;
  const std::size_t footer = transcript.rfind("{\"observations\":");
  EXPECT_TRUE(header != 0 && footer != std::string::npos && footer > header) << transcript;
  return footer == std::string::npos ? "" : transcript.substr(header, footer - header);
}

}  // namespace codex::test
