// prometheus-cpp's counter and histogram; and ours and its while all is exported.
#include "tests/benchmarks/measure.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include <benchmark/benchmark.h>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "codex/telemetry/metrics.h"
#include "codex/telemetry/prometheus.h"
#include "codex/telemetry/statsd.h"

namespace codex::benchmarks {
namespace {

void counter(benchmark::State& state) {
  static prometheus::Counter counter;
  measure(state, [] { counter.Increment(); });
}
BENCHMARK(counter)->Name("counter/prometheus_cpp")->Threads(1)->Threads(2)->UseRealTime();

void histogram(benchmark::State& state) {
  static prometheus::Histogram histogram(
      {0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 600, 3600});
  measure(state, [] { histogram.Observe(1.23456789); });
}
BENCHMARK(histogram)->Name("histogram/prometheus_cpp");

void counter_with_lookup(benchmark::State& state) {
  prometheus::Registry registry;
  auto& family = prometheus::BuildCounter().Name("turns").Register(registry);
  measure(state, [&] { family.Add({{"outcome", "completed"}}).Increment(); });
}
BENCHMARK(counter_with_lookup)->Name("counter/prometheus_cpp_with_lookup");

// ---- exported ----

constexpr std::chrono::milliseconds kInterval{10};  // far more often than anybody scrapes
constexpr int kSeries = 100;

// Calls `scrape` on a thread of its own, all the time.
class Scraper {
 public:
  template <typename Scrape>
  explicit Scraper(Scrape scrape)
      : thread_([this, scrape] {
          while (!done_) {
            benchmark::DoNotOptimize(scrape());
            std::this_thread::sleep_for(kInterval);
          }
        }) {}
  ~Scraper() {
    done_ = true;
    thread_.join();
  }
  Scraper(const Scraper&) = delete;
  Scraper& operator=(const Scraper&) = delete;

 private:
  std::atomic<bool> done_{false};
  std::thread thread_;
};

// A socket that takes packets and throws them away.
class Sink {
 public:
  Sink() : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    ::bind(fd_, reinterpret_cast<sockaddr*>(&address), length);
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &length);
    address_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  ~Sink() { ::close(fd_); }
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  const std::string& address() const { return address_; }

 private:
  const int fd_;
  std::string address_;
};

// A counter of a hundred, while a server scrapes and a StatsD server is told.
void exported_counter(benchmark::State& state) {
  telemetry::Metrics metrics;
  for (int i = 0; i < kSeries; ++i)
    metrics.counter("codex.tool.calls", {std::to_string(i), "completed"}).add();
  const Sink sink;
  const auto statsd = telemetry::export_statsd(
      metrics, {.address = sink.address(), .interval = kInterval});
  const Scraper scraper([&] { return telemetry::prometheus_text(metrics); });
  telemetry::Counter& counter = metrics.counter("codex.tool.calls", {"0", "completed"});
  measure(state, [&] { counter.add(); });
}
BENCHMARK(exported_counter)->Name("counter/ours_exported");

// Each value goes to the StatsD server by itself.
void exported_histogram(benchmark::State& state) {
  telemetry::Metrics metrics;
  const Sink sink;
  const auto statsd = telemetry::export_statsd(
      metrics, {.address = sink.address(), .interval = kInterval});
  telemetry::Histogram& histogram = metrics.histogram("codex.session.duration");
  measure(state, [&] { histogram.record(1'234'567'890); });
}
BENCHMARK(exported_histogram)->Name("histogram/ours_statsd");

void scraped_counter(benchmark::State& state) {
  prometheus::Registry registry;
  auto& family = prometheus::BuildCounter().Name("calls").Help("h").Register(registry);
  for (int i = 0; i < kSeries; ++i)
    family.Add({{"tool", std::to_string(i)}}).Increment();
  const Scraper scraper(
      [&] { return prometheus::TextSerializer().Serialize(registry.Collect()); });
  prometheus::Counter& counter = family.Add({{"tool", "0"}});
  measure(state, [&] { counter.Increment(); });
}
BENCHMARK(scraped_counter)->Name("counter/prometheus_cpp_exported");

}  // namespace
}  // namespace codex::benchmarks
