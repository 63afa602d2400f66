#include "codex/telemetry/scrub.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

#include "assignment.h"
#include "keyword_scan.h"
#include "known_values.h"
#include "scrub_rules.h"
#include "scrub_tables.h"

namespace codex::telemetry {
namespace {

constexpr std::size_t kShortest = 8;  // of a text that is looked at, and of a known value
constexpr std::string_view kKnownValue = "known-value";

bool letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool digit(char c) {
  return c >= '0' && c <= '9';
}
bool hex(char c) {
  return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// Whether text[0, end) ends in an escape sequence, so that its last letter is none: \n in JSON,
// \u001b, %3D in a URL, ESC [ 31 m on a terminal.
bool ends_in_escape(std::string_view text) {
  const auto tail = [&text](std::size_t count) { return text.substr(text.size() - count); };
  const auto all_hex = [](std::string_view code) {
    return std::all_of(code.begin(), code.end(), hex);
  };
  if (text.size() >= 2 && text[text.size() - 2] == '\\' &&
      std::string_view("nrtbf").find(text.back()) != std::string_view::npos) {
    return true;
  }
  if (text.size() >= 3 && tail(3)[0] == '%' && all_hex(tail(2))) return true;
  if (text.size() >= 6 && tail(6).starts_with("\\u") && all_hex(tail(4))) return true;
  if (text.back() != 'm') return false;
  std::size_t at = text.size() - 1;
  while (at > 0 && text.size() - at < 16 && (digit(text[at - 1]) || text[at - 1] == ';'))
    --at;
  return at > 0 && text[at - 1] == '[';
}

// Whether what stands before is the inside of an encoded blob, where '/', '+' and '-' are digits.
bool ends_in_blob(std::string_view text) {
  constexpr std::size_t kLooked = 48;
  if (text.size() < kLooked) return false;
  bool upper = false, small = false, digits = false;
  for (const char c : text.substr(text.size() - kLooked)) {
    if (!base64_digit(c)) return false;
    upper |= c >= 'A' && c <= 'Z';
    small |= c >= 'a' && c <= 'z';
    digits |= digit(c);
  }
  return upper && small && digits;
}

bool token_may_start(std::string_view text, std::size_t at) {
  if (at == 0) return true;
  const std::string_view before = text.substr(0, at);
  const char last = before.back();
  if (letter(last) || digit(last)) return ends_in_escape(before);
  if (last == '_') return false;
  return !((last == '/' || last == '+' || last == '-') && ends_in_blob(before));
}

bool in_run(char c) {
  return letter(c) || digit(c) || c == '-' || c == '_';
}

using PerRule = std::array<std::size_t, std::size(scrub_tables::kRules)>;

struct Found {
  Span span;
  std::uint32_t rule;
  std::size_t size() const { return span.end - span.begin; }
};

}  // namespace

struct Scrubber::Rules {
  const std::vector<Rule>& rules = built_in_rules();
  KeywordScanner scanner;
  std::vector<KnownForm> known;  // keyword rules.size() + i

  explicit Rules(const std::vector<std::string>& known_values);
  std::string_view id(std::uint32_t rule) const {
    return rule < rules.size() ? rules[rule].data().id : kKnownValue;
  }
  bool is(const KeywordScanner::Hit& hit, RuleKind kind) const {
    return hit.keyword < rules.size() && rules[hit.keyword].data().kind == kind;
  }

  std::vector<Found> find(std::string_view text) const;
  void find_known(std::string_view text, const std::vector<KeywordScanner::Hit>& hits,
                  std::vector<Found>& found) const;
  void find_tokens(std::string_view text, const std::vector<KeywordScanner::Hit>& hits,
                   std::vector<Found>& found) const;
  void find_by_context(std::string_view text, const std::vector<KeywordScanner::Hit>& hits,
                       std::vector<Found>& found) const;
};

Scrubber::Rules::Rules(const std::vector<std::string>& known_values) {
  for (std::uint32_t i = 0; i < rules.size(); ++i) {
    const RuleData& data = rules[i].data();
    for (const std::string_view keyword : data.keywords)
      scanner.add(keyword, data.ignore_case, i);
    if (data.kind != RuleKind::kAssignment) continue;
    for (const std::string_view word : scrub_tables::kKeysNames) {
      scanner.add(std::string(word) + "key", true, i);  // _key, -key and .key are in the file
      scanner.add(std::string(word) + " key", true, i);
    }
  }
  for (const std::string& value : known_values) {
    if (value.size() < kShortest) continue;
    for (KnownForm& form : known_forms(value)) {
      const std::size_t keyword = rules.size() + known.size();
      scanner.add(form.text, false, static_cast<std::uint32_t>(keyword));
      known.push_back(std::move(form));
    }
  }
}

void Scrubber::Rules::find_known(std::string_view text,
                                 const std::vector<KeywordScanner::Hit>& hits,
                                 std::vector<Found>& found) const {
  for (const auto& hit : hits) {
    if (hit.keyword < rules.size()) continue;
    const KnownForm& form = known[hit.keyword - rules.size()];
    Span span{hit.position, hit.position + form.text.size()};
    if (form.base64) {
      if (span.begin > 0 && base64_digit(text[span.begin - 1])) --span.begin;
      if (span.end < text.size() && base64_digit(text[span.end])) ++span.end;
    }
    found.push_back({span, static_cast<std::uint32_t>(rules.size())});
  }
}

void Scrubber::Rules::find_tokens(std::string_view text,
                                  const std::vector<KeywordScanner::Hit>& hits,
                                  std::vector<Found>& found) const {
  std::size_t end = 0;
  std::size_t run_end = 0;
  PerRule refused{};  // up to where
  for (const auto& hit : hits) {
    if (!is(hit, RuleKind::kToken)) continue;
    const Rule& rule = rules[hit.keyword];
    if (hit.position < std::max(end, refused[hit.keyword]) + rule.data().back) continue;
    const std::size_t start = hit.position - rule.data().back;
    // Right behind another token a token may start: that one is about to be replaced.
    if (rule.data().boundary && (start == 0 || start != end) && !token_may_start(text, start)) {
      continue;
    }
    if (rule.data().run_stop != 0) {
      for (run_end = std::max(run_end, start); run_end < text.size() && in_run(text[run_end]);) {
        ++run_end;
      }
      if (run_end == text.size() || text[run_end] != rule.data().run_stop) continue;
    }
    const auto match = rule.match(text, start);
    if (!match) continue;
    if (!match->holds) {
      refused[hit.keyword] = match->secret.end;
      continue;
    }
    found.push_back({match->secret, hit.keyword});
    end = match->secret.end;
  }
}

void Scrubber::Rules::find_by_context(std::string_view text,
                                      const std::vector<KeywordScanner::Hit>& hits,
                                      std::vector<Found>& found) const {
  // A secret is not looked into for the names of others.
  const std::vector<Found> tokens = found;
  std::size_t token = 0;
  PerRule ends{};
  UnquotedRun run;
  for (const auto& hit : hits) {
    if (hit.keyword >= rules.size() || is(hit, RuleKind::kToken)) continue;
    while (token < tokens.size() && tokens[token].span.end <= hit.position)
      ++token;
    if (token < tokens.size() && tokens[token].span.begin < hit.position) continue;
    if (hit.position < ends[hit.keyword]) continue;
    const Rule& rule = rules[hit.keyword];
    if (rule.data().kind == RuleKind::kAssignment) {
      const Span name = name_around(text, hit.position);
      ends[hit.keyword] = name.end;
      if (name.begin == name.end) continue;
      const auto secret = assigned_secret(text, name, rule, run);
      if (!secret) continue;
      found.push_back({*secret, hit.keyword});
      ends[hit.keyword] = secret->end;
    } else if (const auto match = rule.match(text, hit.position)) {
      if (match->holds) found.push_back({match->secret, hit.keyword});
      ends[hit.keyword] = match->secret.end;
    }
  }
}

std::vector<Found> Scrubber::Rules::find(std::string_view text) const {
  std::vector<KeywordScanner::Hit> hits;
  scanner.scan(text, hits);
  std::vector<Found> found;
  if (hits.empty()) return found;
  std::sort(hits.begin(), hits.end(), [](const auto& a, const auto& b) {
    return a.position != b.position ? a.position < b.position : a.keyword < b.keyword;
  });
  find_tokens(text, hits, found);
  find_by_context(text, hits, found);
  find_known(text, hits, found);
  std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
    return a.span.begin != b.span.begin ? a.span.begin < b.span.begin : a.size() > b.size();
  });
  // What overlaps is replaced as one, named by the longest; a known value, then a token, before a
  // context.
  const auto rank = [this](const Found& one) {
    return one.rule == rules.size() ? 0 : one.rule + 1;
  };
  std::vector<Found> merged;
  std::size_t longest = 0;
  for (const Found& next : found) {
    if (merged.empty() || next.span.begin >= merged.back().span.end) {
      merged.push_back(next);
      longest = next.size();
      continue;
    }
    Found& last = merged.back();
    last.span.end = std::max(last.span.end, next.span.end);
    if (next.size() > longest || (next.size() == longest && rank(next) < rank(last))) {
      last.rule = next.rule;
      longest = next.size();
    }
  }
  return merged;
}

Scrubber::Scrubber(const std::vector<std::string>& known_values)
    : rules_(std::make_unique<Rules>(known_values)) {}
Scrubber::~Scrubber() = default;
Scrubber::Scrubber(Scrubber&&) noexcept = default;

bool Scrubber::may_hold_secrets(std::string_view text) const {
  // An escape sequence of JSON may hide a keyword: \u0073k-, :\/\/.
  for (std::size_t at = 0; (at = text.find('\\', at)) != std::string_view::npos; at += 2) {
    if (at + 1 < text.size() && (text[at + 1] == 'u' || text[at + 1] == '/')) return true;
  }
  return rules_->scanner.contains_any(text);
}

bool Scrubber::texts_may_hold_secrets(const json::Value& value) const {
  if (const std::string* text = value.string()) return may_hold_secrets(*text);
  if (const json::Array* array = value.array()) {
    return std::any_of(array->begin(), array->end(),
                       [this](const json::Value& element) { return texts_may_hold_secrets(element); });
  }
  const json::Object* const object = value.object();
  return object != nullptr && texts_may_hold_secrets(*object);
}

bool Scrubber::texts_may_hold_secrets(const json::Object& object) const {
  return std::any_of(object.begin(), object.end(), [this](const json::Object::Member& member) {
    return may_hold_secrets(member.first) || texts_may_hold_secrets(member.second);
  });
}

std::size_t Scrubber::open_end(std::string_view text) const {
  return rules_->scanner.open_end(text);
}

std::size_t Scrubber::longest_literal() const {
  std::size_t longest = 0;
  for (const Rule& rule : rules_->rules) {
    for (const std::string_view word : rule.data().keywords) longest = std::max(longest, word.size());
  }
  for (const std::string_view word : scrub_tables::kKeysNames) {
    longest = std::max(longest, word.size() + std::string_view(" key").size());
  }
  for (const KnownForm& form : rules_->known) longest = std::max(longest, form.text.size());
  return longest;
}

bool Scrubber::literals_span_lines() const {
  return std::any_of(rules_->known.begin(), rules_->known.end(), [](const KnownForm& form) {
    return form.text.find('\n') != std::string::npos;
  });
}

bool Scrubber::scrub(std::string& text, ScrubCounts* counts) const {
  bool changed = false;
  // What is replaced can uncover what it stood before; more than two rounds have not been seen.
  for (int round = 0; round < 4 && text.size() >= kShortest; ++round) {
    const std::vector<Found> found = rules_->find(text);
    if (found.empty()) break;
    changed = true;
    std::string clean;
    clean.reserve(text.size());
    std::size_t copied = 0;
    for (const Found& secret : found) {
      const std::string_view id = rules_->id(secret.rule);
      clean.append(text, copied, secret.span.begin - copied);
      clean.append("[REDACTED:").append(id).append("]");
      copied = secret.span.end;
      if (counts != nullptr) ++(*counts)[std::string(id)];
    }
    clean.append(text, copied);
    text = std::move(clean);
  }
  return changed;
}

}  // namespace codex::telemetry
