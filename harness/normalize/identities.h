// Ids and the placeholders that stand for them.
#ifndef HARNESS_NORMALIZE_IDENTITIES_H_
#define HARNESS_NORMALIZE_IDENTITIES_H_

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/json.h"
#include "harness/normalize/walk.h"

namespace codex::harness {

// At least 8 of [A-Za-z0-9_-] with a digit among them. Anything else ("1", "default") could as
// well be a word of a text, and is left alone.
bool looks_like_id(std::string_view text);

class Identities {
 public:
  // Gives the id the next number of its kind. An id that is known keeps what it has; one that
  // doesn't look like an id gets none.
  void add(std::string_view kind, std::string_view id);
  // The same with a number, for an id whose form the caller has checked.
  void add(std::string_view kind, std::string_view id, std::size_t number);

  struct Replacement {
    std::string kind;    // of the first id in the string
    std::string before;  // the string as it was
  };
  using OnReplace = std::function<void(const Place& place, const Replacement& replacement)>;

  // Replaces every id that stands as a whole token, i.e. not inside a longer run of
  // [A-Za-z0-9_-]. The kind of the first one, empty when there is none.
  std::string replace(std::string& text) const;
  void replace(json::Value& value, const OnReplace& on_replace = {}) const;

 private:
  struct Identity {
    std::string kind;
    std::string placeholder;
  };
  // The known id that `token` is, or that it is after an escape's letter ("\n" in JSON text).
  const Identity* known(std::string_view token) const;

  std::map<std::string, Identity, std::less<>> known_;
  std::map<std::string, std::size_t, std::less<>> counts_;
};

}  // namespace codex::harness

#endif  // HARNESS_NORMALIZE_IDENTITIES_H_
