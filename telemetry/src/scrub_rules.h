// The built-in rules, compiled.
#ifndef CODEX_TELEMETRY_SRC_SCRUB_RULES_H_
#define CODEX_TELEMETRY_SRC_SCRUB_RULES_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <re2/re2.h>

namespace codex::telemetry {

enum class RuleKind {
  kToken,       // starts at a keyword; the whole match is the secret
  kContext,     // starts at a keyword; the last group that took part is the secret
  kAssignment,  // keywords stand in a name; the expression matches what follows the name
};

// What a secret must pass beside the expression.
enum class Check { kNone, kDigit, kRandom, kBasic, kAwsId };

// As the registry has it.
struct RuleData {
  std::string_view id;
  RuleKind kind;
  std::string_view pattern;
  std::span<const std::string_view> keywords;
  bool ignore_case;
  bool boundary;     // no letter or digit may stand before the match
  std::size_t back;  // the match starts so many bytes before the keyword
  Check check;
  double min_entropy;  // bits a character
  char run_stop;       // if not 0: what must follow the letters, digits, - and _ from the match on
};

struct Span {
  std::size_t begin;
  std::size_t end;
};

class Rule {
 public:
  explicit Rule(const RuleData& data);
  const RuleData& data() const { return data_; }
  const re2::RE2& expression() const { return *expression_; }
  // What the expression matches at `start`. Never for kAssignment.
  struct Match {
    Span secret;
    bool holds;  // the check too
  };
  std::optional<Match> match(std::string_view text, std::size_t start) const;

 private:
  const RuleData& data_;
  std::unique_ptr<re2::RE2> expression_;
};

// Tokens first. Compiled at the first call, never destroyed.
const std::vector<Rule>& built_in_rules();

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_SCRUB_RULES_H_
