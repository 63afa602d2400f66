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
  json::Value tape;      // what the adapter needs of it; null: nothing, and nobody conducts it
};

// Exit status of a session's process; what it could not say on its socket.
inline constexpr int kSessionEnded = 0;
inline constexpr int kSessionBug = 70;      // a `bug` line came before
inline constexpr int kSessionUnheard = 74;  // nobody reads the socket any more

// Runs the adapter, writing lines to `socket` as things happen:
//   {"lane":…,"name":…,"data":…}   an observation
//   {"end":true}                   the adapter came back
//   {"bug":"traceback"}            an exception escaped it, or it showed what can't be sent
// Where the request has a tape, run() is given three things more: the tape; hear(), which waits
// for the next line of `socket` and gives it as a dict (it may be called on any thread, on one at a
// time); say(), which writes its argument as a line, at once and from any thread. What is said:
// harness/peer/app_server_conductor.h.
// Call it in the child after fork, with the GIL; `parent` is the process that forked it, with which
// it dies. Owns `socket`, keeps it and 0, 1, 2 as the only descriptors. Leaves with _exit: a hung
// client may have left threads that an orderly end would join for ever, and their late records are
// no observations.
[[noreturn]] void run_session(const Adapter& adapter, const SessionRequest& request, int socket,
                              pid_t parent);

}  // namespace codex::pybridge

#endif  // PYBRIDGE_SESSION_H_
