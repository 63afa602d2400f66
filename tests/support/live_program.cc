#include "tests/support/live_program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <gtest/gtest.h>

namespace codex::test {
namespace {

using harness::Fd;

constexpr int kMinute = 60000;  // milliseconds

std::pair<Fd, Fd> pipe_ends() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return {};
  return {Fd(ends[0]), Fd(ends[1])};
}

// Empty at the end.
std::string read_piece(int fd) {
  std::string bytes(65536, '\0');
  pollfd ready{fd, POLLIN, 0};
  if (::poll(&ready, 1, kMinute) <= 0) {
    ADD_FAILURE() << "nothing came for a minute";
    return "";
  }
  const ssize_t count = ::read(fd, bytes.data(), bytes.size());
  bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return bytes;
}

}  // namespace

void nap() { ::usleep(10000); }

LiveProgram::LiveProgram(std::vector<std::string> argv, const std::string& folder) {
  ::signal(SIGPIPE, SIG_IGN);
  auto [in_read, in_write] = pipe_ends();
  auto [out_read, out_write] = pipe_ends();
  auto [err_read, err_write] = pipe_ends();
  std::vector<char*> words;
  for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::setpgid(0, 0);
    ::signal(SIGPIPE, SIG_DFL);
    ::dup2(in_read.get(), 0);
    ::dup2(out_write.get(), 1);
    ::dup2(err_write.get(), 2);
    if (::chdir(folder.c_str()) == 0) ::execvp(words[0], words.data());
    ::_exit(99);
  }
  ::setpgid(pid_, pid_);
  input_ = std::move(in_write);
  output_ = std::move(out_read);
  error_ = std::move(err_read);
}

LiveProgram::~LiveProgram() {
  ::kill(-pid_, SIGKILL);
  if (!waited_) ::waitpid(pid_, nullptr, 0);
}

void LiveProgram::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(input_.get(), bytes.data(), bytes.size());
    if (count < 0) {
      ADD_FAILURE() << "stdin has no reader";
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

bool LiveProgram::input_is_gone() {
  pollfd gone{input_.get(), 0, 0};
  return ::poll(&gone, 1, kMinute) > 0 && (gone.revents & POLLERR) != 0;
}

std::string LiveProgram::read(std::size_t bytes) {
  std::string out;
  while (out.size() < bytes) {
    const std::string piece = read_piece(output_.get());
    if (piece.empty()) break;
    out += piece;
  }
  out_ += out;
  return out;
}

bool LiveProgram::read_until(std::string_view text) {
  while (out_.find(text) == std::string::npos) {
    if (read(1).empty()) return false;
  }
  return true;
}

bool LiveProgram::output_ends() {
  while (!read(1).empty()) {
  }
  return true;
}

void LiveProgram::converse(std::string_view input, const std::vector<std::size_t>& pieces) {
  ::fcntl(input_.get(), F_SETFL, O_NONBLOCK);
  std::size_t next = 0;
  std::string_view piece;
  std::array<std::pair<Fd*, std::string*>, 2> outputs = {
      {{&output_, &out_}, {&error_, &err_}}};
  while (output_ || error_) {
    if (input_ && piece.empty()) {
      const std::size_t size = pieces.empty() ? input.size() : pieces[next++ % pieces.size()];
      piece = input.substr(0, std::max<std::size_t>(size, 1));
      input.remove_prefix(piece.size());
      if (piece.empty()) input_.reset();
    }
    std::array<pollfd, 3> ready{pollfd{input_.get(), POLLOUT, 0}, pollfd{output_.get(), POLLIN, 0},
                                pollfd{error_.get(), POLLIN, 0}};
    if (::poll(ready.data(), ready.size(), kMinute) <= 0) {
      ADD_FAILURE() << "nothing moved for a minute";
      return;
    }
    if (ready[0].revents != 0) {
      const ssize_t count = ::write(input_.get(), piece.data(), piece.size());
      if (count > 0) piece.remove_prefix(static_cast<std::size_t>(count));
      if (count < 0 && errno != EAGAIN) input_.reset();
    }
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (ready[i + 1].revents == 0) continue;
      const std::string bytes = read_piece(outputs[i].first->get());
      *outputs[i].second += bytes;
      if (bytes.empty()) outputs[i].first->reset();
    }
  }
}

void LiveProgram::signal(int number) const { ::kill(pid_, number); }

int LiveProgram::wait(int options) {
  int status = 0;
  pid_t found = 0;
  EXPECT_TRUE(eventually([&] {
    found = ::waitpid(pid_, &status, options | WNOHANG);
    return found != 0;
  })) << "it has not ended";
  if (found == pid_ && (WIFEXITED(status) || WIFSIGNALED(status))) waited_ = true;
  return status;
}

Ended run_to_end(std::vector<std::string> argv, const std::string& folder) {
  LiveProgram program(std::move(argv), folder);
  program.converse("", {});
  const int status = program.wait();
  return {status, program.out(), program.err()};
}

}  // namespace codex::test
