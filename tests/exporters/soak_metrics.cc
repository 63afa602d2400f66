// Long runs of the metrics exporters, for scripts/soak exporters.
//
//   ctd_soak_metrics --events N      N counts and values to a StatsD server that is by turns away, slow and well:
//                                    emitted = exported + dropped by reason, and what arrives is what was exported
//   ctd_soak_metrics --shutdowns N   N shutdowns with receivers of every kind: how late each is beyond what a bare sleep is
//
// Exit status: 0 all is right, 1 something is not, 2 usage.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "codex/telemetry/exporter.h"
#include "codex/telemetry/prometheus.h"
#include "codex/telemetry/statsd.h"

namespace codex::telemetry {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// A Unix datagram socket at `path`; -1 where there can be none.
int receiver(const std::string& path) {
  ::unlink(path.c_str());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

struct Received {
  std::uint64_t lines = 0;
  std::uint64_t timings = 0;
  std::uint64_t sessions = 0;  // their sum
};

void take(int fd, Received& received) {
  char buffer[65536];
  for (ssize_t got = 0; (got = ::recv(fd, buffer, sizeof buffer, 0)) > 0;) {
    const std::string_view packet(buffer, static_cast<std::size_t>(got));
    for (std::size_t begin = 0; begin < packet.size();) {
      const std::size_t end = std::min(packet.find('\n', begin), packet.size());
      const std::string_view line = packet.substr(begin, end - begin);
      begin = end + 1;
      ++received.lines;
      if (line.starts_with("codex.session.duration:")) ++received.timings;
      if (line.starts_with("codex.sessions:"))
        received.sessions += std::strtoull(line.data() + 15, nullptr, 10);
    }
  }
}

bool same(const char* what, std::uint64_t expected, std::uint64_t actual) {
  if (expected == actual) return true;
  std::cout << what << ": " << actual << ", must be " << expected << '\n';
  return false;
}

int events(const std::string& path, std::uint64_t count) {
  constexpr std::uint64_t kThreads = 4;
  Metrics metrics;
  StatsdOptions options;
  options.address = "unix://" + path;
  options.interval = 20ms;
  options.shutdown_limit = 60s;
  const auto statsd = export_statsd(metrics, options);
  std::atomic<bool> done{false};
  Received received;
  std::thread reader([&] {
    std::this_thread::sleep_for(300ms);  // away
    const int fd = receiver(path);
    for (int round = 0; !done; ++round) {
      const bool slow = round % 64 < 16;
      if (slow) std::this_thread::sleep_for(20ms);  // it is full by then
      pollfd wanted{fd, POLLIN, 0};
      ::poll(&wanted, 1, 10);
      take(fd, received);
    }
    take(fd, received);
    ::close(fd);
  });
  std::vector<std::thread> threads;
  for (std::uint64_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      Counter& counter = metrics.counter("codex.sessions");
      Histogram& histogram = metrics.histogram("codex.session.duration");
      for (std::uint64_t n = i; n < count; n += kThreads) {
        counter.add();
        histogram.record(1'000'000);
        if (n % 65'536 == 0) std::this_thread::sleep_for(1ms);
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  while (!statsd->flush(Clock::now() + 100ms)) {
  }
  statsd->shutdown(Clock::now() + 60s);
  done = true;
  reader.join();
  const ExporterStats stats = statsd->stats().front();
  std::cout << count << " counts and values: emitted " << stats.emitted << ", exported "
            << stats.exported << ", dropped " << stats.dropped() << " (queue_full "
            << stats.dropped(ExportDrop::kQueueFull) << "), packets refused " << stats.failed << '\n';
  bool good = same("exported + dropped", stats.emitted, stats.exported + stats.dropped());
  good = same("queued", 0, stats.queued) && good;
  good = same("lines received", stats.exported, received.lines) && good;
  good = same("counts received", count, received.sessions) && good;
  good = same("values received or dropped", count,
              received.timings + stats.dropped(ExportDrop::kQueueFull)) &&
         good;
  return good ? 0 : 1;
}

int shutdowns(const std::string& path, int count) {
  const int full = receiver(path);  // nobody reads
  const std::string addresses[] = {"unix://" + path, "unix://" + path + ".none", "127.0.0.1:9",
                                   "no-such-host.invalid", "192.0.2.1:8125"};
  Clock::duration latest_statsd{}, latest_prometheus{}, latest_sleep{};
  const auto see = [](Clock::duration& latest, Clock::time_point deadline) {
    latest = std::max(latest, Clock::now() - deadline);
  };
  std::uint64_t wrong = 0;
  for (int i = 0; i < count; ++i) {
    Metrics metrics;
    StatsdOptions options;
    options.address = addresses[static_cast<std::size_t>(i) % std::size(addresses)];
    options.interval = 1ms;
    const auto statsd = export_statsd(metrics, options);
    const auto endpoint = serve_prometheus(metrics, {.address = "127.0.0.1:0"});
    if (!statsd || !endpoint) return 1;
    for (int n = 0; n < 10'000; ++n)
      metrics.histogram("codex.session.duration").record(1'000'000);
    metrics.counter("codex.sessions").add();
    const auto deadline = Clock::now() + std::chrono::milliseconds(i % 30);
    statsd->shutdown(deadline);
    see(latest_statsd, deadline);
    const auto next = Clock::now() + std::chrono::milliseconds(i % 30);
    endpoint->shutdown(next);
    see(latest_prometheus, next);
    // How late this machine is by itself.
    const auto bare = Clock::now() + std::chrono::milliseconds(i % 30);
    std::this_thread::sleep_until(bare);
    see(latest_sleep, bare);
    const ExporterStats stats = statsd->stats().front();
    if (stats.queued != 0 || stats.emitted != stats.exported + stats.dropped()) ++wrong;
  }
  ::close(full);
  const auto ms = [](Clock::duration time) {
    return std::chrono::duration<double, std::milli>(time).count();
  };
  std::cout << count << " shutdowns: StatsD at most " << ms(latest_statsd)
            << " ms after its deadline, Prometheus " << ms(latest_prometheus) << ", a bare sleep "
            << ms(latest_sleep) << "; " << wrong << " accounts wrong\n";
  const Clock::duration most = 50ms + std::max(latest_sleep, Clock::duration());
  return latest_statsd <= most && latest_prometheus <= most && wrong == 0 ? 0 : 1;
}

}  // namespace
}  // namespace codex::telemetry

int main(int argc, char** argv) {
  const std::string_view what = argc == 3 ? argv[1] : "";
  const long long count = argc == 3 ? std::atoll(argv[2]) : 0;
  if (count <= 0 || (what != "--events" && what != "--shutdowns")) {
    std::cerr << "usage: ctd_soak_metrics --events N | --shutdowns N\n";
    return 2;
  }
  std::string name = (std::filesystem::temp_directory_path() / "ctd-soak-XXXXXX").string();
  const std::filesystem::path folder = ::mkdtemp(name.data());
  const std::string path = (folder / "statsd").string();
  const int status = what == "--events"
                         ? codex::telemetry::events(path, static_cast<std::uint64_t>(count))
                         : codex::telemetry::shutdowns(path, static_cast<int>(count));
  std::filesystem::remove_all(folder);
  return status;
}
