// The forms in which a known secret may stand in a text.
#ifndef CODEX_TELEMETRY_SRC_KNOWN_VALUES_H_
#define CODEX_TELEMETRY_SRC_KNOWN_VALUES_H_

#include <string>
#include <string_view>
#include <vector>

namespace codex::telemetry {

struct KnownForm {
  std::string text;
  // The characters beside it hold bits of the value too, if they are base64 digits.
  bool base64 = false;
};

// Verbatim, JSON-escaped, URL-encoded, and as base64 wherever in a longer text the value stood.
std::vector<KnownForm> known_forms(std::string_view value);

bool base64_digit(char c);

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_KNOWN_VALUES_H_
