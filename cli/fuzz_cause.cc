#include "cli/fuzz_cause.h"

#include <algorithm>
#include <utility>

#include "golden/cause.h"
#include "harness/model/sha256.h"

namespace codex::cli {
namespace {

constexpr std::size_t kIdDigits = 8;
constexpr std::size_t kLongestWords = 100;

FuzzCause made(std::string where, std::string what) {
  std::string id = "f" + harness::sha256_hex(where + '\n' + what).substr(0, kIdDigits);
  return {std::move(id), std::move(where), std::move(what)};
}

// A text's words: what is quoted and what is a number differ from session to session.
std::string words_of(std::string_view text) {
  std::string out;
  char quote = 0;
  for (const char c : text) {
    const bool is_digit = c >= '0' && c <= '9';
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"' || c == '`') {
      quote = c;
      out += "'…'";
    } else if (is_digit) {
      if (out.empty() || out.back() != '#') out += '#';
    } else {
      out += c < ' ' || c == 0x7f ? ' ' : c;
    }
    if (out.size() >= kLongestWords) break;
  }
  return out;
}

std::string kind_of(const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::kNull:
      return "null";
    case json::Kind::kBoolean:
      return *value.boolean() ? "true" : "false";
    case json::Kind::kInteger:
    case json::Kind::kReal:
      return "a number";
    case json::Kind::kString:
      return "a text";
    case json::Kind::kArray:
      return "a list";
    case json::Kind::kObject:
      return "an object";
  }
  return "";
}

std::string side(const std::optional<json::Value>& value, bool in_words) {
  if (!value) return "nothing";
  return in_words && value->is_string() ? words_of(value->text()) : kind_of(*value);
}

bool is_outcome(const golden::Difference& difference) {
  return difference.lane.starts_with("outcome/");
}

// C++ is given what the tape says that the client sends.
bool is_sent_otherwise(const golden::Difference& difference) {
  return difference.lane.starts_with("wire/") && !difference.path.empty();
}

}  // namespace

FuzzJudgement judge_fuzz(const matrix::SessionReport& report,
                         const std::function<bool(const golden::Difference&)>& is_known) {
  std::optional<harness::Outcome> cpp;
  std::optional<harness::Outcome> client;
  for (const auto& [name, subject] : report.subjects) {
    (name == "cpp" ? cpp : client) = subject.outcome;
    if (name == "cpp" && subject.outcome == harness::Outcome::kCrash) {
      return {FuzzScript::kKept, made("subject cpp", "crash: " + words_of(subject.reason))};
    }
  }
  if ((client ? client : cpp) == harness::Outcome::kOffScript) {
    const bool alone = cpp != harness::Outcome::kOffScript;
    return {alone ? FuzzScript::kLeftAlone : FuzzScript::kLeft, std::nullopt};
  }
  // C++ alone off the script has misjudged what the client sends: that is a difference.
  if (client == harness::Outcome::kUnavailable || cpp == harness::Outcome::kUnavailable) return {};
  const golden::Difference* most = nullptr;
  for (const golden::JudgedDifference& each : report.judgement.differences) {
    if (each.known || is_known(each.difference)) continue;
    if (is_sent_otherwise(each.difference)) return {FuzzScript::kLeft, std::nullopt};
    if (most == nullptr || (is_outcome(each.difference) && !is_outcome(*most))) {
      most = &each.difference;
    }
  }
  if (most == nullptr) return {};
  std::string what = "keys in another order";
  if (!most->key_order) {
    const bool in_words = is_outcome(*most) && !most->path.empty();
    what = side(most->expected, in_words) + " in Python, " + side(most->actual, in_words) +
           " in C++";
  }
  return {FuzzScript::kKept, made(golden::cause_of(*most).where, std::move(what))};
}

}  // namespace codex::cli
