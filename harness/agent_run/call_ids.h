// What Runner makes of the ids of tool calls (openai-agents 0.24.0: agents/_tool_invocation.py;
// agents/run_internal/tool_planning.py and turn_resolution.py, which check before any tool runs).
#ifndef HARNESS_AGENT_RUN_CALL_IDS_H_
#define HARNESS_AGENT_RUN_CALL_IDS_H_

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "codex/telemetry/client_error.h"

namespace codex::harness {

// Of one run.
class CallIds {
 public:
  struct Call {
    std::string id;
    std::string arguments;  // as the model wrote them
  };
  // The calls of one answer of the model. Either why the run ends (an id is empty, or stands for two
  // calls, or arguments hold a lone surrogate, which their fingerprint can't be made of), or for each whether it is one that the run has not seen: an exact repetition is left out,
  // of the run's items too.
  using Checked = std::variant<telemetry::ClientError, std::vector<bool>>;
  Checked check(const std::vector<Call>& calls);

 private:
  std::map<std::string, std::string> seen_;  // id → what was called, of answers before
};

}  // namespace codex::harness

#endif  // HARNESS_AGENT_RUN_CALL_IDS_H_
