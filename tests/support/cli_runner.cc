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
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
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

// Reads what can be read within the time. False when both pipes are at their ends.
bool read_some(std::array<pollfd, 2>& pipes, const std::array<std::string*, 2>& texts,
               Clock::duration time) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(time).count();
  if (::poll(pipes.data(), pipes.size(), static_cast<int>(left)) <= 0) return true;
  for (std::size_t i = 0; i < pipes.size(); ++i) {
    if (pipes[i].fd < 0 || pipes[i].revents == 0) continue;
    std::array<char, 65536> bytes;
    const ssize_t count = ::read(pipes[i].fd, bytes.data(), bytes.size());
    if (count > 0) {
      texts[i]->append(bytes.data(), static_cast<std::size_t>(count));
    } else if (count == 0 || errno != EINTR) {
      pipes[i].fd = -1;
    }
  }
  return pipes[0].fd >= 0 || pipes[1].fd >= 0;
}

// Until both pipes are closed. False where that takes longer than the limit.
bool read_all(const Call& call, pid_t pid, std::array<pollfd, 2> pipes,
              const std::array<std::string*, 2>& texts) {
  const Clock::time_point start = Clock::now();
  const Clock::time_point end = start + call.limit;
  Clock::time_point interrupt = call.interrupt_after ? start + *call.interrupt_after : end;
  while (read_some(pipes, texts, std::min(interrupt, end) - Clock::now())) {
    if (Clock::now() >= end) return false;
    if (Clock::now() >= interrupt) {
      ::kill(pid, SIGINT);
      interrupt = end;
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
    finished.late = !read_all(call, pid, {pollfd{out[0], POLLIN, 0}, pollfd{err[0], POLLIN, 0}},
                              {&finished.out, &finished.err});
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

std::vector<pid_t> running_in(const std::string& folder) {
  std::vector<pid_t> found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const pid_t pid = std::atoi(entry.path().filename().c_str());
    const std::string program = std::filesystem::read_symlink(entry.path() / "exe", error);
    if (pid > 0 && program.starts_with(folder + "/")) found.push_back(pid);
  }
  return found;
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

Tool Tool::interrupted_after(std::chrono::milliseconds time) const {
  Tool changed = *this;
  changed.call_.interrupt_after = time;
  return changed;
}

}  // namespace codex::test
