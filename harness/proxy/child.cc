#include "harness/proxy/child.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace codex::harness {
namespace {

struct Pipe {
  Fd read;
  Fd write;
  bool open() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    // Above those that the child's own will be put in the place of.
    read.reset(::fcntl(ends[0], F_DUPFD_CLOEXEC, 3));
    write.reset(::fcntl(ends[1], F_DUPFD_CLOEXEC, 3));
    const int error = errno;
    ::close(ends[0]);
    ::close(ends[1]);
    errno = error;
    return read && write;
  }
};

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (const std::string& string : strings) result.push_back(const_cast<char*>(string.c_str()));
  result.push_back(nullptr);
  return result;
}

SpawnError failure(const std::string& program, int error) {
  std::string hint;
  if (error == ENOENT) {
    hint = program.find('/') == std::string::npos
               ? "it is not in PATH: name it with its folder"
               : "is the path right, and what its first line names?";
  } else if (error == EACCES) {
    hint = "it must be a file that may be executed";
  }
  return {{.message = "cannot be started: " + std::generic_category().message(error),
           .file = program,
           .hint = std::move(hint)},
          error == ENOENT ? 127 : 126};
}

}  // namespace

SignalState SignalState::now() {
  SignalState state{};
  ::sigprocmask(SIG_SETMASK, nullptr, &state.mask);
  ::sigaction(SIGCHLD, nullptr, &state.child);
  ::sigaction(SIGPIPE, nullptr, &state.pipe);
  return state;
}

void SignalState::restore() const {
  ::sigaction(SIGCHLD, &child, nullptr);
  ::sigaction(SIGPIPE, &pipe, nullptr);
  ::sigprocmask(SIG_SETMASK, &mask, nullptr);
}

std::variant<Child, SpawnError> spawn_child(const ChildOptions& options) {
  const std::string& program = options.argv.front();
  Pipe input;
  Pipe output;
  Pipe error;
  Pipe failed;  // closed by a successful exec
  if ((options.pipe_input && !input.open()) || !output.open() ||
      (options.pipe_error && !error.open()) || !failed.open()) {
    return failure(program, errno);
  }
  const std::vector<char*> argv = pointers(options.argv);
  std::vector<char*> environment = pointers(options.environment);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return failure(program, errno);
  if (pid == 0) {
    // A client that kills what it has started means codex.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    if (input.read) ::dup2(input.read.get(), STDIN_FILENO);
    ::dup2(output.write.get(), STDOUT_FILENO);
    if (error.write) ::dup2(error.write.get(), STDERR_FILENO);
    options.signals.restore();
    ::environ = environment.data();
    ::execvp(argv[0], argv.data());
    const int reason = errno;
    [[maybe_unused]] const ssize_t told = ::write(failed.write.get(), &reason, sizeof reason);
    ::_exit(127);
  }
  failed.write.reset();
  int reason = 0;
  ssize_t count = 0;
  while ((count = ::read(failed.read.get(), &reason, sizeof reason)) < 0 && errno == EINTR) {
  }
  if (count > 0) {
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    return failure(program, reason);
  }
  // Only these ends: the child's are other open files.
  if (input.write) set_nonblocking(input.write.get());
  set_nonblocking(output.read.get());
  if (error.read) set_nonblocking(error.read.get());
  return Child{pid, std::move(input.write), std::move(output.read), std::move(error.read)};
}

}  // namespace codex::harness
