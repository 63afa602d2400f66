// What a subject let its user see: one observation, and a transcript of them.
#ifndef HARNESS_MODEL_OBSERVATION_H_
#define HARNESS_MODEL_OBSERVATION_H_

#include <string>
#include <string_view>
#include <vector>

#include "codex/telemetry/json.h"

namespace codex::harness {

// lane is "CHANNEL/SCOPE": CHANNEL one of wire event log span approval usage hook outcome, SCOPE
// one of run, global, thread:N, turn:N, call:N, trace:N; a subject says thread:ID and turn:ID, with
// codex's own id, which normalization numbers. Order is exact within a lane and means nothing
// across lanes.
struct Observation {
  std::string lane;
  std::string name;
  json::Value data;

  std::string_view channel() const { return std::string_view(lane).substr(0, lane.find('/')); }
  bool operator==(const Observation&) const = default;
};

json::Value to_json(const Observation& observation);
// False when the value is no observation; `why` then says what is missing.
bool from_json(const json::Value& value, Observation& observation, std::string& why);

}  // namespace codex::harness

#endif  // HARNESS_MODEL_OBSERVATION_H_
