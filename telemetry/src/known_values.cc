#include "known_values.h"

#include <algorithm>
#include <cstddef>

#include "codex/telemetry/json.h"

namespace codex::telemetry {
namespace {

bool alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::string json_escaped(std::string_view value, bool ensure_ascii) {
  json::Style style = json::kCompact;
  style.ensure_ascii = ensure_ascii;
  const std::string quoted = json::dump(json::Value(value), style);
  return quoted.substr(1, quoted.size() - 2);
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// `kept` stands as it is, beside letters and digits.
std::string url_encoded(std::string_view value, std::string_view kept, const char* digits) {
  std::string text;
  for (const char c : value) {
    if (alphanumeric(c) || kept.find(c) != std::string_view::npos) {
      text += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    text += '%';
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

// The base64 digits that depend on the value alone when `before` bytes (modulo 3) precede it.
std::string base64_core(std::string_view value, std::size_t before, bool url) {
  static constexpr std::string_view kCommon =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  const std::size_t first_bit = before * 8;
  const std::size_t end_bit = first_bit + value.size() * 8;
  const auto bit = [&](std::size_t at) {
    const std::size_t own = at - first_bit;
    const unsigned byte = static_cast<unsigned char>(value[own / 8]);
    return byte >> (7 - own % 8) & 1U;
  };
  std::string core;
  for (std::size_t at = (first_bit + 5) / 6 * 6; at + 6 <= end_bit; at += 6) {
    unsigned digit = 0;
    for (std::size_t k = 0; k < 6; ++k)
      digit = digit << 1 | bit(at + k);
    core += digit < kCommon.size() ? kCommon[digit]
            : digit == 62          ? (url ? '-' : '+')
                                   : (url ? '_' : '/');
  }
  return core;
}

}  // namespace

bool base64_digit(char c) {
  return alphanumeric(c) || c == '+' || c == '/' || c == '-' || c == '_';
}

std::vector<KnownForm> known_forms(std::string_view value) {
  std::vector<KnownForm> forms;
  const auto add = [&forms](std::string text, bool base64 = false) {
    const bool known = std::any_of(forms.begin(), forms.end(),
                                   [&text](const KnownForm& form) { return form.text == text; });
    if (!known) forms.push_back({std::move(text), base64});
  };
  add(std::string(value));
  for (const bool ensure_ascii : {true, false}) {
    std::string once = json_escaped(value, ensure_ascii);
    add(replaced(once, "/", "\\/"));
    add(json_escaped(once, ensure_ascii));  // JSON in a string of JSON
    add(std::move(once));
  }
  for (const std::string_view kept : {"-._~", "-._~!*'()", "-._~/", ""}) {
    for (const char* digits : {"0123456789ABCDEF", "0123456789abcdef"}) {
      std::string text = url_encoded(value, kept, digits);
      add(replaced(text, "%20", "+"));
      add(std::move(text));
    }
  }
  for (const bool url : {false, true}) {
    for (std::size_t before = 0; before < 3; ++before)
      add(base64_core(value, before, url), true);
  }
  return forms;
}

}  // namespace codex::telemetry
