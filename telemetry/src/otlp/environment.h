// The grammars of the OTEL_* variables.
// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
#ifndef CODEX_TELEMETRY_SRC_OTLP_ENVIRONMENT_H_
#define CODEX_TELEMETRY_SRC_OTLP_ENVIRONMENT_H_

#include <optional>
#include <string>
#include <string_view>

#include "codex/telemetry/otlp.h"

namespace codex::telemetry::otlp {

// "%41" → "A"; nothing where a percent sign has not two hex digits behind it.
std::optional<std::string> percent_decoded(std::string_view text);
// "key=value,key2=value2", blanks around keys and values do not count, values (and keys) are
// percent-decoded; empty members are skipped. Nothing where it is malformed.
std::optional<OtlpPairs> parse_pairs(std::string_view text);
// Could be sent as a header: a token, and no control characters in the value.
bool valid_header(std::string_view name, std::string_view value);

// What was told once may be told again. For tests.
void forget_complaints();

}  // namespace codex::telemetry::otlp

#endif  // CODEX_TELEMETRY_SRC_OTLP_ENVIRONMENT_H_
