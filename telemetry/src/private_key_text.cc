#include "private_key_text.h"

#include <algorithm>

namespace codex::telemetry {
namespace {

constexpr auto kNone = std::string_view::npos;
constexpr std::string_view kBegin = "-----BEGIN";
constexpr std::string_view kDashes = "-----";
constexpr std::string_view kPrivateKey = "PRIVATE KEY";
constexpr std::string_view kWords = " ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
// What stands in a key without END: digits of base64 and what is between the lines.
constexpr std::string_view kBody =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t\r\n\f\v>|-\\";

// Behind the header that begins at `at`; kNone when it is none. As in registry/scrub_rules.json.
std::size_t header_end(std::string_view text, std::size_t at) {
  const std::size_t words = at + kBegin.size();
  const std::size_t end = text.find_first_not_of(kWords, words);
  if (end == kNone || !text.substr(end).starts_with(kDashes)) return kNone;
  const std::size_t name = text.substr(0, end).rfind(kPrivateKey);
  return name == kNone || name < words ? kNone : end + kDashes.size();
}

enum class Tail { kEnds, kOther, kCut };

// What stands at a run of five or more dashes; `end` is set behind it if it ends the key.
Tail tail_at(std::string_view text, std::size_t dashes, std::size_t& end) {
  const std::size_t word = text.find_first_not_of('-', dashes);
  if (std::min(word, text.size()) - dashes > 6) return Tail::kOther;
  if (word == kNone) return Tail::kCut;
  const std::string_view rest = text.substr(word);
  constexpr std::string_view kEnd = "END";
  if (rest.size() < kEnd.size()) return kEnd.starts_with(rest) ? Tail::kCut : Tail::kOther;
  if (!rest.starts_with(kEnd)) return Tail::kOther;
  const std::size_t close = text.find_first_not_of(kWords, word + kEnd.size());
  constexpr std::size_t kLongestName = 60;
  if (std::min(close, text.size()) - word > kEnd.size() + kLongestName) return Tail::kOther;
  if (close == kNone) return Tail::kCut;
  const std::string_view closing = text.substr(close, kDashes.size());
  if (closing == kDashes) {
    end = close + kDashes.size();
    return Tail::kEnds;
  }
  return kDashes.starts_with(closing) ? Tail::kCut : Tail::kOther;
}

}  // namespace

std::size_t open_private_key(std::string_view text, std::size_t cut) {
  std::size_t at = 0;
  while ((at = text.find(kBegin, at)) < cut) {
    const std::size_t body = header_end(text, at);
    if (body == kNone) {
      at += kBegin.size();
      continue;
    }
    const std::size_t dashes = text.find(kDashes, body);
    if (dashes == kNone) return at;
    std::size_t end = 0;
    const Tail tail = tail_at(text, dashes, end);
    if (tail == Tail::kCut || (tail == Tail::kEnds && end > cut)) return at;
    if (tail == Tail::kOther) {
      // It goes as far as there are lines of base64.
      end = text.find_first_not_of(kBody, body);
      if (end >= cut) return at;
      end = body;
    }
    at = end;
  }
  return kNone;
}

std::size_t private_key_body(std::string_view text, std::size_t key) {
  return std::min(header_end(text, key), text.size());
}

bool is_key_body(std::string_view text) {
  constexpr std::size_t kLooked = 64;
  if (text.size() < 2 * kLooked) return false;
  text.remove_prefix(text.size() - kLooked);
  return text.find_first_not_of(kBody) == kNone && text.find(' ') == kNone;
}

KeyEnd key_end(std::string_view text) {
  std::size_t end = 0;
  const std::size_t other = std::min(text.find_first_not_of(kBody), text.size());
  for (std::size_t at = 0; (at = text.find(kDashes, at)) < other;) {
    const Tail tail = tail_at(text, at, end);
    if (tail == Tail::kEnds) return {true, end};
    if (tail == Tail::kCut) return {false, at};
    at = std::min(text.find_first_not_of('-', at), text.size());
  }
  if (other < text.size()) return {true, other};
  // Dashes at the very end may become five.
  const std::size_t last = text.find_last_not_of('-');
  return {false, last == kNone ? 0 : last + 1};
}

}  // namespace codex::telemetry
