// Why a generated session is not as it should be, in words that many sessions share.
#ifndef CLI_FUZZ_CAUSE_H_
#define CLI_FUZZ_CAUSE_H_

#include <functional>
#include <optional>
#include <string>

#include "golden/verdict.h"
#include "matrix/report.h"

namespace codex::cli {

struct FuzzCause {
  std::string id;     // "f" and 8 hex digits of the rest; the same in every run
  std::string where;  // `outcome/run failed /data/exception/text`
  std::string what;   // the change, without what is of one session alone
  bool operator==(const FuzzCause&) const = default;
};

// Whether the client has sent what the tape says that it sends. Where it has not, C++ was given
// another wire than Python, and a comparison says nothing about telemetry.
enum class FuzzScript {
  kKept,
  kLeft,        // it has sent another message; or both sides say that it left the script
  kLeftAlone,   // its outcome is off-script, that of C++ is another
};

struct FuzzJudgement {
  FuzzScript script = FuzzScript::kKept;
  std::optional<FuzzCause> cause;  // only where the script was kept
};

// The cause of the one difference that tells most: of the outcome if there is one, else the first.
// Coarser than golden::cause_of, where every other value is another cause: of a text in the outcome
// its words stay, without numbers and quotations; of any other value its kind.
//
// A crash of the C++ subject is a cause whatever the client does. Where only C++ ran, it says
// whether the script was left. `is_known` tells of a difference whether it is accepted.
FuzzJudgement judge_fuzz(
    const matrix::SessionReport& report,
    const std::function<bool(const golden::Difference&)>& is_known);

}  // namespace codex::cli

#endif  // CLI_FUZZ_CAUSE_H_
