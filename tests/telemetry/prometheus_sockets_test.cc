// Which sockets the endpoint lets go at its end, and which are none of its business.
#include <chrono>
#include <memory>

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "prometheus_export/own_sockets.h"

namespace codex::telemetry {
namespace {

using namespace std::chrono_literals;

// A socket that listens, one that was accepted there, and that of its client.
class Listener {
 public:
  Listener(const char* host, in_port_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    at_.sin_family = AF_INET;
    at_.sin_port = port;
    ::inet_pton(AF_INET, host, &at_.sin_addr);
    const int again = 1;
    ::setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &again, sizeof again);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&at_), sizeof at_), 0);
    EXPECT_EQ(::listen(fd_, 8), 0);
    socklen_t length = sizeof at_;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&at_), &length);
    client_ = ::socket(AF_INET, SOCK_STREAM, 0);
    EXPECT_EQ(::connect(client_, reinterpret_cast<sockaddr*>(&at_), sizeof at_), 0);
    accepted_ = ::accept(fd_, nullptr, nullptr);
    EXPECT_GE(accepted_, 0);
  }
  ~Listener() {
    for (const int fd : {fd_, client_, accepted_})
      ::close(fd);
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  const sockaddr_in& at() const { return at_; }
  bool accepts() const {
    const int other = ::socket(AF_INET, SOCK_STREAM, 0);
    const int status = ::connect(other, reinterpret_cast<const sockaddr*>(&at_), sizeof at_);
    ::close(other);
    return status == 0;
  }
  // A byte in each direction.
  bool talks() const { return passes(client_, accepted_) && passes(accepted_, client_); }
  bool answers() const { return passes(accepted_, client_); }
  bool client_hears_the_end() const {
    char byte = 0;
    return ::recv(client_, &byte, 1, MSG_DONTWAIT) == 0;
  }

 private:
  static bool passes(int from, int to) {
    char byte = 'x';
    return ::send(from, &byte, 1, MSG_NOSIGNAL) == 1 && ::recv(to, &byte, 1, 0) == 1;
  }
  sockaddr_in at_{};
  const int fd_;
  int client_ = -1;
  int accepted_ = -1;
};

TEST(PrometheusSockets, AreThoseOfTheAddress) {
  const Listener ours("127.0.0.1", 0);
  const Listener other("127.0.0.2", ours.at().sin_port), elsewhere("127.0.0.1", 0);
  EXPECT_TRUE(ours.talks());
  OwnSockets sockets(ours.at());
  sockets.drain(0ms);
  EXPECT_TRUE(ours.answers());  // what is being answered goes on
  EXPECT_FALSE(ours.accepts());
  EXPECT_FALSE(ours.client_hears_the_end());
  sockets.close_rest();
  EXPECT_TRUE(ours.client_hears_the_end());
  for (const Listener* const left_alone : {&other, &elsewhere}) {
    EXPECT_TRUE(left_alone->talks());
    EXPECT_TRUE(left_alone->accepts());
  }
}

TEST(PrometheusSockets, OfAnyAddressAreThoseOfThePort) {
  const Listener ours("0.0.0.0", 0), elsewhere("127.0.0.1", 0);
  OwnSockets sockets(ours.at());
  sockets.drain(0ms);
  sockets.close_rest();
  EXPECT_TRUE(ours.client_hears_the_end());
  EXPECT_FALSE(ours.accepts());
  EXPECT_TRUE(elsewhere.talks());
}

// What has begun at the address since then is another server's.
TEST(PrometheusSockets, ThatDrainHasNotMetStayOpen) {
  auto gone = std::make_unique<Listener>("127.0.0.1", 0);
  const in_port_t port = gone->at().sin_port;
  OwnSockets sockets(gone->at());
  sockets.drain(0ms);
  gone.reset();
  const Listener next("127.0.0.1", port);
  sockets.close_rest();
  EXPECT_TRUE(next.talks());
  EXPECT_TRUE(next.accepts());
}

}  // namespace
}  // namespace codex::telemetry
