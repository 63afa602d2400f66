// The endpoint over real sockets: it serves what was counted, and never stands in the host's way.
#include "codex/telemetry/prometheus.h"

#include <atomic>
#include <chrono>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "codex/telemetry/exporter.h"

namespace codex::telemetry {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

steady_clock::time_point in(std::chrono::milliseconds time) { return steady_clock::now() + time; }

class Connection {
 public:
  explicit Connection(int port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{20, 0};  // some requests are never answered, because the server ends
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~Connection() { ::close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  bool connected() const { return connected_; }
  void say(const std::string& text) { ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL); }
  // The other side closes it, and says nothing.
  bool ends() {
    char byte = 0;
    const ssize_t got = ::recv(fd_, &byte, 1, 0);
    return got == 0 || (got < 0 && errno == ECONNRESET);
  }
  std::string rest() {
    std::string all;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::recv(fd_, buffer, sizeof buffer, 0)) > 0;)
      all.append(buffer, static_cast<std::size_t>(got));
    return all;
  }

 private:
  const int fd_;
  bool connected_ = false;
};

// Headers and body.
std::string get(int port, const std::string& path = "/metrics") {
  Connection connection(port);
  connection.say("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  return connection.rest();
}

std::unique_ptr<PrometheusEndpoint> endpoint(Metrics& metrics, PrometheusOptions options = {}) {
  if (options.address.empty()) options.address = "127.0.0.1:0";
  std::string error;
  auto made = serve_prometheus(metrics, std::move(options), &error);
  EXPECT_NE(made, nullptr) << error;
  return made;
}

// The sockets of this process at that end: the one that listens, and those that were accepted.
std::size_t sockets_at(int port) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const int fd = std::stoi(entry.path().filename());
    sockaddr_in address{};
    socklen_t length = sizeof address;
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) == 0 &&
        address.sin_family == AF_INET && ntohs(address.sin_port) == port)
      ++count;
  }
  return count;
}

TEST(PrometheusEndpoint, ServesWhatWasCounted) {
  Metrics metrics;
  auto server = endpoint(metrics);
  EXPECT_NE(server->port(), 0);
  EXPECT_EQ(server->url(), "http://127.0.0.1:" + std::to_string(server->port()) + "/metrics");
  metrics.counter("codex.turns", {"completed"}).add(3);
  std::string answer = get(server->port());
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Type: text/plain"));
  EXPECT_THAT(answer, HasSubstr("\ncodex_turns_total{outcome=\"completed\"} 3\n"));
  metrics.counter("codex.turns", {"completed"}).add(1);
  answer = get(server->port());
  EXPECT_THAT(answer, HasSubstr("\ncodex_turns_total{outcome=\"completed\"} 4\n"));
  // It tells of itself what it served before.
  EXPECT_THAT(answer,
              HasSubstr("otel_sdk_exporter_metric_data_point_exported_total{otel_component_type="
                        "\"prometheus_http_text_metric_exporter\",error_type=\"\"} 1\n"));
  const auto stats = server->stats();
  ASSERT_EQ(stats.size(), 1U);
  EXPECT_EQ(stats[0].emitted, stats[0].exported + stats[0].dropped() + stats[0].queued);
  EXPECT_EQ(stats[0].exported, 3U);
  EXPECT_TRUE(server->flush(in(1s)));
  EXPECT_THAT(get(server->port(), "/"), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(get(server->port(), "/../../../etc/passwd"), Not(HasSubstr("root:")));
}

TEST(PrometheusEndpoint, AddressesAndPaths) {
  Metrics metrics;
  for (const char* address : {"0", ":0", "127.0.0.1:0", "localhost:0", "0.0.0.0:0"}) {
    auto server = endpoint(metrics, {.address = address, .path = "/here"});
    EXPECT_THAT(get(server->port(), "/here"), StartsWith("HTTP/1.1 200")) << address;
    EXPECT_THAT(server->url(), StartsWith("http://127.0.0.1:")) << address;
  }
  const auto why = [&](PrometheusOptions options) {
    std::string error;
    EXPECT_EQ(serve_prometheus(metrics, std::move(options), &error), nullptr);
    return error;
  };
  for (const char* bad : {"x:y:z", "127.0.0.1:", "127.0.0.1:70000", "127.0.0.1:1s", "1,2",
                          "127.0.0.1:0,127.0.0.1:1", "http://127.0.0.1:1", "+8080", "a b:1"}) {
    EXPECT_THAT(why({.address = bad}), HasSubstr("HOST:PORT")) << bad;
  }
  EXPECT_THAT(why({.address = "[::1]:0"}), HasSubstr("IPv4 only"));
  EXPECT_THAT(why({.address = "no-such-host.invalid:1"}), HasSubstr("no-such-host.invalid"));
  EXPECT_THAT(why({.address = "192.0.2.1:0"}), HasSubstr("Cannot assign requested address"));
  EXPECT_THAT(why({.address = "0", .path = "metrics"}), HasSubstr("path"));
  EXPECT_EQ(serve_prometheus(metrics, {.address = "?"}), nullptr);
}

TEST(PrometheusEndpoint, APortThatIsTakenIsAnError) {
  Metrics metrics;
  const auto first = endpoint(metrics);
  std::string error;
  const std::string address = "127.0.0.1:" + std::to_string(first->port());
  EXPECT_EQ(serve_prometheus(metrics, {.address = address}, &error), nullptr);
  EXPECT_EQ(error, address + " can't be listened on: Address already in use");
}

TEST(PrometheusEndpoint, LeavesTheHostsSignalsAlone) {
  struct sigaction before{}, after{};
  sigaction(SIGPIPE, nullptr, &before);
  Metrics metrics;
  const auto server = endpoint(metrics);
  sigaction(SIGPIPE, nullptr, &after);
  EXPECT_EQ(before.sa_handler, after.sa_handler);
  sigset_t blocked;
  pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
  EXPECT_EQ(sigismember(&blocked, SIGTERM), 0);
  // A client that leaves before it has read.
  for (int i = 0; i < 10; ++i) {
    Connection connection(server->port());
    connection.say("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  EXPECT_THAT(get(server->port()), StartsWith("HTTP/1.1 200"));
}

TEST(PrometheusEndpoint, IsScrapedWhileThreadsCount) {
  Metrics metrics;
  const auto server = endpoint(metrics, {.address = "0", .threads = 4});
  std::atomic<bool> done{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; !done; ++n) {
        metrics.counter("codex.turns", {"completed"}).add();
        metrics.histogram("codex.tool.duration", {std::to_string((n + i) % 50)}).record(1);
      }
    });
  }
  std::uint64_t last = 0;
  for (int i = 0; i < 10; ++i) {
    const std::string answer = get(server->port());
    const std::string name = "\ncodex_turns_total{outcome=\"completed\"} ";
    const std::size_t at = answer.find(name);
    if (at == std::string::npos) continue;
    const auto value = static_cast<std::uint64_t>(std::stod(answer.substr(at + name.size())));
    EXPECT_GE(value, last);
    last = value;
  }
  done = true;
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_THAT(get(server->port()),
              HasSubstr("\ncodex_turns_total{outcome=\"completed\"} " ));
}

TEST(PrometheusEndpoint, ShutdownKeepsItsDeadlineWhateverClientsDo) {
  Metrics metrics;
  auto server = endpoint(metrics);
  // Two that say nothing and one that says half: the threads are all taken.
  Connection silent(server->port()), slow(server->port()), half(server->port());
  half.say("GET /metr");
  const auto begin = steady_clock::now();
  server->shutdown(in(50ms));
  EXPECT_LT(steady_clock::now() - begin, 2s);  // the machine may be busy
  EXPECT_TRUE(server->shutdown(in(60s)));      // the rest goes on, and ends
  EXPECT_TRUE(server->shutdown(in(0ms)));
  EXPECT_FALSE(Connection(server->port()).connected());
}

// The server itself forgets the connections that no thread of it has taken up when it ends.
TEST(PrometheusEndpoint, ShutdownLeavesNoConnectionOver) {
  Metrics metrics;
  PrometheusOptions options;
  options.address = "127.0.0.1:0";
  options.threads = 1;
  auto server = endpoint(metrics, options);
  const int port = server->port();
  std::vector<std::unique_ptr<Connection>> silent;
  for (int i = 0; i < 6; ++i)
    silent.push_back(std::make_unique<Connection>(port));
  const auto until = in(60s);
  // That which listens, that of the thread, and some that wait for it.
  while (sockets_at(port) < 4 && steady_clock::now() < until)
    ::usleep(1000);
  EXPECT_GE(sockets_at(port), 4U) << "the server has not taken them";
  EXPECT_TRUE(server->shutdown(in(60s)));
  EXPECT_EQ(sockets_at(port), 0U);
  for (const auto& connection : silent)
    EXPECT_TRUE(connection->ends());
}

TEST(PrometheusEndpoint, ManyThreadsShutDownAtOnce) {
  for (int round = 0; round < 5; ++round) {
    Metrics metrics;
    auto server = endpoint(metrics);
    EXPECT_THAT(get(server->port()), StartsWith("HTTP/1.1 200"));
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        EXPECT_TRUE(server->shutdown(in(60s)));
        server->stats();
      });
    }
    for (std::thread& thread : threads)
      thread.join();
  }
}

TEST(PrometheusEndpoint, TheMetricsMayGoOnceItIsShutDown) {
  auto metrics = std::make_unique<Metrics>();
  auto server = endpoint(*metrics);
  Connection asking(server->port()), waiting(server->port());
  asking.say("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  server->shutdown(in(0ms));
  metrics.reset();
  waiting.say("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(server->shutdown(in(60s)));
  EXPECT_LE(server->stats()[0].exported, 1U);
}

TEST(PrometheusEndpoint, AChildOfForkEndsAndTheParentAnswersOn) {
  Metrics metrics;
  auto server = endpoint(metrics);
  metrics.counter("codex.sessions").add(5);
  for (int i = 0; i < 5; ++i) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      metrics.counter("codex.sessions").add(1'000);
      const bool anything = server->flush(in(1s)) || server->shutdown(in(1s)) ||
                            !server->stats().empty();
      server.reset();
      _exit(anything ? 1 : 0);
    }
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_THAT(get(server->port()), HasSubstr("\ncodex_sessions_total 5\n"));
  }
}

}  // namespace
}  // namespace codex::telemetry
