#include "golden/policy.h"

#include <algorithm>

namespace codex::golden {

bool is_ci(std::optional<std::string_view> ci) {
  if (!ci || ci->empty() || *ci == "0") return false;
  constexpr std::string_view kFalse = "false";
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
  return !std::equal(ci->begin(), ci->end(), kFalse.begin(), kFalse.end(), same);
}

std::optional<harness::Error> write_refusal(std::optional<std::string_view> ci,
                                            const std::string& local_command) {
  if (!is_ci(ci)) return std::nullopt;
  return harness::Error{
      .message =
          "nothing is written: CI is set in the environment, and goldens are written only "
          "where someone reviews them",
      .file = "",
      .line = 0,
      .hint = "run `" + local_command + "` on your machine and commit what it writes"};
}

}  // namespace codex::golden
