#include <algorithm>
#include <string_view>
#include <unistd.h>

#include "codex/telemetry/scrub.h"
#include "scrub_names.h"

namespace codex::telemetry {
namespace {

bool tells_a_secret(std::string_view name, std::string_view value) {
  constexpr std::size_t kShortest = 8;  // of a value that a Scrubber knows
  if (value.size() < kShortest || is_placeholder(value)) return false;
  if (value.front() == '/' || value.front() == '.' || value.front() == '~') return false;
  switch (name_kind(name)) {
    case NameKind::kHarmless:
      return false;
    case NameKind::kWeak:
      return looks_random(value);
    case NameKind::kStrong:
      // "postgres" is a password too, but it would be replaced wherever the word stands.
      return !std::all_of(value.begin(), value.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  }
  return false;
}

}  // namespace

std::vector<std::string> secret_values(const std::vector<std::string>& environment) {
  std::vector<std::string> values;
  for (const std::string& variable : environment) {
    const std::size_t equals = variable.find('=');
    if (equals == std::string::npos) continue;
    const std::string_view text = variable;
    if (tells_a_secret(text.substr(0, equals), text.substr(equals + 1))) {
      values.emplace_back(text.substr(equals + 1));
    }
  }
  return values;
}

std::vector<std::string> secret_environment_values() {
  std::vector<std::string> environment;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    environment.emplace_back(*variable);
  }
  return secret_values(environment);
}

const std::shared_ptr<const Scrubber>& default_scrubber() {
  static const auto* const scrubber = new std::shared_ptr<const Scrubber>(
      std::make_shared<const Scrubber>(secret_environment_values()));
  return *scrubber;
}

}  // namespace codex::telemetry
