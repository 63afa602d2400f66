// What a tape means for those who play it: processes to wait for, and orders to give, in order.
#ifndef HARNESS_PEER_PLAN_H_
#define HARNESS_PEER_PLAN_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "harness/peer/protocol.h"
#include "harness/tape/tape.h"

namespace codex::harness {

struct PlannedProcess {
  std::size_t line = 0;                          // of its `>`; 1 for a raw log
  std::optional<std::vector<std::string>> argv;  // nothing: any will do
  std::optional<std::string> input;              // nothing: none is expected
};

struct Step {
  std::size_t line = 0;
  std::size_t process = 0;     // index in Plan::processes
  std::optional<Order> order;  // nothing: the process must have been started
};

struct Plan {
  std::vector<PlannedProcess> processes;
  std::vector<Step> steps;
  std::size_t last_line = 0;
};

// What is to be done for an event, in order.
std::vector<Order> orders_of(const ProcessEvent& event);

// `tape` is one of exec. Where it tells no end of a process, an exit 0 is planned right after the
// last line of that process: other processes are not waited for.
Plan make_plan(const Tape& tape);

}  // namespace codex::harness

#endif  // HARNESS_PEER_PLAN_H_
