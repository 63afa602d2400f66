// One session, in the process that was forked for it.
#ifndef PYBRIDGE_SESSION_H_
#define PYBRIDGE_SESSION_H_

#include <sys/types.h>

#include "codex/telemetry/json.h"
#include "pybridge/adapter.h"

namespace codex::pybridge {

// What a run request says of a session.
struct SessionRequest {
  json::Value session;   // the caller's own name for it, given back
  json::Value driver;
  json::Value peer;      // path of the executable that plays codex
  json::Value peer_env;  // what the client shall put into that one's environment
};

// Exit status of a session's process; what it could not say on its socket.
inline constexpr int kSessionEnded = 0;
inline constexpr int kSessionBug = 70;      // a `bug` line came before
inline constexpr int kSessionUnheard = 74;  // nobody reads the socket any more

// Runs the adapter, writing lines to `socket` as things happen:
//   {"lane":…,"name":…,"data":…}   an observation
//   {"end":true}                   the adapter came back
//   {"bug":"traceback"}            an exception escaped it, or it showed what can't be sent
// Call it in the child after fork, with the GIL; `parent` is the process that forked it, with which
// it dies. Owns `socket`, keeps it and 0, 1, 2 as the only descriptors. Leaves with _exit: a hung
// client may have left threads that an orderly end would join for ever, and their late records are
// no observations.
[[noreturn]] void run_session(const Adapter& adapter, const SessionRequest& request, int socket,
                              pid_t parent);

}  // namespace codex::pybridge

#endif  // PYBRIDGE_SESSION_H_
