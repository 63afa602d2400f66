#include "codex/telemetry/stream_scrubber.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <iterator>
#include <random>
#include <set>

#include "codex/telemetry/json.h"
#include "secret_samples.h"

namespace codex::telemetry {
namespace {

const std::string kHeader = std::string("-----BE") + "GIN PRIVATE" + " KEY-----";

const Scrubber& scrubber() {
  static const Scrubber made;
  return made;
}

std::string scrubbed(std::string text, const Scrubber& with = scrubber()) {
  with.scrub(text);
  return text;
}

// In pieces of `size` bytes.
std::string streamed(std::string_view text, std::size_t size, const Scrubber& with = scrubber(),
                     std::size_t limit = StreamScrubber::kDefaultLimit) {
  StreamScrubber stream(with, limit);
  std::string out;
  for (; !text.empty(); text.remove_prefix(std::min(size, text.size()))) {
    out += stream.feed(text.substr(0, size));
  }
  return out + stream.finish();
}

std::string randomly_cut(std::string_view text, const Scrubber& with = scrubber()) {
  StreamScrubber stream(with);
  std::string out;
  const auto longest = *rc::gen::element<std::size_t>(2, 8, 40, 400);
  std::minstd_rand random(*rc::gen::inRange(1U, 1'000'000'000U));
  while (!text.empty()) {
    const std::size_t size = std::min<std::size_t>(random() % (longest + 1), text.size());
    out += stream.feed(text.substr(0, size));
    text.remove_prefix(size);
  }
  return out + stream.finish();
}

// Secrets, what looks like them, and what stands between.
std::string mixture() {
  static const std::vector<std::string> between = {
      "", " ", "\n", "\n", "\r\n", "=", ":", "\"", "'", "\\\"", "\\n", "&", ";", ",", "://",
      "password=", "token: ", "-----", "[REDACTED:", "é", "/", "\xff", "Authorization: ",
      "Bearer ", "cookie: a=", "{\"secret\":\"", "export ", "some words of no interest. ",
      "pwd=a1", "a text that is quite a bit longer than any literal of any rule is, but harmless ",
      "\n\n\n", "-----BEGIN", "0A", "key", "\\u001b[31m", "%20"};
  const auto& samples = secret_samples();
  std::string text;
  const int parts = *rc::gen::inRange(1, 14);
  for (int part = 0; part < parts; ++part) {
    if (*rc::gen::inRange(0, 3) != 0) {
      text += between[*rc::gen::inRange<std::size_t>(0, between.size())];
      continue;
    }
    std::string sample = samples[*rc::gen::inRange<std::size_t>(0, samples.size())].text();
    // Sometimes not all of it.
    if (*rc::gen::inRange(0, 4) == 0) {
      sample.resize(*rc::gen::inRange<std::size_t>(0, sample.size()));
    }
    text += sample;
  }
  return text;
}

TEST(SecretSamples, AreOfEveryRuleOfTheFile) {
  std::ifstream file(CTD_SOURCE_DIR "/telemetry/registry/scrub_rules.json");
  const auto parsed = json::parse(std::string{std::istreambuf_iterator<char>(file), {}});
  ASSERT_TRUE(parsed);
  std::set<std::string_view> sampled;
  for (const SecretSample& sample : secret_samples()) sampled.insert(sample.rule);
  for (const json::Value& rule : *parsed.value().get("rules")->array()) {
    EXPECT_TRUE(sampled.contains(rule.get("id")->text())) << rule.get("id")->text();
  }
}

TEST(StreamScrubber, CatchesASecretOfEveryRuleCutAtEachPlace) {
  for (const SecretSample& sample : secret_samples()) {
    const std::string text = "so it says: " + sample.text() + "\nand goes on";
    const std::string expected = scrubbed(text);
    ASSERT_EQ(expected.find(sample.secret), std::string::npos) << sample.rule;
    ASSERT_NE(expected.find("[REDACTED:" + sample.rule), std::string::npos) << expected;
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
      StreamScrubber stream(scrubber());
      std::string out = stream.feed(std::string_view(text).substr(0, cut));
      out += stream.feed(std::string_view(text).substr(cut));
      ASSERT_EQ(out + stream.finish(), expected) << sample.rule << " cut at " << cut;
    }
    EXPECT_EQ(streamed(text, 1), expected);
  }
}

TEST(StreamScrubberProperty, AnyCutOfAnyTextComesToTheSame) {
  EXPECT_TRUE(rc::check([] {
    const std::string text = mixture();
    const std::string out = randomly_cut(text);
    RC_LOG() << "text: " << text << "\nout:  " << out;
    RC_ASSERT(out == scrubbed(text));
  }));
  EXPECT_TRUE(rc::check([](const std::string& bytes) {
    RC_ASSERT(randomly_cut(bytes) == scrubbed(bytes));
  }));
}

TEST(StreamScrubberProperty, KnownValuesAreCaughtToo) {
  EXPECT_TRUE(rc::check([] {
    const std::string one = "first line\nsecond " + random_looking(12);
    const std::string two = random_looking(30) + "/\"x";
    const bool lines = *rc::gen::arbitrary<bool>();
    std::vector<std::string> values{two};
    if (lines) values.push_back(one);
    const Scrubber known(values);
    std::string text;
    const int parts = *rc::gen::inRange(1, 6);
    for (int part = 0; part < parts; ++part) {
      text += *rc::gen::element(one, two, mixture(), std::string("\n"),
                                json::dump(json::Value(two)));
    }
    RC_ASSERT(randomly_cut(text, known) == scrubbed(text, known));
  }));
}

TEST(StreamScrubber, GivesHarmlessTextOutSoonAndWholeCharacters) {
  StreamScrubber stream(scrubber());
  const std::string words = "nothing of interest is said hére, and this goes on for a while … ";
  std::string out, given;
  for (int round = 0; round < 200; ++round) {
    for (const char c : words) {
      const std::string piece = stream.feed(std::string_view(&c, 1));
      given += c;
      out += piece;
      EXPECT_LT(stream.held(), 64U);
      EXPECT_TRUE(piece.empty() || (static_cast<unsigned char>(piece[0]) & 0xC0) != 0x80);
    }
  }
  EXPECT_EQ(out + stream.finish(), given);
  EXPECT_EQ(stream.held(), 0U);
}

TEST(StreamScrubber, CountsWhatItReplaced) {
  StreamScrubber stream(scrubber());
  ScrubCounts counts;
  const std::string text = secret_samples()[7].text() + "\n" + private_key_sample(400) + "\nend\n";
  for (const char c : text) stream.feed(std::string_view(&c, 1), &counts);
  stream.finish(&counts);
  EXPECT_EQ(counts, (ScrubCounts{{"github-token", 1}, {"private-key", 1}}));
}

TEST(StreamScrubber, LongPrivateKeysAreReplacedWhole) {
  for (const int lines : {60, 80, 500}) {
    const std::string text = "before\n" + private_key_sample(lines) + "\nafter it, more\n";
    for (const std::size_t size : {1U, 7U, 100U, 5000U}) {
      EXPECT_EQ(streamed(text, size), "before\n[REDACTED:private-key]\nafter it, more\n");
    }
  }
}

TEST(StreamScrubber, LongLinesAreCutWhereNothingIsLost) {
  std::string json = "{";
  const auto& samples = secret_samples();
  std::size_t secrets = 0;
  for (int member = 0; member < 2000; ++member) {
    json += "\"token_count\":" + std::to_string(member) + ",\"text\":\"the author says so\",";
    if (member % 40 != 0) continue;
    const SecretSample& sample = samples[8 + static_cast<std::size_t>(member / 40) % 30];
    json += "\"data\":\"" + sample.text() + "\",";
    ++secrets;
  }
  ASSERT_GT(json.size(), 90'000U);
  for (const std::size_t size : {1U, 13U, 4000U, 50'000U}) {
    EXPECT_EQ(streamed(json, size), scrubbed(json));
  }
  EXPECT_GE(secrets, 50U);
}

TEST(StreamScrubber, SecretsLongerThanTheLimitAreReplacedToTheirEnd) {
  const std::string token = secret_samples()[1].secret + random_looking(30'000);
  std::string words = "{\"password\": \"";
  while (words.size() < 20'000) words += "horse battery staple ";
  for (const std::size_t size : {1U, 100U, 9000U}) {
    EXPECT_EQ(streamed("key " + token + " end", size), "key [REDACTED:anthropic-key] end");
    EXPECT_EQ(streamed(words + "\", \"b\": 1}", size),
              "{\"password\": \"[REDACTED:secret-assignment]\", \"b\": 1}");
  }
}

// Wherever in a long line it begins.
TEST(StreamScrubber, ALongSecretInALongLineLeavesNothing) {
  std::string words;
  while (words.size() < 6000) words += "horse battery staple ";
  for (std::size_t before = 0; before < 5000; before += 43) {
    std::string line = "token_count, ";
    while (line.size() < before) line += "or so ";
    line += "{\"password\": \"" + words + "\"} and on";
    const std::string out = streamed(line, 50);
    EXPECT_EQ(out.find("staple"), std::string::npos) << before;
    EXPECT_TRUE(out.ends_with("\"} and on")) << before;
  }
}

TEST(StreamScrubber, HoldsLittleWhateverComes) {
  for (const std::string& piece : std::vector<std::string>{
           "password", kHeader, "-", "\n", "A", "eyJ", "://a:b", "token=\"x ", "-----END",
           kHeader + "\nABCDEFGHIJKLMNOPQRSTUVWXYZ\n"}) {
    StreamScrubber stream(scrubber());
    for (std::size_t fed = 0; fed < 60'000; fed += piece.size()) {
      stream.feed(piece);
      ASSERT_LE(stream.held(), 2 * StreamScrubber::kDefaultLimit) << piece;
    }
    stream.finish();
  }
}

TEST(StreamScrubber, CostsLinearTime) {
  const auto seconds = [](std::string_view piece, std::size_t size) {
    std::string text;
    while (text.size() < size) text += piece;
    // Of this process: others may be busy.
    const std::clock_t start = std::clock();
    streamed(text, 5);
    return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  };
  for (const std::string& piece : std::vector<std::string>{
           "password", "a b ", "token\n", "\n", "password=\"", "eyJ.", kHeader, kHeader + "\n",
           kHeader + "\nabc, ", "://a:", "xoxb-"}) {
    const double small = std::min(seconds(piece, 10'000), seconds(piece, 10'000));
    EXPECT_LT(seconds(piece, 80'000), 8 * 4 * small + 0.1) << piece;
  }
}

}  // namespace
}  // namespace codex::telemetry
