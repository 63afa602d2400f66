// What doctor found, a line each: what it is about, what there is, and the command that mends it.
#ifndef CLI_CHECKUP_H_
#define CLI_CHECKUP_H_

#include <string>

#include "cli/console.h"

namespace codex::cli {

enum class Health {
  kOk,
  kMissing,  // something that every run needs
  kLimited,  // something that one command cannot do, or does otherwise than one may think
  kNote,     // good to know
};

class Checkup {
 public:
  explicit Checkup(const Console& console) : console_(console) {}

  // `mend`: a shell command, or where to write what; empty where nothing is to be mended. All texts
  // are escaped.
  void tell(Health health, const std::string& what, const std::string& found,
            const std::string& mend = "");
  // kOk, or `otherwise` with its mend.
  void check(bool good, const std::string& what, const std::string& found, const std::string& mend,
             Health otherwise = Health::kMissing);
  bool anything_missing() const { return missing_; }

 private:
  const Console& console_;
  bool missing_ = false;
};

}  // namespace codex::cli

#endif  // CLI_CHECKUP_H_
