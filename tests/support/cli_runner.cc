#include "tests/support/cli_runner.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <gtest/gtest.h>

namespace codex::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kNotStarted = 127;

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (const std::string& text : texts) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

// In the child: only calls that are safe after fork().
[[noreturn]] void become(const Call& call, char* const* argv, char* const* environment, int out,
                         int err) {
  ::setpgid(0, 0);
  const int nothing = ::open("/dev/null", O_RDONLY);
  if (nothing < 0 || ::dup2(nothing, 0) < 0 || ::dup2(out, 1) < 0 || ::dup2(err, 2) < 0 ||
      ::chdir(call.folder.c_str()) != 0) {
    ::_exit(kNotStarted);
  }
  if (call.umask) ::umask(*call.umask);
  ::execve(argv[0], argv, environment);
  ::_exit(kNotStarted);
}

// Reads both pipes to their ends. False where that takes longer than until `deadline`.
bool read_all(std::array<int, 2> fds, std::array<std::string*, 2> texts, Clock::time_point deadline) {
  std::array<pollfd, 2> waiting{pollfd{fds[0], POLLIN, 0}, pollfd{fds[1], POLLIN, 0}};
  while (waiting[0].fd >= 0 || waiting[1].fd >= 0) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return false;
    if (::poll(waiting.data(), waiting.size(), static_cast<int>(left)) <= 0) continue;
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      if (waiting[i].fd < 0 || waiting[i].revents == 0) continue;
      std::array<char, 65536> bytes;
      const ssize_t count = ::read(fds[i], bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) {
        waiting[i].fd = -1;
      } else {
        texts[i]->append(bytes.data(), static_cast<std::size_t>(count));
      }
    }
  }
  return true;
}

int wait_for(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

std::ostream& operator<<(std::ostream& stream, const Finished& finished) {
  return stream << "status " << finished.status << " after " << finished.seconds
                << " s\n--- stdout\n" << finished.out << "--- stderr\n" << finished.err << "---\n";
}

Finished run_program(const Call& call) {
  Finished finished;
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  if (::pipe2(out.data(), O_CLOEXEC) != 0 || ::pipe2(err.data(), O_CLOEXEC) != 0) {
    ADD_FAILURE() << "no pipe: " << std::strerror(errno);
    return finished;
  }
  const std::vector<char*> argv = pointers(call.argv);
  const std::vector<char*> environment = pointers(call.environment);
  const Clock::time_point start = Clock::now();
  const pid_t pid = ::fork();
  if (pid == 0) become(call, argv.data(), environment.data(), out[1], err[1]);
  ::close(out[1]);
  ::close(err[1]);
  if (pid < 0) {
    ADD_FAILURE() << "no process: " << std::strerror(errno);
  } else {
    finished.late =
        !read_all({out[0], err[0]}, {&finished.out, &finished.err}, start + call.limit);
    if (finished.late) ::kill(-pid, SIGKILL);
    finished.status = wait_for(pid);
  }
  ::close(out[0]);
  ::close(err[0]);
  finished.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  EXPECT_FALSE(finished.late) << call.argv[0] << " was killed: " << finished;
  EXPECT_NE(finished.status, kNotStarted) << call.argv[0] << " cannot be started";
  return finished;
}

Tool::Tool(std::string program, std::string home) {
  call_.argv = {std::move(program)};
  call_.environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + home, "LANG=C.UTF-8"};
  call_.folder = std::move(home);
}

Finished Tool::run(std::vector<std::string> arguments) const {
  Call call = call_;
  call.argv.insert(call.argv.end(), arguments.begin(), arguments.end());
  return run_program(call);
}

Tool Tool::with(const std::string& variable, const std::string& value) const {
  Tool changed = *this;
  std::vector<std::string>& environment = changed.call_.environment;
  std::erase_if(environment,
                [&](const std::string& text) { return text.starts_with(variable + "="); });
  environment.push_back(variable + "=" + value);
  return changed;
}

Tool Tool::in(const std::string& folder) const {
  Tool changed = *this;
  changed.call_.folder = folder;
  return changed;
}

Tool Tool::with_umask(mode_t mask) const {
  Tool changed = *this;
  changed.call_.umask = mask;
  return changed;
}

}  // namespace codex::test
