// Secrets are replaced before anything leaves.
//
// Rules are data (registry/scrub_rules.json): id, RE2 expression, literal keywords that must occur
// before the expression runs, which group is the secret. What is replaced becomes
// "[REDACTED:rule-id]". Idempotent and deterministic. A Scrubber is immutable: share it.
//
// Everything of this library that hands something out (hubs, pipelines, loggers, trace providers,
// adapters, test sinks) scrubs it first, by default_scrubber() unless told otherwise.
#ifndef CODEX_TELEMETRY_SCRUB_H_
#define CODEX_TELEMETRY_SCRUB_H_

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
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
  // The same of all texts and keys in it. Allocates nothing.
  bool texts_may_hold_secrets(const json::Value& value) const;
  bool texts_may_hold_secrets(const json::Object& object) const;

  // For those who get a text in pieces: no literal that rules or known values start from is longer
  // (bytes); whether one of the known values goes over several lines.
  std::size_t longest_literal() const;
  bool literals_span_lines() const;
  // How many bytes at the end of `text` may be the begin of a literal that goes on behind it.
  std::size_t open_end(std::string_view text) const;

  // True when something was replaced.
  bool scrub(std::string& text, ScrubCounts* counts = nullptr) const;
  // Every string in the value, keys included; "key": "value" pairs whose key names a secret too.
  bool scrub(json::Value& value, ScrubCounts* counts = nullptr) const;

 private:
  struct Rules;
  std::unique_ptr<Rules> rules_;
};

// What the variables of an environment ("NAME=VALUE") hold whose names tell of secrets: for a
// Scrubber, as its known values. Values that are short, a plain word, a path or a placeholder are
// no secrets. The second reads this process's own.
std::vector<std::string> secret_values(const std::vector<std::string>& environment);
std::vector<std::string> secret_environment_values();

// The built-in rules and the secret values of this process's environment, as it stood at the first
// call. Never destroyed.
const std::shared_ptr<const Scrubber>& default_scrubber();

// What something that hands texts out does about the secrets in them.
class Scrubbing {
 public:
  // default_scrubber(), which is made when it is needed first.
  Scrubbing() = default;
  // By rules of one's own. Not null.
  explicit Scrubbing(std::shared_ptr<const Scrubber> scrubber) : scrubber_(std::move(scrubber)) {}
  // Nothing is replaced. For those who compare what happened to the byte, and scrub it themselves
  // before it is shown or kept.
  static Scrubbing off() {
    Scrubbing none;
    none.off_ = true;
    return none;
  }
  // Null when it is off.
  const std::shared_ptr<const Scrubber>& scrubber() const {
    return off_ || scrubber_ ? scrubber_ : default_scrubber();
  }

 private:
  std::shared_ptr<const Scrubber> scrubber_;
  bool off_ = false;
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SCRUB_H_
