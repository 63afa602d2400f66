#include "harness/proxy/signals.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace codex::harness {
namespace {

constexpr std::array<int, 11> kHandedOn = {SIGINT,  SIGTERM,  SIGHUP,  SIGQUIT, SIGUSR1, SIGUSR2,
                                           SIGWINCH, SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU};

bool ends(int number) {
  return number == SIGINT || number == SIGTERM || number == SIGHUP || number == SIGQUIT;
}

bool of_a_terminal(int number) {
  return number == SIGTSTP || number == SIGTTIN || number == SIGTTOU;
}

}  // namespace

ProxySignals::ProxySignals() {
  sigset_t heard;
  ::sigemptyset(&heard);
  for (const int number : kHandedOn) ::sigaddset(&heard, number);
  ::sigaddset(&heard, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &heard, nullptr);
  // Ignored, a child would be gone before anybody could ask how it ended.
  ::signal(SIGCHLD, SIG_DFL);
  ::signal(SIGPIPE, SIG_IGN);
  fd_.reset(::signalfd(-1, &heard, SFD_NONBLOCK | SFD_CLOEXEC));
}

void ProxySignals::serve(pid_t child) {
  signalfd_siginfo info{};
  while (::read(fd_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    const int number = static_cast<int>(info.ssi_signo);
    if (number == SIGCHLD) continue;
    if (ends(number)) asked_to_end_ = true;
    if (info.ssi_code != SI_KERNEL && !end_) ::kill(child, number);
  }
  look_at(child);
}

void ProxySignals::look_at(pid_t child) {
  while (!end_) {
    siginfo_t info{};
    const int found = ::waitid(P_PID, static_cast<id_t>(child), &info,
                               WEXITED | WSTOPPED | WCONTINUED | WNOHANG);
    if (found != 0 && errno == EINTR) continue;
    if (found != 0 || info.si_pid == 0) return;
    switch (info.si_code) {
      case CLD_EXITED:
        end_ = ChildEnd{info.si_status, std::nullopt};
        break;
      case CLD_KILLED:
      case CLD_DUMPED:
        end_ = ChildEnd{std::nullopt, info.si_status};
        break;
      case CLD_STOPPED:
        if (of_a_terminal(info.si_status)) ::raise(SIGSTOP);
        break;
      default:
        break;
    }
  }
}

void end_as(const ChildEnd& end) {
  if (end.signal) {
    ::prctl(PR_SET_DUMPABLE, 0);
    ::signal(*end.signal, SIG_DFL);
    sigset_t only;
    ::sigemptyset(&only);
    ::sigaddset(&only, *end.signal);
    ::raise(*end.signal);
    ::sigprocmask(SIG_UNBLOCK, &only, nullptr);
    ::_exit(128 + *end.signal);
  }
  ::_exit(end.exit.value_or(0));
}

}  // namespace codex::harness
