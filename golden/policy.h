// May goldens be written? Not where nobody reviews what is written.
#ifndef GOLDEN_POLICY_H_
#define GOLDEN_POLICY_H_

#include <optional>
#include <string>
#include <string_view>

#include "harness/model/result.h"

namespace codex::golden {

// The value of the environment's CI, nothing where it is not set. Set means on, save for "",
// "0" and "false" in any case.
bool is_ci(std::optional<std::string_view> ci);

// Nothing where a golden, a pending file or a registry entry may be written, else why not and the
// command to run locally instead ("codex-telemetry-diff golden update …").
std::optional<harness::Error> write_refusal(std::optional<std::string_view> ci,
                                            const std::string& local_command);

}  // namespace codex::golden

#endif  // GOLDEN_POLICY_H_
