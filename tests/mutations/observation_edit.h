// One change to what a subject sent: the mutation of a mutation test.
#ifndef TESTS_MUTATIONS_OBSERVATION_EDIT_H_
#define TESTS_MUTATIONS_OBSERVATION_EDIT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "codex/telemetry/json.h"
#include "harness/model/observation.h"

namespace codex::test {

struct ObservationEdit {
  enum class Act {
    kSet,     // the value at `path` becomes `value`
    kName,    // the observation's name becomes `value`
    kLane,    // its lane becomes `value`
    kDrop,    // it is not sent
    kDouble,  // it is sent twice
    kSwap     // it and the one at `other` change places
  };
  Act act = Act::kSet;
  std::size_t at = 0;     // of the observation, in the order in which they are sent
  std::size_t other = 0;  // of kSwap
  std::string path;       // of kSet: JSON pointer in the observation's data; "" is all of it
  json::Value value;

  bool operator==(const ObservationEdit&) const = default;
};

json::Value to_json(const ObservationEdit& edit);
ObservationEdit edit_from_json(const json::Value& value);

// False, and nothing is changed, where there is no such observation or no value at the path.
bool apply(const ObservationEdit& edit, std::vector<harness::Observation>& observations);

// As json_pointer's readers take it; null where the path leads nowhere.
json::Value* value_at(json::Value& root, const std::string& pointer);

}  // namespace codex::test

#endif  // TESTS_MUTATIONS_OBSERVATION_EDIT_H_
