#include "scrub_rules.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <string>

#include "scrub_names.h"
#include "scrub_tables.h"

namespace codex::telemetry {
namespace {

bool digit(char c) {
  return c >= '0' && c <= '9';
}

// "user:password" in base64, and not just a word after "basic".
bool basic_credentials(std::string_view encoded) {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  unsigned bits = 0;
  int held = 0;
  bool colon = false;
  for (char c : encoded) {
    if (c == '=') break;
    if (c == '-') c = '+';
    if (c == '_') c = '/';
    bits = (bits << 6 | static_cast<unsigned>(kAlphabet.find(c))) & 0xfffU;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    const unsigned byte = bits >> held & 0xffU;
    if (byte < 0x20 || byte == 0x7f) return false;
    colon |= byte == ':';
  }
  return colon;
}

bool passes(Check check, std::string_view secret) {
  switch (check) {
    case Check::kNone:
      return true;
    case Check::kDigit:
      return std::any_of(secret.begin(), secret.end(), digit);
    case Check::kRandom:
      return looks_random(secret);
    case Check::kBasic:
      return basic_credentials(secret);
    case Check::kAwsId:
      return secret.size() == 20;
  }
  return false;
}

}  // namespace

Rule::Rule(const RuleData& data) : data_(data) {
  re2::RE2::Options options;
  // Bytes: a run of "anything but a quote" must not end at bytes that are no UTF-8.
  options.set_encoding(re2::RE2::Options::EncodingLatin1);
  options.set_log_errors(false);
  expression_ = std::make_unique<re2::RE2>(std::string(data.pattern), options);
}

std::optional<Rule::Match> Rule::match(std::string_view text, std::size_t start) const {
  constexpr std::size_t kGroups = 3;
  const std::size_t wanted = data_.kind == RuleKind::kToken ? 1 : kGroups;
  std::array<re2::StringPiece, kGroups> groups;
  if (!expression_->Match({text.data(), text.size()}, start, text.size(), re2::RE2::ANCHOR_START,
                          groups.data(), static_cast<int>(wanted))) {
    return std::nullopt;
  }
  std::size_t secret = 0;
  for (std::size_t group = 1; group < wanted; ++group) {
    if (groups[group].data() != nullptr) secret = group;
  }
  const std::string_view found(groups[secret].data(), groups[secret].size());
  const auto begin = static_cast<std::size_t>(found.data() - text.data());
  const bool holds = (wanted == 1 || !is_placeholder(found)) && passes(data_.check, found) &&
                     (data_.min_entropy <= 0 || entropy(found) >= data_.min_entropy);
  return Match{{begin, begin + found.size()}, holds};
}

const std::vector<Rule>& built_in_rules() {
  static const auto* const rules = [] {
    auto* made = new std::vector<Rule>;
    made->reserve(std::size(scrub_tables::kRules));
    for (const RuleData& data : scrub_tables::kRules)
      made->emplace_back(data);
    return made;
  }();
  return *rules;
}

}  // namespace codex::telemetry
