#include "codex/telemetry/scrub.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "codex/telemetry/json.h"
#include "tests/telemetry/scrub_samples.h"

namespace codex::telemetry {
using namespace fakes;

namespace {

void expect_hit(const Sample& sample, const std::string& text, const std::string& secret) {
  std::string clean = text;
  ScrubCounts counts;
  EXPECT_TRUE(scrubber().scrub(clean, &counts)) << text;
  EXPECT_EQ(clean.find(secret), std::string::npos) << clean;
  EXPECT_NE(clean.find("[REDACTED:" + sample.rule + "]"), std::string::npos) << text << "\n"
                                                                             << clean;
  EXPECT_EQ(counts[sample.rule], 1U) << text << "\n" << clean;
  const std::string once = clean;
  EXPECT_FALSE(scrubber().scrub(clean)) << once << "\n" << clean;
}

TEST(Scrub, EveryRuleHitsItsSamples) {
  for (const Sample& sample : samples()) {
    const std::string text = sample.before + sample.secret + sample.after;
    expect_hit(sample, text, sample.secret);
    expect_hit(sample, "first line\n" + text + "\nlast line", sample.secret);
  }
}

TEST(Scrub, EveryRuleHitsItsSamplesEscapedAsJson) {
  for (const Sample& sample : samples()) {
    std::string text = "\n\t\"" + sample.before + sample.secret + sample.after + "\"\n";
    std::string secret = sample.secret;
    for (int level = 0; level < 3; ++level) {
      text = escaped(text);
      secret = escaped(secret);
      expect_hit(sample, text, secret);
    }
  }
}

TEST(Scrub, TokensAreFoundBehindAnythingThatIsNoWord) {
  for (const Sample& sample : samples()) {
    if (!sample.before.empty()) continue;
    for (const char* before : {" ", "(", "=", ":", "/", "@", "-", "\"", "\\n", "\\u001b", "%20",
                               "\x1b[31m", "é", "\\t", "\x01", "|", "[REDACTED:jwt]"}) {
      expect_hit(sample, before + sample.secret, sample.secret);
    }
  }
}

TEST(Scrub, EveryRuleOfTheFileHasASample) {
  std::ifstream file(CTD_SOURCE_DIR "/telemetry/registry/scrub_rules.json");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto parsed = json::parse(text);
  ASSERT_TRUE(parsed) << parsed.error().text();
  std::set<std::string> sampled;
  for (const Sample& sample : samples())
    sampled.insert(sample.rule);
  for (const json::Value& rule : *parsed.value().get("rules")->array()) {
    EXPECT_TRUE(sampled.contains(std::string(rule.get("id")->text()))) << rule.get("id")->text();
  }
}

TEST(Scrub, WhatIsMadeOfTheFileIsUpToDate) {
  EXPECT_EQ(std::system("python3 \"" CTD_SOURCE_DIR "/scripts/generate_scrub_rules.py\" --check"),
            0);
}

TEST(Scrub, SeveralSecretsInOneText) {
  std::string text, expected;
  std::size_t secrets = 0;
  for (const Sample& sample : samples()) {
    if (!sample.before.empty()) continue;
    text += sample.secret + ", ";
    expected += "[REDACTED:" + sample.rule + "], ";
    ++secrets;
  }
  ScrubCounts counts;
  scrubber().scrub(text, &counts);
  EXPECT_EQ(text, expected);
  std::size_t counted = 0;
  for (const auto& [rule, count] : counts)
    counted += count;
  EXPECT_EQ(counted, secrets);
}

TEST(Scrub, HarmlessLookAlikesStay) {
  const std::string image = "data:image/png;base64," + body(20000, kBase64) + "==";
  for (const std::string& text : std::vector<std::string>{
           "550e8400-e29b-41d4-a716-446655440000",
           "0199a213-81c0-7800-8aa1-bbab2a035a53",
           "da39a3ee5e6b4b0d3255bfef95601890afd80709",
           "commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
           "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
           "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
           "{\"thread_id\":\"0199a213-81c0-7800-8aa1-bbab2a035a53\",\"item\":{\"id\":\"item_12\"}}",
           "msg_0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6071 rs_68a1b2c3d4e5f607 "
           "call_aB3dE5gH7jK9mN1pQ3",
           "task-abcdefghijklmnopqrstuvwxyz0123456789 disk-0123456789abcdefghijklmnopqrstuvwxyz",
           "risk-assessment-of-the-quarter-2024-and-more desk-1234567890abcdefghijkl",
           "sk-learn sk-circle-fade-dot scikit-sk-test SK-II",
           "class=\"sk-spinner sk-spinner-wandering-cubes\"",
           "\"usage\":{\"input_tokens\":1200,\"cached_input_tokens\":1000,\"output_tokens\":50}",
           "max_tokens=4096 token_count: 12345678 tokens=9999 total_token_count=77 "
           "tokenizer=cl100k_base",
           "\"token_type\": \"Bearer\", \"next_page_token\": \"c2Vjb25kIHBhZ2U1\", \"eos_token\": "
           "\"<|endoftext|>\"",
           "the author = Jane, authority: none, authentication: required, oauth: 2.0",
           "\"password_policy\": \"at least 12 characters\", \"secret_name\": \"prod/db\"",
           "password = getpass.getpass(); token = os.environ[\"TOKEN\"]; secret = "
           "config.get(\"a\")",
           "def login(user: str, password: str, token: Optional[str] = None) -> bool:",
           "connect(host=host, password=password, api_key=api_key)",
           "if (token == nullptr) return; auto token = lexer.next();",
           "export OPENAI_API_KEY=$MY_KEY PASSWORD=${PASSWORD} TOKEN=$(cat f)",
           "api_key: <your key here>, password: ********, secret: [REDACTED]",
           "PWD=/home/user/project OLDPWD=/home/user",
           "print(\"Password: \"), input(\"User: \")",
           "Enter the password: the one you were given by the administrator",
           "Bearer authentication is required; the bearer of this letter",
           "basic authentication, Basic settings, basic understanding",
           "cookie: yes, and cookies = 3; a fortune cookie",
           "https://example.org/path?query=1#fragment http://localhost:8080/@scope/pkg "
           "git@github.com:o/r.git",
           "ssh://git@example.org:22/r.git, mailto:user@example.org",
           "npm_config_registry=x hf_hub_download eyJ ghp_ AKIA AIza xoxb-",
           "AKIAAAAA, SG.x.y, ya29., glpat-short, hf_short, key-value pairs, key-0123",
           "key.owner_token = identity[1]; credentials = self._s3_credentials.get(key)",
           "personal_access_token = \"personalAccessToken\", include_api_key=include_api_key",
           "private_key: Ed25519PrivateKey | None, domain_secrets: NotRequired[list[Secret]]",
           "proxy_password=options[\"password\"], token = base64.b64encode(x)",
           "postgres://user:pass@localhost/db, {\"api-key\": \"your api key here\"}",
           "std::map<std::string, Token> secrets; // secret: sauce, mostly",
           image,
           "{\"image_url\":\"" + image + "\"}",
           body(50000, kBase64),
           body(50000, kHex),
           "encrypted_content: gAAAAAB" + body(3000),
       }) {
    EXPECT_EQ(scrubbed(text), text);
  }
}

TEST(Scrub, ShortTextsAreLeftAlone) {
  EXPECT_EQ(scrubbed(""), "");
  EXPECT_EQ(scrubbed("pwd=a1b"), "pwd=a1b");
}

std::string clean_text(std::size_t size) {
  static constexpr std::string_view kWords[] = {
      "the",
      "session",
      "of",
      "tokens",
      "\"item\":",
      "{\"type\":\"command_execution\",",
      "output",
      "src/main.cc:120:5",
      "error:",
      "no",
      "author",
      "passes",
      "=",
      "0x7ffd",
      "https://example.org/docs",
      "key",
      "value",
      "\\n",
      "item_12",
      "sha256:9f86d081884c7d65",
      "completed",
      "\"usage\":{\"input_tokens\":12,\"output_tokens\":5}",
      "disk-usage"};
  std::string text;
  unsigned state = 1;
  while (text.size() < size) {
    state = state * 1664525U + 1013904223U;
    text += kWords[(state >> 16) % std::size(kWords)];
    text += (state >> 8) % 12 == 0 ? '\n' : ' ';
  }
  return text;
}

TEST(Scrub, AMegabyteOfCleanTextIsUnchanged) {
  const std::string text = clean_text(1U << 20U);
  std::string copy = text;
  ScrubCounts counts;
  EXPECT_FALSE(scrubber().scrub(copy, &counts));
  EXPECT_EQ(copy, text);
  EXPECT_TRUE(counts.empty());
}

// Inputs that make a careless rule start over at each of its keywords.
TEST(Scrub, CostsLinearTime) {
  const auto seconds = [](std::string text) {
    const auto start = std::chrono::steady_clock::now();
    scrubber().scrub(text);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  const auto repeated = [](std::string_view piece, std::size_t size) {
    std::string text;
    while (text.size() < size)
      text += piece;
    return text;
  };
  scrubber();
  for (const std::string& piece :
       std::vector<std::string>{"password",
                                "password=",
                                "password=\"",
                                "password='",
                                "password=\\\"",
                                "secret: ",
                                "eyJ.",
                                "eyJa.eyJ",
                                "sk-",
                                "-sk-abc",
                                join({"-----BE", "GIN PRIVATE", " KEY-----"}),
                                join({"-----BE", "GIN PRIVATE", " KEY-----\nabc"}),
                                "://",
                                "://a:",
                                "://a:b",
                                "cookie: a=b; ",
                                "cookie: a=b;",
                                "authorization: bearer a ",
                                "Bearer ",
                                "basic ",
                                "token,",
                                "--token ",
                                "xoxb-",
                                "tskey-a-",
                                "a_key.b_key-",
                                "\\",
                                "dp.pt.a",
                                "1//0",
                                "key-key-",
                                "sig=",
                                "ghp_ghp_"}) {
    const double small =
        std::min(seconds(repeated(piece, 50'000)), seconds(repeated(piece, 50'000)));
    const double large = seconds(repeated(piece, 400'000));
    EXPECT_LT(large, 8 * 4 * small + 0.05) << piece;
  }
}

TEST(Scrub, IsSharedByThreads) {
  const std::vector<Sample> all = samples();
  std::vector<std::thread> threads;
  for (int number = 0; number < 4; ++number) {
    threads.emplace_back([&all] {
      for (const Sample& sample : all) {
        const std::string clean = scrubbed(sample.before + sample.secret + sample.after);
        EXPECT_EQ(clean.find(sample.secret), std::string::npos);
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
}

}  // namespace
}  // namespace codex::telemetry
