#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include <arpa/inet.h>
#include <csignal>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <prometheus/collectable.h>
#include <prometheus/exposer.h>

#include "codex/telemetry/prometheus.h"
#include "host_port.h"
#include "prometheus_export/families.h"
#include "prometheus_export/own_sockets.h"

namespace codex::telemetry {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint16_t kDefaultPort = 9464;  // as OpenTelemetry's Prometheus exporters

// What the server asks for the metrics. May be asked after the endpoint has gone: then it has none.
class Scrapes final : public prometheus::Collectable {
 public:
  explicit Scrapes(Metrics& metrics) : metrics_(metrics), meter_(metrics) {}

  std::vector<prometheus::MetricFamily> Collect() const override {
    const std::lock_guard lock(mutex_);
    if (closed_) return {};
    try {
      meter_.update({stats_});
      const std::vector<MetricSample> samples = metrics_.snapshot();
      auto families = prometheus_families(samples);
      for (auto& family : families) {
        family.help = escaped_help(family.help);
        stats_.emitted += family.metric.size();
        stats_.exported += family.metric.size();
      }
      return families;
    } catch (...) {  // out of memory
      ++stats_.failed;
      return {};
    }
  }

  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }

  ExporterStats stats() const {
    const std::lock_guard lock(mutex_);
    return stats_;
  }

 private:
  static ExporterStats named() {
    ExporterStats stats;
    stats.exporter = "prometheus_http_text_metric_exporter";
    stats.signal = "metric_data_point";
    return stats;
  }

  mutable std::mutex mutex_;  // guards what follows
  bool closed_ = false;
  Metrics& metrics_;
  mutable ExporterMeter meter_;
  mutable ExporterStats stats_ = named();
};

// The server's threads must not be those that a signal of the host's is delivered to.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    ::sigaction(SIGPIPE, nullptr, &pipe_);
  }
  ~SignalsBlocked() {
    // Some versions of the server ignore SIGPIPE for the whole process, and its children.
    ::sigaction(SIGPIPE, &pipe_, nullptr);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
  struct sigaction pipe_;
};

struct Failure {
  std::string what;
};

// The IPv4 address of a host, as numbers: the server does not look names up.
std::string numeric(const std::string& host) {
  if (host.find(':') != std::string::npos)
    throw Failure{"the HTTP server that prometheus-cpp comes with listens on IPv4 only, not on " +
                  host};
  addrinfo wanted{};
  wanted.ai_family = AF_INET;
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int status = ::getaddrinfo(host.c_str(), nullptr, &wanted, &found);
  if (status != 0)
    throw Failure{"the host " + host + " has no IPv4 address: " + ::gai_strerror(status)};
  char text[INET_ADDRSTRLEN] = "";
  const auto& address = *reinterpret_cast<const sockaddr_in*>(found->ai_addr);
  ::inet_ntop(AF_INET, &address.sin_addr, text, sizeof text);
  ::freeaddrinfo(found);
  return text;
}

struct Place {
  std::string host;
  std::uint16_t port;
};

Place parse_address(std::string_view text) {
  Place place{"127.0.0.1", kDefaultPort};
  std::string whole(text);
  if (whole.find_first_not_of("0123456789") == std::string::npos) whole.insert(0, ":");
  const std::optional<HostPort> parsed = parse_host_port(whole);
  if (!parsed)
    throw Failure{"the address can't be read; it must be HOST:PORT, :PORT or PORT"};
  if (!parsed->host.empty()) place.host = numeric(parsed->host);
  if (parsed->port) place.port = *parsed->port;
  return place;
}

// prometheus-cpp only says that it did not work. Nothing: it is free, as far as one can see.
std::string why_not_bound(const Place& place) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return std::generic_category().message(errno);
  const int one = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(place.port);
  ::inet_pton(AF_INET, place.host.c_str(), &address.sin_addr);
  std::string why;
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(fd, 1) != 0)
    why = std::generic_category().message(errno);
  ::close(fd);
  return why;
}

bool good_path(std::string_view path) {
  return path.starts_with('/') &&
         path.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789/_-.") == std::string_view::npos;
}

class Endpoint final : public PrometheusEndpoint {
 public:
  Endpoint(Metrics& metrics, PrometheusOptions options)
      : options_(std::move(options)),
        owner_(::getpid()),
        scrapes_(std::make_shared<Scrapes>(metrics)) {
    if (!good_path(options_.path))
      throw Failure{"the path must begin with / and hold letters, digits, _ - . / only"};
    const Place place = parse_address(options_.address);
    host_ = place.host;
    if (const std::string why = why_not_bound(place); !why.empty())
      throw Failure{place.host + ":" + std::to_string(place.port) + " can't be listened on: " + why};
    const SignalsBlocked blocked;
    exposer_ = std::make_unique<prometheus::Exposer>(std::vector<std::string>{
        "listening_ports", place.host + ":" + std::to_string(place.port),
        "num_threads", std::to_string(std::max(options_.threads, 1)),
        // A client that says nothing must not keep the others out for long.
        "request_timeout_ms", "3000"});
    exposer_->RegisterCollectable(scrapes_, options_.path);
    const std::vector<int> ports = exposer_->GetListeningPorts();
    if (ports.empty()) throw Failure{"the HTTP server does not listen"};
    port_ = static_cast<std::uint16_t>(ports.front());
  }

  ~Endpoint() override {
    if (!ours()) {
      // Its threads and locks are the parent's.
      new std::shared_ptr<Stopping>(std::move(stopping_));
      (void)exposer_.release();
      return;
    }
    shutdown(Clock::now() + options_.shutdown_limit);
  }

  bool flush(Deadline /*deadline*/) noexcept override { return ours(); }

  bool shutdown(Deadline deadline) noexcept override {
    if (!ours()) return false;
    try {
      scrapes_->close();
      std::unique_lock lock(stopping_->mutex);
      if (exposer_ && !stopping_->begun) {
        // The server waits for its clients, up to seconds.
        const SignalsBlocked blocked;
        std::thread([exposer = std::shared_ptr<prometheus::Exposer>(std::move(exposer_)),
                     stopping = stopping_, sockets = OwnSockets(address())]() mutable {
          try {
            sockets.drain(kDrain);
            exposer.reset();
            sockets.close_rest();
          } catch (...) {  // out of memory
            exposer.reset();
          }
          const std::lock_guard done(stopping->mutex);
          stopping->ended = true;
          stopping->changed.notify_all();
        }).detach();
        stopping_->begun = true;
      }
      return stopping_->changed.wait_until(lock, deadline, [this] { return stopping_->ended; });
    } catch (...) {
      return false;
    }
  }

  std::vector<ExporterStats> stats() const override {
    if (!ours()) return {};
    return {scrapes_->stats()};
  }
  std::uint16_t port() const override { return port_; }
  std::string url() const override {
    return "http://" + (host_ == "0.0.0.0" ? "127.0.0.1" : host_) + ":" + std::to_string(port_) +
           options_.path;
  }

 private:
  struct Stopping {
    std::mutex mutex;  // guards what follows
    std::condition_variable changed;
    bool begun = false;
    bool ended = false;
  };
  bool ours() const { return ::getpid() == owner_; }

  sockaddr_in address() const {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    ::inet_pton(AF_INET, host_.c_str(), &address.sin_addr);
    return address;
  }

  // A little more than the server gives a client.
  static constexpr std::chrono::milliseconds kDrain{4000};

  const PrometheusOptions options_;
  const pid_t owner_;
  std::shared_ptr<Scrapes> scrapes_;
  std::shared_ptr<Stopping> stopping_ = std::make_shared<Stopping>();
  std::unique_ptr<prometheus::Exposer> exposer_;
  std::string host_;
  std::uint16_t port_ = 0;
};

}  // namespace

std::string prometheus_text(const Metrics& metrics) {
  return text_exposition(prometheus_families(metrics.snapshot()));
}

std::string open_metrics_text(const Metrics& metrics) {
  return open_metrics_exposition(prometheus_families(metrics.snapshot()));
}

std::unique_ptr<PrometheusEndpoint> serve_prometheus(Metrics& metrics, PrometheusOptions options,
                                                     std::string* error) noexcept {
  const auto fail = [error](std::string_view what) -> std::unique_ptr<PrometheusEndpoint> {
    try {
      if (error != nullptr) *error = what;
    } catch (...) {
    }
    return nullptr;
  };
  try {
    return std::make_unique<Endpoint>(metrics, std::move(options));
  } catch (const Failure& failure) {
    return fail(failure.what);
  } catch (const std::exception& problem) {
    return fail(problem.what());
  } catch (...) {
    return fail("unknown failure");
  }
}

}  // namespace codex::telemetry
