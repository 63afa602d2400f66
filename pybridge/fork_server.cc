#include "pybridge/fork_server.h"

#include <poll.h>
#include <signal.h>
#include <linux/mman.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <ios>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

#include "harness/subject/fd_json.h"
#include "pybridge/session.h"

namespace codex::pybridge {
namespace {

namespace py = pybind11;
using harness::Fd;

constexpr int kDone = 0;
constexpr int kOurBug = 70;

// A process that has imported a client has some 30,000 pages, and fork() copies a table entry for
// each. What lies in whole huge pages costs it one entry for each of these instead; a page that a
// child writes to is copied alone, as before. Where the system refuses it stays as it was.
void use_huge_pages() {
#ifdef MADV_COLLAPSE
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    // 7f00-7f80 rw-p 00000000 00:00 0   (no file, or the heap)
    std::uintptr_t from = 0;
    std::uintptr_t to = 0;
    char dash = 0;
    std::string access;
    std::string offset;
    std::string device;
    std::string inode;
    std::istringstream words(line);
    if (!(words >> std::hex >> from >> dash >> to >> access >> offset >> device >> inode)) continue;
    constexpr std::uintptr_t kHuge = std::uintptr_t{2} << 20U;
    if (access != "rw-p" || inode != "0" || line.find("[stack") != std::string::npos) continue;
    const std::uintptr_t begin = (from + kHuge - 1) / kHuge * kHuge;
    const std::uintptr_t end = to / kHuge * kHuge;
    if (begin >= end) continue;
    ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_COLLAPSE);
  }
#endif
}

class ForkServer {
 public:
  ForkServer(const Adapter& adapter, int control)
      : adapter_(adapter), control_(control), reader_(control) {}

  int serve() {
    if (!watch_children()) return kOurBug;
    // When the tool dies, its end of the socket closes, and what the sessions have started must be
    // ended then. A signal to this process alone would leave that behind.
    ::prctl(PR_SET_PDEATHSIG, 0);
    // What has been imported is never garbage; looking at it would copy its pages in every child.
    const auto gc = py::module_::import("gc");
    gc.attr("collect")();
    gc.attr("freeze")();
    use_huge_pages();
    while (open_) wait_once();
    end_children();
    return kDone;
  }

 private:
  bool watch_children() {
    sigset_t child;
    ::sigemptyset(&child);
    ::sigaddset(&child, SIGCHLD);
    if (::sigprocmask(SIG_BLOCK, &child, nullptr) != 0) return false;
    signals_ = Fd(::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK));
    return signals_.get() >= 0;
  }

  void wait_once() {
    pollfd waiting[] = {{control_, POLLIN, 0}, {signals_.get(), POLLIN, 0}};
    if (::poll(waiting, 2, -1) < 0) {
      if (errno != EINTR) open_ = false;
      return;
    }
    if (waiting[1].revents != 0) reap();
    if (waiting[0].revents != 0) read_requests();
  }

  void read_requests() {
    if (!reader_.fill()) open_ = false;
    while (const auto line = reader_.next()) request(*line);
  }

  void request(const std::string& line) {
    Fd socket = reader_.take_fd();
    const auto parsed = json::parse(line);
    if (!parsed) return refuse(nullptr, "the request is no JSON: " + parsed.error().text());
    const json::Value* run = parsed.value().get("run");
    if (run == nullptr) return refuse(nullptr, "the request is none that is known: no `run`");
    SessionRequest session;
    const auto take = [run](const char* key, json::Value& to) {
      if (const json::Value* value = run->get(key)) to = *value;
    };
    take("session", session.session);
    take("driver", session.driver);
    take("peer", session.peer);
    take("peer_env", session.peer_env);
    take("tape", session.tape);
    if (!session.driver.is_object() || !session.peer.is_string() || !session.peer_env.is_object()) {
      return refuse(session.session, "`run` needs the objects driver and peer_env, and a peer");
    }
    if (socket.get() < 0) return refuse(session.session, "no descriptor came with `run`");
    start(session, std::move(socket));
  }

  void start(const SessionRequest& session, Fd socket) {
    const pid_t parent = ::getpid();
    PyOS_BeforeFork();
    const pid_t pid = ::fork();
    if (pid == 0) {
      PyOS_AfterFork_Child();
      run_session(adapter_, session, socket.release(), parent);
    }
    const int error = errno;
    PyOS_AfterFork_Parent();
    if (pid < 0) return refuse(session.session, std::string("fork: ") + std::strerror(error));
    // The child does the same; whoever comes first, the group exists before anyone is told.
    ::setpgid(pid, pid);
    children_[pid] = session.session;
    answer({{"started", std::int64_t{pid}}, {"session", session.session}});
  }

  void reap() {
    signalfd_siginfo info;
    while (::read(signals_.get(), &info, sizeof info) > 0) {
    }
    for (;;) {
      siginfo_t exited{};
      // Looked at first: while its leader is not reaped, the group's number is nobody else's.
      if (::waitid(P_ALL, 0, &exited, WEXITED | WNOHANG | WNOWAIT) != 0 || exited.si_pid == 0) {
        return;
      }
      const bool ended = exited.si_code == CLD_EXITED && exited.si_status == kSessionEnded;
      // What a session that did not end by itself has started would wait for it for ever.
      if (!ended) ::kill(-exited.si_pid, SIGKILL);
      int status = 0;
      ::waitpid(exited.si_pid, &status, 0);
      report(exited.si_pid, status);
    }
  }

  void report(pid_t pid, int status) {
    const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    const int code = signal != 0 ? 128 + signal : WEXITSTATUS(status);
    const auto child = children_.extract(pid);
    answer({{"exited", std::int64_t{pid}},
            {"session", child ? child.mapped() : json::Value()},
            {"status", code},
            {"signal", signal}});
  }

  void end_children() {
    for (const auto& [pid, session] : children_) ::kill(-pid, SIGKILL);
    for (const auto& [pid, session] : children_) ::waitpid(pid, nullptr, 0);
    children_.clear();
  }

  void refuse(const json::Value& session, const std::string& why) {
    answer({{"error", why}, {"session", session}});
  }

  void answer(json::Object line) {
    if (!harness::write_line(control_, json::Value(std::move(line)))) open_ = false;
  }

  const Adapter& adapter_;
  const int control_;
  harness::LineReader reader_;
  Fd signals_;
  bool open_ = true;
  std::map<pid_t, json::Value> children_;
};

}  // namespace

int serve(const Adapter& adapter, int control) { return ForkServer(adapter, control).serve(); }

}  // namespace codex::pybridge
