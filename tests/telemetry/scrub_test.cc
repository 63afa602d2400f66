// No sample stands here whole: they are put together at run time, so that no scanner of the
// repository takes them for leaks.
#include "codex/telemetry/scrub.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cctype>
#include <chrono>
#include <fstream>
#include <iterator>
#include <numeric>
#include <set>
#include <thread>

namespace codex::telemetry {
namespace {

const Scrubber& scrubber() {
  static const Scrubber made;
  return made;
}

std::string scrubbed(std::string text, const Scrubber& with = scrubber()) {
  with.scrub(text);
  return text;
}

constexpr std::string_view kAlphanumeric =
    "0AbCdEf1GhIjKlM2nOpQrSt3uVwXyZa4BcDeFg5HiJkLmN6oPqRsT7UvWxY8z9";
constexpr std::string_view kUpper = "A0BCD1EFG2HIJ3KLM4NOP5QRS6TUV7WXY8Z9";
constexpr std::string_view kHex = "0a1b2c3d4e5f6789";
constexpr std::string_view kBase64 = "Ab0+Cd1/Ef2Gh3Ij4Kl5Mn6Op7Qr8St9UvWxYz";

// `count` characters of `alphabet` that look random, the same ones every time.
std::string body(std::size_t count, std::string_view alphabet = kAlphanumeric) {
  std::string made;
  unsigned state = static_cast<unsigned>(count * 2654435761U + alphabet.size());
  while (made.size() < count) {
    state = state * 1664525U + 1013904223U;
    made += alphabet[(state >> 16) % alphabet.size()];
  }
  return made;
}

std::string join(std::initializer_list<std::string_view> parts) {
  std::string made;
  for (const std::string_view part : parts) made += part;
  return made;
}

struct Sample {
  std::string rule;
  std::string secret;
  std::string before = {};  // what the rule needs around it
  std::string after = {};
};

std::string private_key(std::string_view kind, std::string_view newline) {
  std::string made = join({"-----BE", "GIN ", kind, "PRIVATE", " KEY-----", newline});
  for (int line = 0; line < 3; ++line) made += body(64, kBase64) + std::string(newline);
  return made + body(20, kBase64) + "==" + join({newline, "-----EN", "D ", kind, "PRIVATE", " KEY-----"});
}

std::vector<Sample> samples() {
  const std::string jwt = join({"ey", "J", body(20), ".ey", "J", body(40), ".", body(43)});
  std::vector<Sample> made = {
      {"private-key", private_key("", "\n")},
      {"private-key", private_key("RSA ", "\\n")},
      {"private-key", private_key("OPENSSH ", "\r\n")},
      {"private-key", private_key("EC ", "\n+")},
      {"anthropic-key", join({"sk", "-ant-", "api03-", body(90), "-AA"})},
      {"openai-project-key", join({"sk", "-proj-", body(60), "_", body(20), "-", body(30)})},
      {"openai-service-account-key", join({"sk", "-svcacct-", body(48)})},
      {"openai-admin-key", join({"sk", "-admin-", body(48)})},
      {"openai-session", join({"se", "ss-", body(40)})},
      {"openai-key", join({"sk", "-", body(48)})},
      {"openai-key", join({"sk", "-or-v1-", body(64, kHex)})},
      {"github-fine-grained-token", join({"github", "_pat_", body(22), "_", body(59)})},
      {"aws-access-key-id", join({"AK", "IA", body(16, kUpper)})},
      {"aws-access-key-id", join({"AS", "IA", body(16, kUpper)})},
      {"aws-bedrock-key", join({"AB", "SK", body(120), "="})},
      {"gcp-api-key", join({"AI", "za", body(35)})},
      {"gcp-oauth-token", join({"ya", "29.", body(80), "-_", body(10)})},
      {"gcp-oauth-secret", join({"GOC", "SPX-", body(28)})},
      {"gcp-refresh-token", join({"1/", "/0", body(50)})},
      {"azure-client-secret", join({"aB3", "8Q", "~", body(34)})},
      {"azure-account-key", body(86, kBase64) + "==", join({"DefaultEndpointsProtocol=https;Account", "Key="}), ";x"},
      {"azure-sas-signature", body(43) + "%3D", "https://x.blob.core.windows.net/c?sv=2024&sig=", "&se=1"},
      {"aws-signature", body(64, kHex), "https://b.s3.amazonaws.com/k?X-Amz-Signature=", "&x=1"},
      {"slack-token", join({"xo", "xb-", body(12, "0123456789"), "-", body(24)})},
      {"slack-token", join({"xa", "pp-1-", body(40)})},
      {"slack-webhook", join({"T", body(8), "/B", body(8), "/", body(24)}), "https://hooks.slack.com/services/"},
      {"discord-webhook", body(68), "https://discord.com/api/webhooks/123456789012345678/"},
      {"stripe-key", join({"sk", "_live_", body(24)})},
      {"stripe-key", join({"wh", "sec_", body(32)})},
      {"huggingface-token", join({"hf", "_", body(34)})},
      {"npm-token", join({"np", "m_", body(36)})},
      {"pypi-token", join({"py", "pi-AgE", body(100)})},
      {"jwt", jwt},
      {"model-provider-key", join({"gs", "k_", body(52)})},
      {"model-provider-key", join({"xa", "i-", body(80)})},
      {"sendgrid-key", join({"S", "G.", body(22), ".", body(43)})},
      {"twilio-key", join({"S", "K", body(32, kHex)})},
      {"mailgun-key", join({"ke", "y-", body(32, kHex)})},
      {"docker-token", join({"dckr", "_pat_", body(27)})},
      {"digitalocean-token", join({"do", "p_v1_", body(64, kHex)})},
      {"shopify-token", join({"shp", "at_", body(32, kHex)})},
      {"vault-token", join({"hv", "s.", body(90)})},
      {"atlassian-token", join({"ATA", "TT3xFf", body(180)})},
      {"service-token", join({"lin", "_api_", body(40)})},
      {"service-token", join({"gl", "sa_", body(32), "_", body(8, kHex)})},
      {"authorization", "opensesame", "Authorization: Bearer "},
      {"authorization", body(30), "\"authorization\": \"Token ", "\""},
      {"authorization", body(30), "proxy-authorization: "},
      {"bearer-token", body(40), "sent with bearer "},
      {"basic-credentials", "YWxhZGRpbjpvcGVuc2VzYW1l", "credentials: Basic "},
      {"cookie", "session=" + body(20) + "; theme=dark", "Set-Cookie: ", "\n"},
      {"url-credentials", "s3cr3t!", "postgres://admin:", "@db.example.org/app"},
      {"url-credentials", body(40), "https://", "@example.org/repo.git"},
  };
  for (const char* letter : {"p", "o", "u", "s", "r"}) {
    made.push_back({"github-token", join({"gh", letter, "_", body(36)})});
  }
  for (const char* kind : {"pat", "dt", "rt", "cbt", "ptt", "oas", "soat", "agent", "ft", "imt"}) {
    made.push_back({"gitlab-token", join({"gl", kind, "-", body(20)})});
  }
  for (const char* name : {"password", "DB_PASSWORD", "passwd", "client_secret", "clientSecret", "api_key",
                           "X-Api-Key", "apikey", "OPENAI_API_KEY", "aws_secret_access_key", "auth_token",
                           "access_token", "refreshToken", "token", "private_key", "auth", "_auth",
                           "ChatGPT-Account-Id", "secret", "PGPASSWORD", "mysql_pwd", "AZURE_STORAGE_KEY"}) {
    const std::string secret = body(18);
    made.push_back({"secret-assignment", secret, join({name, "="})});
    made.push_back({"secret-assignment", secret, join({name, ": "})});
    made.push_back({"secret-assignment", secret, join({"{\"", name, "\": \""}), "\"}"});
    made.push_back({"secret-assignment", secret, join({"{'", name, "': '"}), "'}"});
    made.push_back({"secret-assignment", secret, join({"{\\\"", name, "\\\":\\\""}), "\\\"}"});
    made.push_back({"secret-assignment", secret, join({"?", name, "="}), "&x=1"});
    made.push_back({"secret-assignment", secret, join({"run --", name, " "}), " now"});
  }
  return made;
}

std::string escaped(const std::string& text) {
  const std::string quoted = json::dump(json::Value(text));
  return quoted.substr(1, quoted.size() - 2);
}

void expect_hit(const Sample& sample, const std::string& text, const std::string& secret) {
  std::string clean = text;
  ScrubCounts counts;
  EXPECT_TRUE(scrubber().scrub(clean, &counts)) << text;
  EXPECT_EQ(clean.find(secret), std::string::npos) << clean;
  EXPECT_NE(clean.find("[REDACTED:" + sample.rule + "]"), std::string::npos) << text << "\n" << clean;
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
    for (const char* before : {" ", "(", "=", ":", "/", "@", "-", "\"", "\\n", "\\u001b", "%20", "\x1b[31m", "é", "\\t",
                               "\x01", "|", "[REDACTED:jwt]"}) {
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
  for (const Sample& sample : samples()) sampled.insert(sample.rule);
  for (const json::Value& rule : *parsed.value().get("rules")->array()) {
    EXPECT_TRUE(sampled.contains(std::string(rule.get("id")->text()))) << rule.get("id")->text();
  }
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
  for (const auto& [rule, count] : counts) counted += count;
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
           "msg_0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6071 rs_68a1b2c3d4e5f607 call_aB3dE5gH7jK9mN1pQ3",
           "task-abcdefghijklmnopqrstuvwxyz0123456789 disk-0123456789abcdefghijklmnopqrstuvwxyz",
           "risk-assessment-of-the-quarter-2024-and-more desk-1234567890abcdefghijkl",
           "sk-learn sk-circle-fade-dot scikit-sk-test SK-II",
           "class=\"sk-spinner sk-spinner-wandering-cubes\"",
           "\"usage\":{\"input_tokens\":1200,\"cached_input_tokens\":1000,\"output_tokens\":50}",
           "max_tokens=4096 token_count: 12345678 tokens=9999 total_token_count=77 tokenizer=cl100k_base",
           "\"token_type\": \"Bearer\", \"next_page_token\": \"c2Vjb25kIHBhZ2U1\", \"eos_token\": \"<|endoftext|>\"",
           "the author = Jane, authority: none, authentication: required, oauth: 2.0",
           "\"password_policy\": \"at least 12 characters\", \"secret_name\": \"prod/db\"",
           "password = getpass.getpass(); token = os.environ[\"TOKEN\"]; secret = config.get(\"a\")",
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
           "https://example.org/path?query=1#fragment http://localhost:8080/@scope/pkg git@github.com:o/r.git",
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

// Fragments that rules care about, glued in any way.
std::string mixture() {
  static const std::vector<Sample> all = samples();
  static const std::vector<std::string> glue = {
      "",  " ",  "\n", "=",  ":", "\"", "'", "\\\"", "\\n", "&",  ";", ",", "@", "://", "password=", "token: ",
      "-", "--", "]",  "[",  "x", "é",  "/", "\xff", "Authorization: ", "Bearer ", "cookie: a=", "[REDACTED:jwt]",
      "[REDACTED:", "\\", "{\"secret\":\"", "api_key", "--password ", "$", "(", "basic "};
  std::string text;
  const int parts = *rc::gen::inRange(1, 12);
  for (int part = 0; part < parts; ++part) {
    if (*rc::gen::inRange(0, 3) == 0) {
      const Sample& sample = all[*rc::gen::inRange<std::size_t>(0, all.size())];
      text += *rc::gen::arbitrary<bool>() ? sample.before + sample.secret + sample.after : sample.secret;
      // Sometimes cut, as in a stream.
      if (*rc::gen::inRange(0, 4) == 0) text.resize(text.size() - *rc::gen::inRange<std::size_t>(0, sample.secret.size()));
    } else {
      text += glue[*rc::gen::inRange<std::size_t>(0, glue.size())];
    }
  }
  return text;
}

TEST(ScrubProperty, IsIdempotent) {
  EXPECT_TRUE(rc::check([] {
    const std::string text = mixture();
    const std::string once = scrubbed(text);
    RC_LOG() << text << "\n" << once << "\n" << scrubbed(once);
    RC_ASSERT(scrubbed(once) == once);
  }));
  EXPECT_TRUE(rc::check([](const std::string& bytes) {
    const std::string once = scrubbed(bytes);
    RC_ASSERT(scrubbed(once) == once);
  }));
}

TEST(ScrubProperty, SaysWhetherItChangedAndCountsMarkers) {
  EXPECT_TRUE(rc::check([] {
    const std::string text = mixture();
    std::string clean = text;
    ScrubCounts counts;
    const bool changed = scrubber().scrub(clean, &counts);
    RC_ASSERT(changed == (clean != text));
    RC_ASSERT(counts.empty() == (clean == text));
  }));
}

TEST(ScrubProperty, MayHoldSecretsIsNeverWronglyFalse) {
  EXPECT_TRUE(rc::check([] {
    const std::string text = mixture();
    std::string clean = text;
    if (scrubber().scrub(clean)) {
      RC_ASSERT(scrubber().may_hold_secrets(text));
      RC_ASSERT(scrubber().may_hold_secrets(escaped(text)));
    }
  }));
  // Keys of any spelling.
  EXPECT_TRUE(rc::check([] {
    std::string key;
    const int words = *rc::gen::inRange(1, 4);
    for (int word = 0; word < words; ++word) {
      std::string next = *rc::gen::element<std::string>(
          "api", "key", "token", "secret", "password", "passwd", "storage", "hmac", "auth", "my", "id", "client",
          "private", "x", "authorization", "cookie", "set", "credentials", "access", "pwd", "passphrase", "count");
      if (*rc::gen::arbitrary<bool>()) next[0] = static_cast<char>(std::toupper(next[0]));
      if (word > 0) key += *rc::gen::element<std::string>("_", "-", ".", " ", "", "/");
      key += next;
    }
    json::Value value = json::Object{{key, "a1b2c3d4e5"}, {"list", json::Array{"--" + key, "a1b2c3d4e5"}}};
    const std::string text = json::dump(value);
    if (scrubber().scrub(value)) RC_ASSERT(scrubber().may_hold_secrets(text));
  }));
  EXPECT_TRUE(scrubber().may_hold_secrets(R"({"\u0070assword":"x"})"));
  EXPECT_TRUE(scrubber().may_hold_secrets(R"(http:\/\/me:you@there)"));
  EXPECT_FALSE(scrubber().may_hold_secrets(R"({"type":"item.completed","item":{"id":"item_1"}})"));
}

TEST(ScrubKnownValues, InFourEncodings) {
  const std::string value = "zw\xc3\xb6lf/\"drei\"+vier f\xc3\xbcnf";
  const Scrubber known({value, "short"});
  const std::string marker = "[REDACTED:known-value]";
  EXPECT_EQ(scrubbed("a " + value + " b", known), "a " + marker + " b");
  EXPECT_EQ(scrubbed(json::dump(json::Value(value)), known), "\"" + marker + "\"");
  EXPECT_EQ(scrubbed(json::dump(json::Value(value), json::kCompactUnicode), known), "\"" + marker + "\"");
  EXPECT_EQ(scrubbed(json::dump(json::Value(json::dump(json::Value(value)))), known),
            "\"\\\"" + marker + "\\\"\"");
  EXPECT_EQ(scrubbed("?q=zw%C3%B6lf%2F%22drei%22%2Bvier%20f%C3%BCnf&", known), "?q=" + marker + "&");
  EXPECT_EQ(scrubbed("?q=zw%c3%b6lf%2f%22drei%22%2bvier+f%c3%bcnf&", known), "?q=" + marker + "&");
  EXPECT_EQ(scrubbed("it is short", known), "it is short");
  ScrubCounts counts;
  std::string twice = value + value;
  EXPECT_TRUE(known.scrub(twice, &counts));
  EXPECT_EQ(twice, marker + marker);
  EXPECT_EQ(counts, (ScrubCounts{{"known-value", 2}}));
}

std::string base64(std::string_view bytes, bool url) {
  const std::string_view digits =
      url ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
          : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string made;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned word = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      word = word << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      made += i + k > bytes.size() ? '=' : digits[word >> (18 - 6 * k) & 63];
    }
  }
  return made;
}

TEST(ScrubKnownValues, AsBase64AtAnyPlace) {
  EXPECT_TRUE(rc::check([] {
    const auto length = *rc::gen::inRange<std::size_t>(8, 40);
    const auto value = *rc::gen::container<std::string>(length, rc::gen::inRange<char>(' ', '~'));
    const Scrubber known({value});
    const auto before = *rc::gen::inRange<std::size_t>(0, 7);
    const auto after = *rc::gen::inRange<std::size_t>(0, 7);
    for (const bool url : {false, true}) {
      const std::string text = base64(std::string(before, 'x') + value + std::string(after, 'y'), url);
      const std::string clean = scrubbed(text, known);
      RC_ASSERT(clean.find("[REDACTED:") != std::string::npos);
      // What stands beside it may be left, and not one digit that the value has a bit of.
      const std::size_t left = clean.size() - std::string_view("[REDACTED:known-value]").size();
      RC_ASSERT(left <= before * 8 / 6 + (after + 2) * 8 / 6 + 2);
    }
  }));
}

TEST(ScrubKnownValues, AnywhereInAnyText) {
  EXPECT_TRUE(rc::check([](const std::string& before, const std::string& after) {
    const std::string value = body(12);
    const Scrubber known({value});
    RC_ASSERT(scrubbed(before + value + after, known).find(value) == std::string::npos);
  }));
}

json::Value parsed(std::string_view text) { return json::parse(text).value(); }

TEST(ScrubJson, ReplacesWhatSecretKeysHold) {
  const auto after = [](std::string_view text) {
    json::Value value = parsed(text);
    scrubber().scrub(value);
    return json::dump(value);
  };
  const std::string marker = "[REDACTED:secret-assignment]";
  EXPECT_EQ(after(R"({"password": "two words", "user": "me"})"),
            R"({"password": ")" + marker + R"(", "user": "me"})");
  EXPECT_EQ(after(R"({"a": [{"clientSecret": "x"}]})"), R"({"a": [{"clientSecret": ")" + marker + R"("}]})");
  EXPECT_EQ(after(R"({"api_keys": ["x"], "secrets": ["a", "b", 5]})"),
            R"({"api_keys": ["x"], "secrets": [")" + marker + R"(", ")" + marker + R"(", 5]})");
  EXPECT_EQ(after(R"({"name": "GITHUB_TOKEN", "value": "abc"})"),
            R"({"name": "GITHUB_TOKEN", "value": ")" + marker + R"("})");
  EXPECT_EQ(after(R"(["run", "--password", "abc", "x"])"), R"(["run", "--password", ")" + marker + R"(", "x"])");
  EXPECT_EQ(after(R"({"Set-Cookie": "a", "Authorization": "b"})"),
            R"({"Set-Cookie": ")" + marker + R"(", "Authorization": ")" + marker + R"("})");
  EXPECT_EQ(after(R"({"token": "abcdefgh", "auth": "opensesame"})"),
            R"({"token": ")" + marker + R"(", "auth": ")" + marker + R"("})");
  for (const char* same : {R"({"input_tokens": 5, "token_count": "12345678", "token": " hello", "max_tokens": null})",
                           R"({"token": "hello123", "logprob": -0.5})", R"({"auth": "chatgpt", "author": "someone else"})",
                           R"({"password": "", "secret": null, "api_key": 5, "auth_mode": "api key"})",
                           R"({"id": "item_1", "type": "command_execution", "command": "ls -la", "status": "completed"})"}) {
    EXPECT_EQ(after(same), same);
  }
}

TEST(ScrubJson, NamesTheSpecificRuleAndCounts) {
  const std::string key = join({"gh", "p_", body(36)});
  json::Value value = json::Object{{"token", key}, {"text", "see " + key}, {key, 1}, {"password", "pw"}};
  ScrubCounts counts;
  EXPECT_TRUE(scrubber().scrub(value, &counts));
  EXPECT_EQ(json::dump(value),
            R"({"token": "[REDACTED:github-token]", "text": "see [REDACTED:github-token]", )"
            R"("[REDACTED:github-token]": 1, "password": "[REDACTED:secret-assignment]"})");
  EXPECT_EQ(counts, (ScrubCounts{{"github-token", 3}, {"secret-assignment", 1}}));
  const json::Value once = value;
  EXPECT_FALSE(scrubber().scrub(value));
  EXPECT_EQ(value, once);
}

TEST(ScrubJson, KeysThatBecomeTheSameStayApart) {
  json::Value value = json::Object{{join({"gh", "p_", body(36)}), 1}, {join({"gh", "o_", body(36)}), 2}};
  EXPECT_TRUE(scrubber().scrub(value));
  EXPECT_EQ(json::dump(value), R"({"[REDACTED:github-token]": 1, "[REDACTED:github-token]#2": 2})");
  EXPECT_FALSE(scrubber().scrub(value));
}

std::string clean_text(std::size_t size) {
  static constexpr std::string_view kWords[] = {
      "the", "session", "of", "tokens", "\"item\":", "{\"type\":\"command_execution\",", "output", "src/main.cc:120:5",
      "error:", "no", "author", "passes", "=", "0x7ffd", "https://example.org/docs", "key", "value", "\\n", "item_12",
      "sha256:9f86d081884c7d65", "completed", "\"usage\":{\"input_tokens\":12,\"output_tokens\":5}", "disk-usage"};
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
    while (text.size() < size) text += piece;
    return text;
  };
  scrubber();
  for (const std::string& piece : std::vector<std::string>{
           "password", "password=", "password=\"", "password='", "password=\\\"", "secret: ", "eyJ.", "eyJa.eyJ", "sk-",
           "-sk-abc", join({"-----BE", "GIN PRIVATE", " KEY-----"}), join({"-----BE", "GIN PRIVATE", " KEY-----\nabc"}),
           "://", "://a:", "://a:b", "cookie: a=b; ", "cookie: a=b;", "authorization: bearer a ", "Bearer ", "basic ",
           "token,", "--token ", "xoxb-", "tskey-a-", "a_key.b_key-", "\\", "dp.pt.a", "1//0", "key-key-", "sig=", "ghp_ghp_"}) {
    const double small = std::min(seconds(repeated(piece, 50'000)), seconds(repeated(piece, 50'000)));
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
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace codex::telemetry
