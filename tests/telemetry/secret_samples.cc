#include "secret_samples.h"

#include <string_view>

namespace codex::telemetry {

std::string random_looking(std::size_t count, bool hex) {
  const std::string_view alphabet =
      hex ? "0a1b2c3d4e5f6789" : "0AbCdEf1GhIjKlM2nOpQrSt3uVwXyZa4BcDeFg5HiJkLmN6oPqRsT7UvWxY8z9";
  std::string made;
  unsigned state = static_cast<unsigned>(count * 2654435761U + alphabet.size());
  while (made.size() < count) {
    state = state * 1664525U + 1013904223U;
    made += alphabet[(state >> 16) % alphabet.size()];
  }
  return made;
}

std::string private_key_sample(int lines) {
  std::string made = std::string("-----BE") + "GIN RSA PRIVATE" + " KEY-----\n";
  for (int line = 0; line < lines; ++line) {
    made += random_looking(64 - static_cast<std::size_t>(line % 3)) + "\n";
  }
  return made + random_looking(20) + std::string("==\n-----EN") + "D RSA PRIVATE" + " KEY-----";
}

const std::vector<SecretSample>& secret_samples() {
  static const auto* const samples = [] {
    const auto body = [](std::size_t count) { return random_looking(count); };
    const auto hex = [](std::size_t count) { return random_looking(count, true); };
    const auto glue = [](std::string_view a, std::string_view b, const std::string& rest) {
      return std::string(a) + std::string(b) + rest;
    };
    return new std::vector<SecretSample>{
        {"private-key", "", private_key_sample(3), ""},
        {"anthropic-key", "", glue("sk", "-ant-", body(90)), ""},
        {"openai-project-key", "", glue("sk", "-proj-", body(60)), ""},
        {"openai-service-account-key", "", glue("sk", "-svcacct-", body(48)), ""},
        {"openai-admin-key", "", glue("sk", "-admin-", body(48)), ""},
        {"openai-session", "", glue("se", "ss-", body(40)), ""},
        {"openai-key", "", glue("sk", "-", body(48)), ""},
        {"github-token", "", glue("gh", "p_", body(36)), ""},
        {"github-fine-grained-token", "", glue("github", "_pat_", body(22) + "_" + body(59)), ""},
        {"gitlab-token", "", glue("gl", "pat-", body(20)), ""},
        {"aws-access-key-id", "", glue("AK", "IA", "A0BCD1EFG2HIJ3KL"), ""},
        {"aws-bedrock-key", "", glue("AB", "SK", body(120) + "="), ""},
        {"gcp-api-key", "", glue("AI", "za", body(35)), ""},
        {"gcp-oauth-token", "", glue("ya", "29.", body(80)), ""},
        {"gcp-oauth-secret", "", glue("GOC", "SPX-", body(28)), ""},
        {"gcp-refresh-token", "", glue("1/", "/0", body(50)), ""},
        {"azure-client-secret", "", glue("aB38", "Q~", body(34)), ""},
        {"azure-account-key", "x=1;Account" + std::string("Key="), body(86) + "==", ";x"},
        {"azure-sas-signature", "https://x.example/c?sv=1&sig=", body(43) + "%3D", "&se=1"},
        {"aws-signature", "https://b.example/k?X-Amz-Signature=", hex(64), "&x=1"},
        {"slack-token", "", glue("xo", "xb-", "123456789012-" + body(24)), ""},
        {"slack-webhook", "https://hooks.slack.com/services/", "T0/B0/" + body(24), ""},
        {"discord-webhook", "https://d.example/api/webhooks/123456789012345678/", body(68), ""},
        {"stripe-key", "", glue("sk", "_live_", body(24)), ""},
        {"huggingface-token", "", glue("hf", "_", body(34)), ""},
        {"npm-token", "", glue("np", "m_", body(36)), ""},
        {"pypi-token", "", glue("py", "pi-AgE", body(100)), ""},
        {"jwt", "", glue("ey", "J", body(20)) + ".ey" + "J" + body(40) + "." + body(43), ""},
        {"model-provider-key", "", glue("gs", "k_", body(52)), ""},
        {"sendgrid-key", "", glue("S", "G.", body(22) + "." + body(43)), ""},
        {"twilio-key", "", glue("S", "K", hex(32)), ""},
        {"mailgun-key", "", glue("ke", "y-", hex(32)), ""},
        {"docker-token", "", glue("dckr", "_pat_", body(27)), ""},
        {"digitalocean-token", "", glue("do", "p_v1_", hex(64)), ""},
        {"shopify-token", "", glue("shp", "at_", hex(32)), ""},
        {"vault-token", "", glue("hv", "s.", body(90)), ""},
        {"atlassian-token", "", glue("ATA", "TT3xFf", body(180)), ""},
        {"service-token", "", glue("lin", "_api_", body(40)), ""},
        {"authorization", "Authorization: Bearer ", body(30), ""},
        {"bearer-token", "sent with bearer ", body(40), ""},
        {"basic-credentials", "credentials: Basic ", "YWxhZGRpbjpvcGVuc2VzYW1l", ""},
        {"cookie", "Set-Cookie: ", "session=" + body(20) + "; theme=dark", "\n"},
        {"url-credentials", "postgres://admin:", body(18), "@db.example/app"},
        {"url-credentials", "https://", body(40), "@example.org/repo.git"},
        {"secret-assignment", "DB_PASSWORD=", body(18), ""},
        {"secret-assignment", "{\"client_secret\": \"", body(18), "\"}"},
        {"secret-assignment", "run --api-key ", body(18), " now"},
        {"secret-assignment", "X-Api-Key: ", body(18), ""},
    };
  }();
  return *samples;
}

}  // namespace codex::telemetry
