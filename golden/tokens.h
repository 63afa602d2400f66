// The hashes that stand for values where transcripts are aligned; of no meaning outside a process.
#ifndef GOLDEN_TOKENS_H_
#define GOLDEN_TOKENS_H_

#include <functional>
#include <string_view>

#include "codex/telemetry/json.h"
#include "golden/align.h"

namespace codex::golden {

inline Token mix(Token a, Token b) {
  Token mixed = (a ^ 0x9e3779b97f4a7c15U) * 0xbf58476d1ce4e5b9U + b;
  mixed ^= mixed >> 31;
  return mixed * 0x94d049bb133111ebU;
}

inline Token text_token(std::string_view text) {
  return std::hash<std::string_view>{}(text);
}

// Of a scalar; `content` is its text_token, 1 and 2 for true and false, 0 for null. Of an array or
// object: what its elements or members are mixed into, `content` 0.
inline Token value_token(json::Kind kind, Token content) {
  return mix(static_cast<Token>(kind), content);
}
// Elements count in their order, members in any.
inline Token with_element(Token array, Token element) {
  return mix(array, element);
}
inline Token with_member(Token object, Token key, Token value) {
  return object + mix(key, value);
}

// Observations of two names are never equal; `name` numbers the name.
inline Token observation_token(Token data, Token name) {
  return data + name * 0x9e3779b97f4a7c15U;
}

}  // namespace codex::golden

#endif  // GOLDEN_TOKENS_H_
