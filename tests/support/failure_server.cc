#include "tests/support/failure_server.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <stdexcept>
#include <tuple>
#include <unistd.h>
#include <utility>

#include <netinet/in.h>
#include <sys/socket.h>

namespace codex::test {
namespace {

// A socket that is bound to a free port of loopback; gives the port.
std::pair<int, int> bound_socket() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (fd < 0 || ::bind(fd, any, size) != 0 || ::getsockname(fd, any, &size) != 0) {
    throw std::runtime_error("no port to listen at");
  }
  return {fd, ntohs(address.sin_port)};
}

std::string url_of(int port) {
  return "http://127.0.0.1:" + std::to_string(port);
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

std::string head_of(const Answer& answer, std::size_t length) {
  std::string head = "HTTP/1.1 " + std::to_string(answer.status) + " So\r\n";
  for (const auto& [name, value] : answer.headers)
    head += name + ": " + value + "\r\n";
  return head + "Content-Length: " + std::to_string(length) + "\r\n\r\n";
}

}  // namespace

Answer status(int code, std::map<std::string, std::string> headers) {
  Answer answer;
  answer.status = code;
  answer.headers = std::move(headers);
  return answer;
}

Answer badly(Answer::Way way, int code) {
  Answer answer;
  answer.status = code;
  answer.way = way;
  return answer;
}

std::string dead_url() {
  const auto [fd, port] = bound_socket();
  ::close(fd);
  return url_of(port);
}

FailureServer::FailureServer(Script script) : script_(std::move(script)) {
  std::tie(listener_, port_) = bound_socket();
  if (::listen(listener_, 64) != 0) throw std::runtime_error("cannot listen");
  acceptor_ = std::thread([this] { accept_all(); });
}

FailureServer::~FailureServer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    for (const int connection : connections_)
      ::shutdown(connection, SHUT_RDWR);
  }
  changed_.notify_all();
  acceptor_.join();
  for (std::thread& thread : threads_)
    thread.join();
  for (const int connection : connections_)
    ::close(connection);
  ::close(listener_);
}

std::string FailureServer::url() const {
  return url_of(port_);
}

std::vector<HttpRequest> FailureServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void FailureServer::forget_requests() {
  const std::lock_guard lock(mutex_);
  forgets_ = true;
}

void FailureServer::wait_for(std::size_t requests) const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return count_ >= requests; });
}

void FailureServer::accept_all() {
  for (;;) {
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const std::lock_guard lock(mutex_);
    if (ending_) {
      if (connection >= 0) ::close(connection);
      return;
    }
    if (connection < 0) continue;
    connections_.push_back(connection);
    threads_.emplace_back([this, connection] { serve(connection); });
  }
}

void FailureServer::serve(int connection) {
  std::string buffer;
  HttpRequest request;
  while (read_request(connection, buffer, request)) {
    std::size_t number = 0;
    {
      const std::lock_guard lock(mutex_);
      number = count_++;
      if (!forgets_) requests_.push_back(request);
    }
    changed_.notify_all();
    if (!write_answer(connection, script_(request, number))) break;
    request = {};
  }
  ::shutdown(connection, SHUT_RDWR);
}

bool FailureServer::read_request(int connection, std::string& buffer, HttpRequest& request) const {
  const auto more = [&] {
    char bytes[65536];
    const ssize_t count = ::recv(connection, bytes, sizeof bytes, 0);
    if (count <= 0) return false;
    buffer.append(bytes, static_cast<std::size_t>(count));
    return true;
  };
  std::size_t end;
  while ((end = buffer.find("\r\n\r\n")) == std::string::npos)
    if (!more()) return false;
  std::size_t begin = buffer.find("\r\n");
  const std::size_t path = buffer.find(' ') + 1;
  request.path = buffer.substr(path, buffer.find(' ', path) - path);
  while (begin < end) {
    begin += 2;
    const std::size_t stop = buffer.find("\r\n", begin);
    const std::size_t colon = buffer.find(':', begin);
    std::string name = buffer.substr(begin, colon - begin);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    request.headers[name] =
        buffer.substr(std::min(colon + 2, stop), stop - std::min(colon + 2, stop));
    begin = stop;
  }
  const std::size_t size = std::stoul("0" + request.headers["content-length"]);
  buffer.erase(0, end + 4);
  while (buffer.size() < size)
    if (!more()) return false;
  request.body = buffer.substr(0, size);
  buffer.erase(0, size);
  return true;
}

bool FailureServer::pause() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::milliseconds(20), [this] { return ending_; });
  return !ending_;
}

bool FailureServer::write_answer(int connection, const Answer& answer) {
  const std::string head = head_of(answer, answer.body.size());
  switch (answer.way) {
    case Answer::Way::kWhole:
      return write_all(connection, head + answer.body);
    case Answer::Way::kHalf:
      write_all(connection, head_of(answer, answer.body.size() + 100) + answer.body);
      return false;
    case Answer::Way::kCut:
      write_all(connection, head.substr(0, head.size() - 4));
      return false;
    case Answer::Way::kGarbage:
      write_all(connection, "220 smtp.example.com ESMTP\r\n");
      return false;
    case Answer::Way::kSilence:
      while (pause()) {
      }
      return false;
    case Answer::Way::kReset: {
      const linger now{1, 0};
      ::setsockopt(connection, SOL_SOCKET, SO_LINGER, &now, sizeof now);
      // The number must stay ours until all are closed at the end.
      const int other = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      ::dup2(other, connection);
      ::close(other);
      return false;
    }
    case Answer::Way::kDribble:
      for (std::size_t i = 0; pause();) {
        if (i + 4 < head.size() && !write_all(connection, head.substr(i++, 1))) return false;
      }
      return false;
    case Answer::Way::kEndless: {
      if (!write_all(connection, head_of(answer, 1'000'000'000'000))) return false;
      const std::string much(65536, ' ');
      while (write_all(connection, much)) {
      }
      return false;
    }
  }
  return false;
}

}  // namespace codex::test
