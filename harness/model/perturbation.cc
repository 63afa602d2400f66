#include "harness/model/perturbation.h"

#include <charconv>
#include <cstdlib>
#include <string_view>

namespace codex::harness {

std::optional<std::uint64_t> perturbation() {
  const char* set = std::getenv(kPerturbVariable);
  if (set == nullptr) return std::nullopt;
  const std::string_view text = set;
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace codex::harness
