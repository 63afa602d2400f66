// Forks a process per session from one that has imported the client already: importing takes
// seconds, a fork milliseconds, and no session sees what another one left behind.
#ifndef PYBRIDGE_FORK_SERVER_H_
#define PYBRIDGE_FORK_SERVER_H_

#include "pybridge/adapter.h"

namespace codex::pybridge {

// Serves requests on `control`, a Unix stream socket, until it is closed by the other side; then
// ends all sessions that still run. JSON lines:
//   -> {"run":{"session":…,"driver":{…},"peer":"PATH","peer_env":{…},
//      "tape":…}} (`tape` only where an adapter is conducted: session.h), with one descriptor
//      (SCM_RIGHTS): the socket that the session's lines go to
//   <- {"started":PID,"session":…}   PID is also the session's process group
//   <- {"exited":PID,"session":…,"status":N,"signal":N}   signal is 0 unless one ended it; status
//      is then 128 + signal, so never 0
//   <- {"error":"…","session":…}     nothing was started
// Single-threaded; holds the GIL throughout. Returns the exit status of the program.
int serve(const Adapter& adapter, int control);

}  // namespace codex::pybridge

#endif  // PYBRIDGE_FORK_SERVER_H_
