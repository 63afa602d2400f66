// One agent run from a driver: the scripted model's steps, the codex calls that they ask for, and
// the library calls that a host's own loop would make at each point.
#ifndef HARNESS_AGENT_RUN_AGENT_SESSION_H_
#define HARNESS_AGENT_RUN_AGENT_SESSION_H_

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codex/telemetry/agent.h"
#include "codex/telemetry/event.h"
#include "harness/agent_run/call_ids.h"
#include "harness/agent_run/codex_call.h"
#include "harness/agent_run/recorder.h"
#include "harness/agent_run/tape_player.h"
#include "harness/tape/tape.h"

namespace codex::harness {

class AgentSession {
 public:
  // Who would wait for `patience` or longer, on a codex that stalls, hangs.
  AgentSession(const Tape& tape, std::chrono::milliseconds patience, telemetry::Hub& hub,
               telemetry::TraceProvider& provider, Recorder& recorder);
  ~AgentSession();
  // Runs to the end and reports the outcome.
  void run();
  // Why the session hangs or is off script: what was seen, where. Else empty.
  const std::string& reason() const { return reason_; }

 private:
  struct Call;
  enum class Next { kGoOn, kFinal, kFailed, kHang, kOffScript };

  Next turn(telemetry::AgentRun& run, const json::Value& step);
  Next tools(telemetry::AgentRun& run, const json::Array& calls);
  void begin(telemetry::AgentRun& run, Call& call);
  void settle(telemetry::AgentRun& run, Call& call);
  json::Array model_output(const json::Value& step) const;
  json::Value option(std::string_view key) const;  // of the driver; null when absent
  telemetry::RunSettings settings() const;
  void report(telemetry::AgentRun& run, Next end);

  const Tape& tape_;
  const std::chrono::milliseconds patience_;
  telemetry::Hub& hub_;
  telemetry::TraceProvider& provider_;
  Recorder& recorder_;
  // Of all steps: the player asks them whether they are done for as long as it plays.
  std::vector<std::unique_ptr<Call>> calls_;
  TapePlayer player_;
  CodexToolState tool_;
  CallIds call_ids_;
  bool refused_ = false;   // the model's answer, for its calls' ids
  json::Array input_;      // what the model gets, growing
  json::Array new_items_;  // what the run made
  json::Value final_output_;
  telemetry::ClientError error_;
  std::optional<TapePlayer::OffScript> off_script_;
  std::string reason_;
};

}  // namespace codex::harness

#endif  // HARNESS_AGENT_RUN_AGENT_SESSION_H_
