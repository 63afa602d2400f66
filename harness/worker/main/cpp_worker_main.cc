// codex-telemetry-cpp-worker: runs the cpp subject's sessions for codex-telemetry-diff, which
// speaks to it through a socket at descriptor 3 (harness/worker/serve.h).
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>

#include <chrono>
#include <cstdio>
#include <functional>

#include "harness/agent_run/cpp_session.h"
#include "harness/sdk_run/sdk_session.h"
#include "harness/worker/serve.h"

namespace {

constexpr int kControl = 3;
constexpr int kUsage = 2;

void run_session(const codex::harness::Tape& tape, std::chrono::milliseconds patience,
                 const std::function<void(const codex::harness::Observation&)>& emit,
                 codex::json::Value& extra) {
  if (tape.transport == codex::harness::Transport::kExec) {
    codex::harness::run_cpp_session(tape, patience, emit, extra);
  } else {
    codex::harness::run_sdk_session(tape, emit, extra);
  }
}

}  // namespace

int main() {
  int type = 0;
  socklen_t size = sizeof type;
  if (::getsockopt(kControl, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_STREAM) {
    std::fputs(
        "codex-telemetry-cpp-worker is started by codex-telemetry-diff, which speaks to it through "
        "a socket at descriptor 3; that is no stream socket.\n",
        stderr);
    return kUsage;
  }
  ::fcntl(kControl, F_SETFD, FD_CLOEXEC);
  ::signal(SIGPIPE, SIG_IGN);
  return codex::harness::serve(kControl, run_session);
}
