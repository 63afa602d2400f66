#include "golden/transcript_file.h"

#include <cmath>

#include <gmock/gmock.h>

#include "tests/golden/builders.h"

namespace codex::golden::testing {
namespace {

using ::testing::HasSubstr;

StoredTranscript sample() {
  Transcript lines =
      transcript("agents",
                 {line("event/call:1", "codex.turn.start", "{}"),
                  line("log/run", "openai.agents", R"({"a":[1,2.5,"x"]})", Origin::kDriver)},
                 Outcome::kFailed);
  lines.lines.push_back(
      {{"event/call:1", "odd", json::Object{{"$", std::nan("")}, {"s", "\xed\xa0\x80"}}},
       Origin::kWire});
  return {
      {.tape = "aa", .driver = "bb", .rules = "rules/1", .packages = {{"openai-agents", "0.24.0"}}},
      std::move(lines)};
}

std::string fault(const std::string& text) {
  const auto result = parse_transcript(text, "g.jsonl");
  return result.ok() ? "" : result.error().text();
}

std::string without_line(const std::string& text, std::size_t number) {
  std::string result;
  std::size_t at = 0;
  for (std::size_t line = 1; at < text.size(); ++line) {
    const std::size_t end = text.find('\n', at) + 1;
    if (line != number) result += text.substr(at, end - at);
    at = end;
  }
  return result;
}

TEST(TranscriptFile, IsReadAsItWasWritten) {
  const StoredTranscript stored = sample();
  const auto read = parse_transcript(print_transcript(stored), "g.jsonl");
  ASSERT_TRUE(read.ok()) << read.error().text();
  EXPECT_EQ(print_transcript(read.value()), print_transcript(stored));
  EXPECT_EQ(read->transcript.session, "session");
  EXPECT_EQ(read->transcript.subject, stored.transcript.subject);
  EXPECT_EQ(read->transcript.outcome, Outcome::kFailed);
  EXPECT_EQ(read->provenance.packages.at("openai-agents"), "0.24.0");
  ASSERT_EQ(read->transcript.lines.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(read->transcript.lines[i].observation, stored.transcript.lines[i].observation);
    EXPECT_EQ(read->transcript.lines[i].origin, stored.transcript.lines[i].origin);
  }
}

TEST(TranscriptFile, HasTheDocumentedLines) {
  const std::string text = print_transcript(
      {{.tape = "aa", .driver = "bb", .rules = "rules/1", .packages = {{"p", "1"}}},
       transcript("agents", {line("event/run", "n", R"({"b":1,"a":null})")})});
  EXPECT_EQ(
      text,
      R"({"golden":1,"session":"session","subject":{"name":"agents","package":"package","version":"1.0"},"outcome":"completed","tape":"aa","driver":"bb","rules":"rules/1","packages":{"p":"1"}})"
      "\n"
      R"({"lane":"event/run","name":"n","origin":"wire","data":{"b":1,"a":null}})"
      "\n"
      R"({"observations":1,"sha256":"6a3b9b4973d9de98cffb5794b2ed3b9d367984cd2e01b6cc1a5c47707373d0f8"})"
      "\n");
}

TEST(TranscriptFile, ACutFileIsAnErrorWhereverItWasCut) {
  const std::string text = print_transcript(sample());
  for (std::size_t size = 0; size + 1 < text.size(); ++size) {
    EXPECT_NE(fault(text.substr(0, size)), "") << "cut at byte " << size;
  }
  EXPECT_EQ(fault(text), "");
  EXPECT_THAT(fault(text.substr(0, text.rfind("{\"observations\""))),
              HasSubstr("g.jsonl:4: the file was cut: its footer is missing after 3 observations"));
  EXPECT_THAT(fault(text.substr(0, text.rfind("{\"observations\""))),
              HasSubstr("codex-telemetry-diff golden update"));
}

TEST(TranscriptFile, LinesThatWereLostEditedOrMovedAreErrors) {
  const std::string text = print_transcript(sample());
  EXPECT_THAT(fault(without_line(text, 1)), HasSubstr("g.jsonl:1: this is no golden"));
  EXPECT_THAT(fault(without_line(text, 3)), HasSubstr("tells 3 observations, the file has 2"));
  std::string edited = text;
  edited.replace(edited.find("2.5"), 3, "2.6");
  EXPECT_THAT(fault(edited), HasSubstr("the file was edited"));
  EXPECT_THAT(fault(text + "{}\n"), HasSubstr("g.jsonl:6: there is more after the footer"));
  std::string crlf;
  for (const char c : text)
    crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
  EXPECT_THAT(fault(crlf), HasSubstr("CRLF"));
}

TEST(TranscriptFile, AFormatOfAnotherVersionIsToldSo) {
  std::string text = print_transcript(sample());
  text.replace(text.find("\"golden\":1"), 10, "\"golden\":2");
  EXPECT_THAT(fault(text), HasSubstr("g.jsonl:1: format 2 is unknown"));
  EXPECT_THAT(fault("not json\n"), HasSubstr("g.jsonl:1: no JSON"));
}

TEST(TranscriptFile, BareObservationsAreReadForDiffOnly) {
  const std::string bare =
      "{\"lane\":\"event/run\",\"name\":\"n\",\"data\":1}\r\n\n"
      "{\"lane\":\"log/run\",\"name\":\"m\",\"origin\":\"driver\",\"data\":{}}";
  const auto read = parse_observations(bare, "a.jsonl");
  ASSERT_TRUE(read.ok()) << read.error().text();
  ASSERT_EQ(read->transcript.lines.size(), 2U);
  EXPECT_EQ(read->transcript.lines[0].origin, Origin::kWire);
  EXPECT_EQ(read->transcript.lines[1].origin, Origin::kDriver);
  EXPECT_NE(fault(bare), "");

  const std::string whole = print_transcript(sample());
  EXPECT_TRUE(parse_observations(whole, "a").ok());
  EXPECT_TRUE(parse_observations(without_line(whole, 1), "a").ok());
  EXPECT_FALSE(parse_observations(without_line(whole, 2), "a").ok());
  // With its header but without its footer it was cut.
  EXPECT_FALSE(parse_observations(without_line(whole, 5), "a").ok());
  EXPECT_FALSE(parse_observations("{\"lane\":\"nowhere\",\"name\":\"n\",\"data\":1}\n", "a").ok());
}

TEST(TranscriptFile, TheDriversDigestPassesOverTheOrderOfKeys) {
  EXPECT_EQ(driver_digest(parsed(R"({"a":1,"b":{"c":[1,2],"d":2}})")),
            driver_digest(parsed(R"({"b":{"d":2,"c":[1,2]},"a":1})")));
  EXPECT_NE(driver_digest(parsed(R"({"a":[1,2]})")), driver_digest(parsed(R"({"a":[2,1]})")));
}

}  // namespace
}  // namespace codex::golden::testing
