// The program behind a proxy.
#ifndef HARNESS_PROXY_CHILD_H_
#define HARNESS_PROXY_CHILD_H_

#include <signal.h>
#include <sys/types.h>

#include <string>
#include <variant>
#include <vector>

#include "harness/model/result.h"
#include "harness/subject/fd.h"

namespace codex::harness {

// Signals as this process was given them, to hand them on unchanged.
struct SignalState {
  sigset_t mask;
  struct sigaction child;  // of SIGCHLD
  struct sigaction pipe;   // of SIGPIPE
  static SignalState now();
  void restore() const;
};

struct ChildOptions {
  std::vector<std::string> argv;         // the first is looked for in PATH where it has no slash
  std::vector<std::string> environment;  // "NAME=VALUE"
  SignalState signals;
  // Else the child has this process's own.
  bool pipe_input = true;
  bool pipe_error = true;
};

struct Child {
  pid_t pid = 0;
  Fd input;   // its stdin, to write
  Fd output;  // its stdout, to read
  Fd error;   // its stderr, to read
};

// Why a child could not be started, with the status that shells exit with: 127 where there is no
// such program, else 126.
struct SpawnError {
  Error error;
  int status = 126;
};

// In the process group of this process, with its other descriptors as a program started in its
// place would have them; killed when the calling thread ends. To be called while there is no other
// thread.
std::variant<Child, SpawnError> spawn_child(const ChildOptions& options);

}  // namespace codex::harness

#endif  // HARNESS_PROXY_CHILD_H_
