// A child process with pipes: enough for the examples, without time-outs.
#ifndef CODEX_TELEMETRY_EXAMPLES_CHILD_H_
#define CODEX_TELEMETRY_EXAMPLES_CHILD_H_

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace examples {

class Child {
 public:
  Child(const std::vector<std::string>& argv, const std::vector<std::string>& environment) {
    ::signal(SIGPIPE, SIG_IGN);  // a child that has gone is told by write()
    std::array<std::array<int, 2>, 3> pipes{};
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    for (int fd = 0; fd < 3; ++fd) {
      auto& ends = pipes[static_cast<std::size_t>(fd)];
      if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail(errno, "pipe");
      ::posix_spawn_file_actions_adddup2(&actions, ends[fd == 0 ? 0 : 1], fd);
    }
    const int error = ::posix_spawnp(&pid_, argv.at(0).c_str(), &actions, nullptr,
                                     pointers(argv).data(), pointers(environment).data());
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(pipes[0][0]);
    ::close(pipes[1][1]);
    ::close(pipes[2][1]);
    in_ = pipes[0][1];
    out_ = pipes[1][0];
    err_ = pipes[2][0];
    if (error != 0) fail(error, argv[0]);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    close_input();
    close(out_);
    close(err_);
    if (pid_ > 0) wait();
  }

  void write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t count = ::write(in_, text.data(), text.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return;  // it no longer reads: its output tells why
      text.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  void close_input() { close(in_); }

  // Waits for some output, of either kind. False when both have ended.
  template <typename Out, typename Err>
  bool read(const Out& out, const Err& err) {
    std::array<pollfd, 2> waiting{pollfd{out_, POLLIN, 0}, pollfd{err_, POLLIN, 0}};
    if (out_ < 0 && err_ < 0) return false;
    ::poll(waiting.data(), waiting.size(), -1);
    if (waiting[0].revents != 0) read_one(out_, out);
    if (waiting[1].revents != 0) read_one(err_, err);
    return true;
  }

  // As waitpid() gives it.
  int wait() {
    close_input();
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status;
  }

 private:
  static std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (const std::string& text : texts) out.push_back(const_cast<char*>(text.c_str()));
    out.push_back(nullptr);
    return out;
  }
  [[noreturn]] static void fail(int error, const std::string& what) {
    throw std::system_error(error, std::generic_category(), what);
  }
  template <typename Sink>
  static void read_one(int& fd, const Sink& sink) {
    std::array<char, 65536> bytes;
    const ssize_t count = ::read(fd, bytes.data(), bytes.size());
    if (count > 0) {
      sink(std::string_view(bytes.data(), static_cast<std::size_t>(count)));
    } else if (count == 0 || errno != EINTR) {
      close(fd);
    }
  }
  static void close(int& fd) {
    if (fd >= 0) ::close(fd);
    fd = -1;
  }

  pid_t pid_ = -1;
  int in_ = -1;
  int out_ = -1;
  int err_ = -1;
};

}  // namespace examples

#endif  // CODEX_TELEMETRY_EXAMPLES_CHILD_H_
