// Signals of a proxy: what comes to it goes to the program behind it.
#ifndef HARNESS_PROXY_SIGNALS_H_
#define HARNESS_PROXY_SIGNALS_H_

#include <sys/types.h>

#include <optional>

#include "harness/subject/fd.h"

namespace codex::harness {

// How a process ended: one of the two.
struct ChildEnd {
  std::optional<int> exit;
  std::optional<int> signal;
};

// Blocks the signals that are handed on, and hears of them by a descriptor. What a terminal sends
// (Ctrl-C, Ctrl-Z, a new size) reaches the whole process group, the program included, and is not
// handed on a second time. Where the program stops for a terminal's sake (SIGTSTP, SIGTTIN,
// SIGTTOU), this process stops too, so that a shell sees its job as stopped.
class ProxySignals {
 public:
  ProxySignals();

  int fd() const { return fd_.get(); }
  // Does what the signals that have come ask for.
  void serve(pid_t child);
  const std::optional<ChildEnd>& child_end() const { return end_; }
  // A signal that asks the program to end was handed on.
  bool asked_to_end() const { return asked_to_end_; }

 private:
  void look_at(pid_t child);

  Fd fd_;
  std::optional<ChildEnd> end_;
  bool asked_to_end_ = false;
};

// Ends this process as that one ended: with its exit status, or of its signal, without a core file.
[[noreturn]] void end_as(const ChildEnd& end);

}  // namespace codex::harness

#endif  // HARNESS_PROXY_SIGNALS_H_
