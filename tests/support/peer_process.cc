#include "tests/support/peer_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace codex::test {
namespace {

using harness::Fd;

std::pair<Fd, Fd> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  return {Fd(ends[0]), Fd(ends[1])};
}

Fd listen_at(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  Fd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  if (::bind(listener.get(), generic, sizeof address) != 0 || ::listen(listener.get(), 1) != 0) {
    throw std::runtime_error("no socket");
  }
  return listener;
}

}  // namespace

PeerProcess::PeerProcess(const std::string& path, const std::vector<std::string>& argv) {
  const std::string socket = folder_.path() + "/peer";
  const Fd listener = listen_at(socket);
  auto [input_read, input_write] = make_pipe();
  auto [output_read, output_write] = make_pipe();
  auto [errors_read, errors_write] = make_pipe();
  std::vector<char*> words = {const_cast<char*>(path.c_str())};
  for (const std::string& word : argv)
    words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  std::string variable = std::string(harness::kPeerSocketVariable) + "=" + socket;
  std::array<char*, 2> environment = {variable.data(), nullptr};
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(input_read.get(), STDIN_FILENO);
    ::dup2(output_write.get(), STDOUT_FILENO);
    ::dup2(errors_write.get(), STDERR_FILENO);
    ::execve(path.c_str(), words.data(), environment.data());
    ::_exit(127);
  }
  input = std::move(input_write);
  output = std::move(output_read);
  errors = std::move(errors_read);
  conductor_ = Fd(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  lines_ = harness::LineReader(conductor_.get());
}

PeerProcess::~PeerProcess() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);
  wait();
}

std::optional<harness::PeerMessage> PeerProcess::hear() {
  for (;;) {
    if (const auto line = lines_.next()) return harness::parse_peer_message(*line);
    if (!lines_.fill()) return std::nullopt;
  }
}

void PeerProcess::order(const harness::Order& order) {
  harness::write_line(conductor_.get(), harness::to_json(order));
}

int PeerProcess::wait() {
  int status = 0;
  ::waitpid(std::exchange(pid_, 0), &status, 0);
  return status;
}

std::string read_some(const Fd& fd) {
  std::array<char, 64 * 1024> chunk;
  const ssize_t got = ::read(fd.get(), chunk.data(), chunk.size());
  return std::string(chunk.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
}

}  // namespace codex::test
