// A secret of every rule. None stands here whole: they are put together at run time, so that no
// scanner of the repository takes them for leaks.
#ifndef CODEX_TESTS_TELEMETRY_SECRET_SAMPLES_H_
#define CODEX_TESTS_TELEMETRY_SECRET_SAMPLES_H_

#include <string>
#include <vector>

namespace codex::telemetry {

struct SecretSample {
  std::string rule;
  std::string before;  // what the rule needs around the secret
  std::string secret;  // always 16 bytes or more, but for contexts that take any
  std::string after;
  std::string text() const { return before + secret + after; }
};

// At least one for each id in registry/scrub_rules.json.
const std::vector<SecretSample>& secret_samples();
// A private key of `lines` lines of base64.
std::string private_key_sample(int lines);
// `count` bytes that look random, the same ones every time.
std::string random_looking(std::size_t count, bool hex = false);

}  // namespace codex::telemetry

#endif  // CODEX_TESTS_TELEMETRY_SECRET_SAMPLES_H_
