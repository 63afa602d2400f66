#include "harness/subject/process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>
#include <thread>
#include <utility>

namespace codex::harness {
namespace {

constexpr int kSocketFd = 3;
// Copies are made above the descriptors that the child is given, so that none is overwritten while
// they are put in place, whatever numbers this process happened to get.
constexpr int kFirstFreeFd = 10;

// posix_spawn's two objects of settings, freed together.
class Settings {
 public:
  Settings() {
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_init(&actions);
  }
  Settings(const Settings&) = delete;
  Settings& operator=(const Settings&) = delete;
  ~Settings() {
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
  }
  posix_spawnattr_t attributes{};
  posix_spawn_file_actions_t actions{};
};

// A process group of its own, and signals as a program started by a shell has them.
void set_attributes(posix_spawnattr_t& attributes) {
  sigset_t none;
  sigset_t all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  constexpr short kFlags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
  ::posix_spawnattr_setflags(&attributes, kFlags);
}

Fd copy_of(int fd) {
  return Fd(fd < 0 ? -1 : ::fcntl(fd, F_DUPFD_CLOEXEC, kFirstFreeFd));
}

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (const std::string& string : strings)
    result.push_back(const_cast<char*>(string.c_str()));
  result.push_back(nullptr);
  return result;
}

ProcessExit exit_of(int status) {
  if (WIFSIGNALED(status)) return {.status = 128 + WTERMSIG(status), .signal = WTERMSIG(status)};
  return {.status = WEXITSTATUS(status), .signal = 0};
}

}  // namespace

std::string ProcessExit::text() const {
  if (signal == 0) return "ended with status " + std::to_string(status);
  const char* name = ::sigdescr_np(signal);
  return "was killed by signal " + std::to_string(signal) +
         (name != nullptr ? " (" + std::string(name) + ")" : std::string());
}

Result<Process> Process::spawn(const SpawnOptions& options) {
  const auto failure = [&](int error) {
    return Error{.message = "cannot be started: " + std::generic_category().message(error),
                 .file = options.argv.front()};
  };
  Fd stderr_read;
  Fd stderr_write;
  if (options.capture_stderr) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return failure(errno);
    stderr_read.reset(ends[0]);
    stderr_write = copy_of(ends[1]);
    ::close(ends[1]);
    if (!stderr_write || !set_nonblocking(stderr_read.get())) return failure(errno);
  }
  const Fd socket = copy_of(options.socket);
  if (options.socket >= 0 && !socket) return failure(errno);

  Settings settings;
  set_attributes(settings.attributes);
  auto* actions = &settings.actions;
  ::posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  if (stderr_write) {
    ::posix_spawn_file_actions_adddup2(actions, stderr_write.get(), STDERR_FILENO);
  } else {
    ::posix_spawn_file_actions_addopen(actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  }
  if (socket) ::posix_spawn_file_actions_adddup2(actions, socket.get(), kSocketFd);
  // Nor what whoever started this process has left open in it.
  ::posix_spawn_file_actions_addclosefrom_np(actions, socket ? kSocketFd + 1 : kSocketFd);

  const std::vector<char*> argv = pointers(options.argv);
  const std::vector<char*> environment = pointers(options.environment);
  pid_t pid = 0;
  const int error =
      ::posix_spawn(&pid, argv[0], actions, &settings.attributes, argv.data(), environment.data());
  if (error != 0) return failure(error);
  return Process(pid, std::move(stderr_read));
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)),
      stderr_(std::move(other.stderr_)),
      exit_(std::move(other.exit_)) {}

Process& Process::operator=(Process&& other) noexcept {
  if (this != &other) {
    if (pid_ != 0) kill_group();
    pid_ = std::exchange(other.pid_, 0);
    stderr_ = std::move(other.stderr_);
    exit_ = std::move(other.exit_);
  }
  return *this;
}

Process::~Process() {
  if (pid_ != 0) kill_group();
}

std::optional<ProcessExit> Process::wait(int timeout_ms) {
  using std::chrono::microseconds;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  microseconds nap(50);
  while (!exit_ && pid_ != 0) {
    siginfo_t info{};
    const auto id = static_cast<id_t>(pid_);
    // Looked at first: while the child is not reaped, its group's number is nobody else's.
    if (::waitid(P_PID, id, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid_) {
      return kill_group();
    }
    if (std::chrono::steady_clock::now() >= deadline) break;
    std::this_thread::sleep_for(nap);
    nap = std::min(nap * 2, microseconds(5000));
  }
  return exit_;
}

ProcessExit Process::kill_group() {
  if (exit_ || pid_ == 0) return exit_.value_or(ProcessExit{});
  ::kill(-pid_, SIGKILL);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  exit_ = exit_of(status);
  return *exit_;
}

}  // namespace codex::harness
