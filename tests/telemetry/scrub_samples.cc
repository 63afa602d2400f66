#include "tests/telemetry/scrub_samples.h"

#include <utility>

#include "codex/telemetry/json.h"

namespace codex::telemetry::fakes {

const Scrubber& scrubber() {
  static const Scrubber made;
  return made;
}

std::string scrubbed(std::string text, const Scrubber& with) {
  with.scrub(text);
  return text;
}

std::string escaped(const std::string& text) {
  const std::string quoted = json::dump(json::Value(text));
  return quoted.substr(1, quoted.size() - 2);
}

std::string body(std::size_t count, std::string_view alphabet) {
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
  for (const std::string_view part : parts)
    made += part;
  return made;
}

namespace {

std::string private_key(std::string_view kind, std::string_view newline) {
  std::string made = join({"-----BE", "GIN ", kind, "PRIVATE", " KEY-----", newline});
  for (int line = 0; line < 3; ++line)
    made += body(64, kBase64) + std::string(newline);
  return made + body(20, kBase64) +
         "==" + join({newline, "-----EN", "D ", kind, "PRIVATE", " KEY-----"});
}

}  // namespace

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
      {"azure-account-key",
       body(86, kBase64) + "==", join({"DefaultEndpointsProtocol=https;Account", "Key="}), ";x"},
      {"azure-sas-signature", body(43) + "%3D",
       "https://x.blob.core.windows.net/c?sv=2024&sig=", "&se=1"},
      {"aws-signature", body(64, kHex), "https://b.s3.amazonaws.com/k?X-Amz-Signature=", "&x=1"},
      {"slack-token", join({"xo", "xb-", body(12, "0123456789"), "-", body(24)})},
      {"slack-token", join({"xa", "pp-1-", body(40)})},
      {"slack-webhook", join({"T", body(8), "/B", body(8), "/", body(24)}),
       "https://hooks.slack.com/services/"},
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
  for (const char* name : {"password",       "DB_PASSWORD",
                           "passwd",         "client_secret",
                           "clientSecret",   "api_key",
                           "X-Api-Key",      "apikey",
                           "OPENAI_API_KEY", "aws_secret_access_key",
                           "auth_token",     "access_token",
                           "refreshToken",   "token",
                           "private_key",    "auth",
                           "_auth",          "ChatGPT-Account-Id",
                           "secret",         "PGPASSWORD",
                           "mysql_pwd",      "AZURE_STORAGE_KEY"}) {
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

}  // namespace codex::telemetry::fakes
