// Fake secrets for every rule of the scrubber.
//
// No sample stands anywhere whole: they are put together at run time, so that no scanner of the
// repository takes them for leaks.
#ifndef TESTS_TELEMETRY_SCRUB_SAMPLES_H_
#define TESTS_TELEMETRY_SCRUB_SAMPLES_H_

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/scrub.h"

namespace codex::telemetry::fakes {

inline constexpr std::string_view kAlphanumeric =
    "0AbCdEf1GhIjKlM2nOpQrSt3uVwXyZa4BcDeFg5HiJkLmN6oPqRsT7UvWxY8z9";
inline constexpr std::string_view kUpper = "A0BCD1EFG2HIJ3KLM4NOP5QRS6TUV7WXY8Z9";
inline constexpr std::string_view kHex = "0a1b2c3d4e5f6789";
inline constexpr std::string_view kBase64 = "Ab0+Cd1/Ef2Gh3Ij4Kl5Mn6Op7Qr8St9UvWxYz";

// `count` characters of `alphabet` that look random, the same ones every time.
std::string body(std::size_t count, std::string_view alphabet = kAlphanumeric);
std::string join(std::initializer_list<std::string_view> parts);

struct Sample {
  std::string rule;
  std::string secret;
  std::string before = {};  // what the rule needs around it
  std::string after = {};
};
std::vector<Sample> samples();

// The built-in rules.
const Scrubber& scrubber();
std::string scrubbed(std::string text, const Scrubber& with = scrubber());
// As it stands between the quotes of JSON.
std::string escaped(const std::string& text);

}  // namespace codex::telemetry::fakes

#endif  // TESTS_TELEMETRY_SCRUB_SAMPLES_H_
