// Names that tell of secrets ("api_key", "dbPassword"), and values that are none after all.
#ifndef CODEX_TELEMETRY_SRC_SCRUB_NAMES_H_
#define CODEX_TELEMETRY_SRC_SCRUB_NAMES_H_

#include <string_view>

namespace codex::telemetry {

enum class NameKind {
  kHarmless,  // input_tokens, author, password_policy
  kWeak,      // token, auth: secret if the value looks so
  kStrong,    // password, client_secret
};

// The name of a variable, field, header or option, in any spelling.
NameKind name_kind(std::string_view name);
// The same for a key of a JSON object, which also tells of headers with a value of their own.
NameKind key_kind(std::string_view key);

// Stands for a value: "", "[REDACTED:…]", "${TOKEN}", "<password>", "null", "****".
bool is_placeholder(std::string_view value);
// Has a letter and a digit, or is long, and is neither words nor a path.
bool looks_random(std::string_view value);
// Letters, underscores and dots: what code would call something.
bool looks_like_code(std::string_view value);
// Letters, digits, underscores and dots, no digit first.
bool is_identifier(std::string_view value);
// The same words, however they are put together: refresh_token and refreshToken.
bool same_name(std::string_view a, std::string_view b);
// Shannon entropy, bits a byte.
double entropy(std::string_view value);

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_SCRUB_NAMES_H_
