// Secrets are replaced before anything leaves.
//
// Rules are data (registry/scrub_rules.json): id, RE2 expression, literal keywords that must occur
// before the expression runs, which group is the secret. What is replaced becomes
// "[REDACTED:rule-id]". Idempotent and deterministic. A Scrubber is immutable: share it.
#ifndef CODEX_TELEMETRY_SCRUB_H_
#define CODEX_TELEMETRY_SCRUB_H_

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/json.h"

namespace codex::telemetry {

// Rule id → how often it replaced something. Never the value.
using ScrubCounts = std::map<std::string, std::size_t>;

class Scrubber {
 public:
  // The built-in rules. `known_values` (of at least 8 bytes) are replaced wherever they stand
  // verbatim, JSON-escaped, URL-encoded or as base64, by "[REDACTED:known-value]".
  explicit Scrubber(const std::vector<std::string>& known_values = {});
  ~Scrubber();
  Scrubber(Scrubber&&) noexcept;

  // A quick look for what rules start from: when it is false, scrub() changes nothing in `text`,
  // nor in the value that `text` is the JSON of.
  bool may_hold_secrets(std::string_view text) const;

  // For those who get a text in pieces: no literal that rules or known values start from is longer
  // (bytes); whether one of the known values goes over several lines.
  std::size_t longest_literal() const;
  bool literals_span_lines() const;

  // True when something was replaced.
  bool scrub(std::string& text, ScrubCounts* counts = nullptr) const;
  // Every string in the value, keys included; "key": "value" pairs whose key names a secret too.
  bool scrub(json::Value& value, ScrubCounts* counts = nullptr) const;

 private:
  struct Rules;
  std::unique_ptr<Rules> rules_;
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SCRUB_H_
