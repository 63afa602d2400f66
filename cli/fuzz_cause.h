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

// The cause of the one difference that tells most: of the outcome if there is one, else the first.
// Coarser than golden::cause_of, where every other value is another cause: of a text in the outcome
// its words stay, without numbers and quotations; of any other value its kind.
//
// A crash of the C++ subject is a cause whatever the client does. Nothing: the two agree, or the
// client has not sent what the tape says that it sends (its outcome is off-script, or a message of
// its own differs), which says nothing about telemetry.
// `is_known` tells of a difference whether it is accepted.
std::optional<FuzzCause> fuzz_cause(
    const matrix::SessionReport& report,
    const std::function<bool(const golden::Difference&)>& is_known);

}  // namespace codex::cli

#endif  // CLI_FUZZ_CAUSE_H_
