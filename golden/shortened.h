// A value made short enough to be read, without losing sight of where it differs.
#ifndef GOLDEN_SHORTENED_H_
#define GOLDEN_SHORTENED_H_

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/json.h"

namespace codex::golden {

struct ShortenLimits {
  std::size_t longest_value = 4096;  // bytes as JSON, roughly
  std::size_t longest_text = 400;    // characters of a string
};

// `at` is the JSON pointer at which `value` stands. What `keep` points at stays, cut only where it
// is a long string itself: then the part from `from` on is what stays (if that is not 0). Of the
// rest, what comes first stays. Appends to `cut` the pointers at which something is gone.
// An array with elements missing before others becomes an object with their indices as keys, so
// that pointers still hold.
json::Value shortened(const json::Value& value, const std::string& at,
                      const std::map<std::string, std::size_t>& keep, const ShortenLimits& limits,
                      std::vector<std::string>& cut);

// How many characters two strings have in common at their beginning.
std::size_t common_prefix(std::string_view a, std::string_view b);

}  // namespace codex::golden

#endif  // GOLDEN_SHORTENED_H_
