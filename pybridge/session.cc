#include "pybridge/session.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "harness/subject/fd_json.h"
#include "pybridge/convert.h"

namespace codex::pybridge {
namespace {

namespace py = pybind11;

// The session's socket takes the place that the control socket had.
constexpr int kSessionFd = 3;

void send(const json::Value& line) {
  if (!harness::write_line(kSessionFd, line)) ::_exit(kSessionUnheard);
}

[[noreturn]] void leave_with_bug(const std::string& text) {
  std::fprintf(stderr, "%s\n", text.c_str());
  send(json::Value(json::Object{{"bug", text}}));
  ::_exit(kSessionBug);
}

bool own_descriptors(int socket) {
  // Never inherited by what the client starts: the end of the session is the end of this socket.
  if (socket != kSessionFd && ::dup3(socket, kSessionFd, O_CLOEXEC) < 0) return false;
  return ::fcntl(kSessionFd, F_SETFD, FD_CLOEXEC) == 0 &&
         ::close_range(kSessionFd + 1, ~0U, 0) == 0;
}

// As a program started by a shell has it; asyncio waits for the processes that it starts.
void ordinary_signals() {
  ::signal(SIGCHLD, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

class Emitter {
 public:
  void emit(const py::object& lane, const py::object& name, const py::object& data) {
    try {
      json::Object line;
      line.append("lane", text(lane, "lane"));
      line.append("name", text(name, "name"));
      line.append("data", from_python(data));
      // The GIL is kept while writing: lines of several threads do not mix.
      send(json::Value(std::move(line)));
    } catch (const std::exception& error) {
      // The client may swallow what a callback raises; the session must not end as if all was well.
      if (!failure_) failure_ = error.what();
      throw;
    }
  }
  const std::optional<std::string>& failure() const { return failure_; }

 private:
  static json::Value text(const py::object& object, const char* what) {
    json::Value value = from_python(object);
    if (!value.is_string()) throw py::type_error(std::string(what) + " is no str");
    return value;
  }

  std::optional<std::string> failure_;
};

// What is said to the session. The GIL is not kept while waiting: other threads drive the client.
class Ear {
 public:
  py::object hear() {
    for (;;) {
      if (const std::optional<std::string> line = lines_.next()) {
        const json::ParseResult said = json::parse(*line);
        if (!said) throw py::value_error("the session was told what is no JSON");
        return to_python(said.value());
      }
      const py::gil_scoped_release released;
      // Whoever conducts the session is gone, and so is who would see how it goes on.
      if (!lines_.fill()) ::_exit(kSessionUnheard);
    }
  }

 private:
  harness::LineReader lines_{kSessionFd};
};

[[noreturn]] void drive(const Adapter& adapter, const SessionRequest& request) {
  Emitter emitter;
  Ear ear;
  try {
    const py::cpp_function emit(
        [&emitter](const py::object& lane, const py::object& name, const py::object& data) {
          emitter.emit(lane, name, data);
        },
        py::name("emit"), py::arg("lane"), py::arg("name"), py::arg("data"));
    py::list arguments;
    for (const json::Value* given : {&request.driver, &request.peer, &request.peer_env}) {
      arguments.append(to_python(*given));
    }
    arguments.append(emit);
    if (!request.tape.is_null()) {
      arguments.append(to_python(request.tape));
      arguments.append(py::cpp_function([&ear] { return ear.hear(); }, py::name("hear")));
      arguments.append(py::cpp_function([](const py::object& line) { send(from_python(line)); },
                                        py::name("say"), py::arg("line")));
    }
    adapter.run()(*arguments);
  } catch (const py::error_already_set& error) {
    leave_with_bug(traceback_of(error));
  } catch (const std::exception& error) {
    leave_with_bug(error.what());
  }
  if (emitter.failure()) leave_with_bug("an observation could not be sent: " + *emitter.failure());
  send(json::Value(json::Object{{"end", true}}));
  ::_exit(kSessionEnded);
}

}  // namespace

void run_session(const Adapter& adapter, const SessionRequest& request, int socket,
                 pid_t parent) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(kSessionUnheard);
  if (!own_descriptors(socket)) {
    // Descriptor 3 may still be the control socket: nothing can be said there.
    std::perror("codex-telemetry-py-worker: descriptors of a session");
    ::_exit(kSessionBug);
  }
  ordinary_signals();
  drive(adapter, request);
}

}  // namespace codex::pybridge
