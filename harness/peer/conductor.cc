#include "harness/peer/conductor.h"

#include "harness/peer/app_server_conductor.h"
#include "harness/peer/exec_conductor.h"

namespace codex::harness {

std::unique_ptr<Conductor> make_conductor(const Tape& tape) {
  if (tape.transport == Transport::kExec) return std::make_unique<ExecConductor>(tape);
  return std::make_unique<AppServerConductor>(tape);
}

}  // namespace codex::harness
