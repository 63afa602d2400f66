#include "matrix/night.h"

namespace codex::matrix {

const char* standing_name(Standing standing) {
  switch (standing) {
    case Standing::kNew: return "new";
    case Standing::kPersistent: return "persistent";
    case Standing::kFlaky: return "flaky";
    case Standing::kKnown: return "known";
    case Standing::kFixed: return "fixed";
  }
  return "";
}

}  // namespace codex::matrix
