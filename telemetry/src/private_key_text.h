// Where the text of a private key begins and ends: the one secret that goes on over lines.
#ifndef CODEX_TELEMETRY_SRC_PRIVATE_KEY_TEXT_H_
#define CODEX_TELEMETRY_SRC_PRIVATE_KEY_TEXT_H_

#include <cstddef>
#include <string_view>

namespace codex::telemetry {

// Where the first key in text[0, cut) begins that what follows `text` may still change; npos: none.
std::size_t open_private_key(std::string_view text, std::size_t cut);
// Behind the header of the key that begins at `key`, which open_private_key() told.
std::size_t private_key_body(std::string_view text, std::size_t key);
// Whether the end of a key that was begun looks like what keys are made of.
bool is_key_body(std::string_view text);

// The end of a key, in text from the midst of it. When it is not found, no more than text from
// `at` on need be kept.
struct KeyEnd {
  bool found;
  std::size_t at;
};
KeyEnd key_end(std::string_view text);

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_PRIVATE_KEY_TEXT_H_
