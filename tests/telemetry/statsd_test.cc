// Metrics over real sockets: what arrives is what was counted, whatever the other side does.
#include "codex/telemetry/statsd.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include "codex/telemetry/event_names.h"
#include "codex/telemetry/exporter.h"
#include "codex/telemetry/testing_capture.h"
#include "hostile_labels.h"
#include "secret_samples.h"
#include "statsd_receiver.h"
#include "tests/support/temp_folder.h"

namespace codex::telemetry {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

steady_clock::time_point in(std::chrono::milliseconds time) { return steady_clock::now() + time; }

// Nothing goes but by flush() and shutdown().
std::unique_ptr<StatsdExporter> exporter(Metrics& metrics, const std::string& address,
                                         StatsdOptions options = {}) {
  options.address = address;
  if (options.interval == StatsdOptions().interval) options.interval = 1h;
  std::string error;
  auto made = export_statsd(metrics, std::move(options), &error);
  EXPECT_NE(made, nullptr) << error;
  return made;
}

// What the exporter says must add up.
ExporterStats checked(const StatsdExporter& statsd) {
  const std::vector<ExporterStats> all = statsd.stats();
  EXPECT_EQ(all.size(), 1U);
  const ExporterStats& stats = all.front();
  EXPECT_EQ(stats.emitted, stats.exported + stats.dropped() + stats.queued);
  std::uint64_t failed = 0;
  for (const std::uint64_t count : statsd.failures())
    failed += count;
  EXPECT_EQ(stats.failed, failed);
  return stats;
}

std::uint64_t failures(const StatsdExporter& statsd, StatsdFailure reason) {
  return statsd.failures()[static_cast<std::size_t>(reason)];
}

// Without what exporters count of themselves.
std::map<std::string, std::int64_t> counters(const std::vector<std::string>& packets) {
  auto sums = statsd_counters(statsd_lines(packets));
  std::erase_if(sums, [](const auto& each) {
    return each.first.starts_with("otel.sdk.") || each.first.starts_with("codex.statsd.");
  });
  return sums;
}

using Counts = std::map<std::string, std::int64_t>;

// All lines, without those.
std::vector<std::string> lines_of(const std::vector<std::string>& packets) {
  std::vector<std::string> lines;
  for (const std::string& packet : packets) {
    std::stringstream stream(packet);
    for (std::string line; std::getline(stream, line);) {
      if (!line.starts_with("otel.sdk.")) lines.push_back(line);
    }
  }
  return lines;
}

TEST(Statsd, SendsWhatHasChanged) {
  auto server = StatsdReceiver::udp4();
  Metrics metrics;
  metrics.counter("codex.turns", {"completed"}).add(2);
  auto statsd = exporter(metrics, server.address());
  metrics.counter("codex.turns", {"completed"}).add(3);
  metrics.counter("codex.turns.active").add(4);
  metrics.histogram("codex.turn.duration", {"completed"}).record(1'500'000);
  ASSERT_TRUE(statsd->flush(in(10s)));
  const std::vector<std::string> first = server.packets();
  ASSERT_EQ(first.size(), 1U);
  EXPECT_THAT(lines_of(first),
              ElementsAre("codex.turns:5|c|#outcome:completed", "codex.turns.active:4|g",
                          "codex.turn.duration:1.5|ms|#outcome:completed"));
  const std::size_t exported = statsd_lines(first).size();
  EXPECT_EQ(checked(*statsd).exported, exported);
  metrics.counter("codex.turns", {"completed"}).add(1);
  ASSERT_TRUE(statsd->flush(in(10s)));
  const auto lines = statsd_lines(server.packets());
  EXPECT_EQ(statsd_counters(lines)["codex.turns{outcome=completed}"], 1);
  EXPECT_EQ(statsd_count(lines, "codex.turns.active", "g"), 1U);  // again
  EXPECT_EQ(statsd_count(lines, "codex.turn.duration", "ms"), 0U);
  EXPECT_EQ(statsd_counters(lines)["otel.sdk.exporter.metric_data_point.exported"
                                   "{otel.component.type=statsd_metric_exporter}"],
            static_cast<std::int64_t>(exported));
}

TEST(Statsd, SendsAtItsInterval) {
  auto server = StatsdReceiver::udp4();
  Metrics metrics;
  auto statsd = exporter(metrics, server.address(), {.interval = 5ms});
  Counts sums;
  for (int i = 1; i <= 3; ++i) {
    metrics.counter("codex.sessions").add();
    while (sums["codex.sessions"] < i) {
      for (const auto& [series, count] : counters(server.packets()))
        sums[series] += count;
      std::this_thread::sleep_for(1ms);
    }
  }
  EXPECT_EQ(sums["codex.sessions"], 3);
}

TEST(Statsd, ReachesEachKindOfSocket) {
  const test::TempFolder folder;
  auto v6 = StatsdReceiver::udp6();
  auto path = StatsdReceiver::unix_socket(folder.path() + "/dsd.socket");
  auto named = StatsdReceiver::udp4();
  const std::map<std::string, StatsdReceiver*> servers{
      {v6.address(), &v6},
      {"udp://" + v6.address(), &v6},
      {path.address(), &path},
      {"localhost:" + std::to_string(named.port()), &named},  // which may be ::1 first
  };
  for (const auto& [address, server] : servers) {
    Metrics metrics;
    auto statsd = exporter(metrics, address);
    metrics.counter("codex.threads").add(7);
    EXPECT_TRUE(statsd->flush(in(10s))) << address;
    EXPECT_EQ(counters(server->packets()), (Counts{{"codex.threads", 7}})) << address;
    checked(*statsd);
  }
}

TEST(Statsd, SaysWhatIsWrongWithAnAddress) {
  Metrics metrics;
  std::string error;
  EXPECT_EQ(export_statsd(metrics, {.address = "nonsense:"}, &error), nullptr);
  EXPECT_THAT(error, HasSubstr("HOST:PORT"));
  EXPECT_EQ(export_statsd(metrics, {}), nullptr);
}

TEST(Statsd, OnlySoManyForTheSameMetrics) {
  auto server = StatsdReceiver::udp4();
  Metrics metrics;
  for (int round = 0; round < 3; ++round) {
    std::vector<std::unique_ptr<StatsdExporter>> all;
    for (int i = 0; i < 4; ++i)
      all.push_back(exporter(metrics, server.address()));
    std::string error;
    EXPECT_EQ(export_statsd(metrics, {.address = server.address()}, &error), nullptr);
    EXPECT_THAT(error, HasSubstr("as many"));
    metrics.histogram("codex.session.duration").record(1);
    for (auto& each : all)
      EXPECT_TRUE(each->flush(in(10s)));
    EXPECT_EQ(statsd_count(statsd_lines(server.packets()), "codex.session.duration", "ms"), 4U);
  }
}

TEST(Statsd, SkipsWhatWasCountedBeforeWhereItIsTold) {
  auto server = StatsdReceiver::udp4();
  Metrics metrics;
  metrics.counter("codex.sessions").add(100);
  auto statsd = exporter(metrics, server.address(), {.skip_counted = true});
  metrics.counter("codex.sessions").add(2);
  ASSERT_TRUE(statsd->flush(in(10s)));
  EXPECT_EQ(counters(server.packets()), (Counts{{"codex.sessions", 2}}));
}

// ---- packets ----

// No packet is longer, and none but the last has room for the line that begins the next.
void expect_full(const std::vector<std::string>& packets, std::size_t most) {
  ASSERT_GT(packets.size(), 0U);
  std::size_t longest = 0;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    longest = std::max(longest, packets[i].size());
    if (i + 1 == packets.size()) break;
    const std::size_t next = std::min(packets[i + 1].find('\n'), packets[i + 1].size());
    EXPECT_GT(packets[i].size() + 1 + next, most);
  }
  EXPECT_LE(longest, most);
  // Timings have 27 bytes a line, and one between them: some sizes are reached exactly.
  if (most < 28'000) {
    EXPECT_GE(longest, most / 28 * 28 - 1);
  }
  if (most % 28 == 27) {
    EXPECT_EQ(longest, most);
  }
}

class StatsdPackets : public testing::TestWithParam<std::size_t> {};

TEST_P(StatsdPackets, AreFullToTheByteAndNoLonger) {
  auto server = StatsdReceiver::udp4();
  Metrics metrics;
  auto statsd = exporter(metrics, server.address(), {.max_packet = GetParam()});
  for (int i = 0; i < 1000; ++i)
    metrics.histogram("codex.session.duration").record(1'000'000);
  ASSERT_TRUE(statsd->flush(in(10s)));
  const std::vector<std::string> packets = server.packets();
  expect_full(packets, GetParam());
  EXPECT_EQ(statsd_count(statsd_lines(packets), "codex.session.duration", "ms"), 1000U);
  const ExporterStats stats = checked(*statsd);
  EXPECT_EQ(stats.exported, statsd_lines(packets).size());
}

INSTANTIATE_TEST_SUITE_P(Statsd, StatsdPackets,
                         testing::Values(64, 83, 84, 1'426, 1'427, 1'428, 1'432, 8'192, 65'507));

TEST(Statsd, PacketsHaveTheSizeOfTheirWay) {
  const test::TempFolder folder;
  auto udp = StatsdReceiver::udp4();
  auto path = StatsdReceiver::unix_socket(folder.path() + "/s");
  Metrics metrics;
  auto over_udp = exporter(metrics, udp.address());
  auto over_path = exporter(metrics, path.address());
  for (int i = 0; i < 1000; ++i)
    metrics.histogram("codex.session.duration").record(1'000'000);
  ASSERT_TRUE(over_udp->flush(in(10s)));
  ASSERT_TRUE(over_path->flush(in(10s)));
  expect_full(udp.packets(), 1'432);
  expect_full(path.packets(), 8'192);
}

TEST(Statsd, ALineTooLongForAPacketIsDroppedAndSaysSoOnce) {
  auto server = StatsdReceiver::udp4();
  LogCapture log(exporter_logger());
  Metrics metrics;
  auto statsd = exporter(metrics, server.address(),
                         {.tags = {{"long", std::string(102, 'x')}}, .max_packet = 128});
  // 128 bytes, and 129.
  metrics.counter("codex.sessions").add(10);
  metrics.counter("codex.threads").add(1'000);
  metrics.counter("codex.turns", {"completed"}).add();
  metrics.histogram("codex.turn.duration", {"completed"}).record(1);
  ASSERT_TRUE(statsd->flush(in(10s)));
  EXPECT_THAT(server.packets(),
              ElementsAre("codex.sessions:10|c|#long:" + std::string(102, 'x')));
  const ExporterStats stats = checked(*statsd);
  EXPECT_EQ(stats.exported, 1U);
  EXPECT_GE(stats.dropped(ExportDrop::kFailed), 3U);  // with what exporters count of themselves
  EXPECT_EQ(stats.queued, 0U);
  EXPECT_THAT(log.messages(), ElementsAre(HasSubstr("a packet 128: it is dropped")));
}

// ---- labels ----

TEST(Statsd, HostileLabelsForgeNothing) {
  auto server = StatsdReceiver::udp4();
  Metrics metrics({.max_series = 100'000});
  for (const StatsdDialect dialect : {StatsdDialect::kDogStatsd, StatsdDialect::kPlain}) {
    auto statsd = exporter(metrics, server.address(), {.dialect = dialect, .skip_counted = true});
    std::int64_t emitted = 0;
    for (const std::string& label : hostile_labels()) {
      metrics.counter("codex.tool.calls", {label, label}).add();
      metrics.histogram("codex.tool.duration", {label}).record(5);
      ++emitted;
    }
    ASSERT_TRUE(statsd->flush(in(10s)));
    const auto lines = statsd_lines(server.packets());
    std::int64_t calls = 0;
    std::size_t timings = 0;
    for (const StatsdLine& line : lines) {
      ASSERT_TRUE(line.name.starts_with("codex.tool.") || line.name.starts_with("otel.sdk."))
          << line.name;
      if (line.name.starts_with("codex.tool.calls")) calls += std::stoll(line.value);
      if (line.name.starts_with("codex.tool.duration")) ++timings;
    }
    EXPECT_EQ(calls, emitted);
    EXPECT_EQ(timings, hostile_labels().size());
    checked(*statsd);
  }
}

TEST(Statsd, GaugesThatLookTheSameToTheServerAreAddedUp) {
  auto server = StatsdReceiver::udp4();
  Metrics metrics;
  auto statsd = exporter(metrics, server.address());
  metrics.counter("codex.tool.calls.active", {"a|b"}).add(2);
  metrics.counter("codex.tool.calls.active", {"a:b"}).add(3);
  ASSERT_TRUE(statsd->flush(in(10s)));
  EXPECT_THAT(lines_of(server.packets()), ElementsAre("codex.tool.calls.active:5|g|#tool:a_b"));
}

TEST(Statsd, NoSecretGetsOut) {
  auto server = StatsdReceiver::udp4();
  for (const bool scrubbed : {true, false}) {
    Hub hub(scrubbed ? Scrubbing() : Scrubbing::off());
    Metrics metrics({.max_series = 100'000});
    const MetricsRecorder recorder(hub, metrics);
    auto statsd = exporter(metrics, server.address());
    for (const SecretSample& sample : secret_samples()) {
      Event event;
      event.name = event::kToolStop;
      event.metadata = {{"tool", sample.text()}};
      hub.emit(event);
    }
    ASSERT_TRUE(statsd->flush(in(10s)));
    std::string out;
    for (const std::string& packet : server.packets())
      out += packet;
    std::size_t shown = 0;
    for (const SecretSample& sample : secret_samples())
      shown += out.find(sample.secret.substr(0, 16)) != std::string::npos ? 1U : 0U;
    if (scrubbed) {
      EXPECT_EQ(shown, 0U);
    } else {
      EXPECT_GT(shown, 10U);  // else the test sees nothing
    }
  }
}

// ---- when the other side is not well ----

TEST(Statsd, AServerThatComesLaterMissesNothing) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/later";
  LogCapture log(exporter_logger());
  Metrics metrics;
  auto statsd = exporter(metrics, "unix://" + path);
  std::int64_t counted = 0;
  for (int i = 1; i <= 5; ++i) {
    metrics.counter("codex.sessions").add(i);
    metrics.histogram("codex.session.duration").record(1);
    counted += i;
    EXPECT_FALSE(statsd->flush(in(10s)));
    EXPECT_EQ(failures(*statsd, StatsdFailure::kUnreachable), static_cast<std::uint64_t>(i));
  }
  EXPECT_THAT(log.messages(),
              ElementsAre("WARNING Packets can't be sent to the StatsD server unix://" + path +
                          ": unreachable; what waits goes later"));
  ExporterStats stats = checked(*statsd);
  EXPECT_EQ(stats.exported, 0U);
  EXPECT_EQ(stats.dropped(), 0U);
  auto server = StatsdReceiver::unix_socket(path);
  EXPECT_TRUE(statsd->flush(in(10s)));
  auto lines = statsd_lines(server.packets());
  EXPECT_EQ(statsd_counters(lines)["codex.sessions"], counted);
  EXPECT_EQ(statsd_counters(lines)["codex.statsd.failures{reason=unreachable}"], 5);
  EXPECT_EQ(statsd_count(lines, "codex.session.duration", "ms"), 5U);
  // And one that is started again, with another socket of the same name.
  { const StatsdReceiver gone = std::move(server); }
  metrics.counter("codex.sessions").add(100);
  EXPECT_FALSE(statsd->flush(in(10s)));
  EXPECT_GE(failures(*statsd, StatsdFailure::kRefused), 1U);
  auto again = StatsdReceiver::unix_socket(path);
  metrics.counter("codex.sessions").add(10);
  EXPECT_TRUE(statsd->flush(in(10s)));
  EXPECT_EQ(counters(again.packets()), (Counts{{"codex.sessions", 110}}));
  checked(*statsd);
}

TEST(Statsd, ADeadPortOfThisMachineLosesNothing) {
  int port = 0;
  {
    const auto server = StatsdReceiver::udp4();
    port = server.port();
  }
  Metrics metrics;
  auto statsd = exporter(metrics, "127.0.0.1:" + std::to_string(port));
  metrics.counter("codex.sessions").add(3);
  metrics.histogram("codex.session.duration").record(1);
  for (int i = 0; i < 4; ++i)
    EXPECT_FALSE(statsd->flush(in(10s)));
  EXPECT_GE(failures(*statsd, StatsdFailure::kRefused), 4U);
  EXPECT_EQ(checked(*statsd).exported, 0U);
  auto server = StatsdReceiver::udp4(port);
  EXPECT_TRUE(statsd->flush(in(10s)));
  const auto lines = statsd_lines(server.packets());
  EXPECT_EQ(statsd_counters(lines)["codex.sessions"], 3);
  EXPECT_EQ(statsd_count(lines, "codex.session.duration", "ms"), 1U);
}

TEST(Statsd, AFullReceiverIsWaitedForNoLongerThanTheDeadline) {
  const test::TempFolder folder;
  auto server = StatsdReceiver::unix_socket(folder.path() + "/full");
  Metrics metrics;
  auto statsd = exporter(metrics, server.address(), {.max_packet = 256, .max_timings = 4'096});
  Histogram& duration = metrics.histogram("codex.session.duration");
  for (int i = 0; i < 3'000; ++i)
    duration.record(1'000'000);
  // Nobody reads. On a slow machine the receiver is not full by the first deadline.
  for (const auto end = in(60s);
       failures(*statsd, StatsdFailure::kWouldBlock) == 0 && steady_clock::now() < end;) {
    const auto begin = steady_clock::now();
    EXPECT_FALSE(statsd->flush(in(100ms)));
    EXPECT_LT(steady_clock::now() - begin, 5s);
  }
  EXPECT_GE(failures(*statsd, StatsdFailure::kWouldBlock), 1U);
  ExporterStats stats = checked(*statsd);
  EXPECT_GT(stats.exported, 0U);
  EXPECT_GT(stats.queued, 0U);
  EXPECT_EQ(stats.dropped(), 0U);
  // More than there is room for is dropped, and known.
  for (int i = 0; i < 10'000; ++i)
    duration.record(1'000'000);
  stats = checked(*statsd);
  EXPECT_GE(stats.emitted, 13'000U);  // with what exporters count of themselves
  EXPECT_GT(stats.dropped(ExportDrop::kQueueFull), 0U);
  // Somebody reads at last.
  std::size_t received = 0;
  while (!statsd->flush(in(20ms)))
    received += statsd_count(statsd_lines(server.packets()), "codex.session.duration", "ms");
  received += statsd_count(statsd_lines(server.packets()), "codex.session.duration", "ms");
  stats = checked(*statsd);
  EXPECT_EQ(received + stats.dropped(ExportDrop::kQueueFull), 13'000U);
  EXPECT_EQ(duration.value().count, 13'000U);
}

TEST(Statsd, ANameThatLeadsNowhereIsCountedAndKeepsWhatWaits) {
  Metrics metrics;
  auto statsd = exporter(metrics, "no-such-host.invalid");
  metrics.counter("codex.sessions").add();
  EXPECT_FALSE(statsd->flush(in(60s)));
  EXPECT_GE(failures(*statsd, StatsdFailure::kUnresolved), 1U);
  EXPECT_FALSE(statsd->shutdown(in(60s)));
  const ExporterStats stats = checked(*statsd);
  EXPECT_EQ(stats.queued, 0U);
  EXPECT_EQ(stats.exported, 0U);
  EXPECT_GE(stats.dropped(ExportDrop::kShutdown), 1U);
}

// ---- counts ----

TEST(Statsd, EveryCountArrivesOnceWhileThreadsCount) {
  const test::TempFolder folder;
  auto server = StatsdReceiver::unix_socket(folder.path() + "/s");
  Metrics metrics;
  auto statsd = exporter(metrics, server.address(), {.interval = 1ms, .max_timings = 1 << 20});
  constexpr int kThreads = 4;
  constexpr int kCounts = 20'000;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      Counter& counter = metrics.counter("codex.turns", {i % 2 == 0 ? "completed" : "failed"});
      Histogram& histogram = metrics.histogram("codex.turn.duration", {"completed"});
      for (int n = 0; n < kCounts; ++n) {
        counter.add();
        if (n % 4 == 0) histogram.record(2'000'000);
        if (n % 1'000 == 0) statsd->flush(in(1ms));
      }
    });
  }
  Counts sums;
  std::size_t timings = 0;
  const auto take = [&] {
    const auto lines = statsd_lines(server.packets());
    for (const auto& [series, count] : statsd_counters(lines))
      sums[series] += count;
    timings += statsd_count(lines, "codex.turn.duration", "ms");
  };
  std::atomic<bool> done{false};
  std::thread reader([&] {
    while (!done) {
      take();
      std::this_thread::sleep_for(1ms);
    }
    take();
  });
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_TRUE(statsd->shutdown(in(60s)));
  done = true;
  reader.join();
  EXPECT_EQ(sums["codex.turns{outcome=completed}"], kThreads / 2 * kCounts);
  EXPECT_EQ(sums["codex.turns{outcome=failed}"], kThreads / 2 * kCounts);
  EXPECT_EQ(timings, static_cast<std::size_t>(kThreads * kCounts / 4));
  const ExporterStats stats = checked(*statsd);
  EXPECT_EQ(stats.dropped(), 0U);
  EXPECT_EQ(stats.queued, 0U);
}

// ---- the end ----

TEST(Statsd, ShutdownSendsTheRestAndEndsForGood) {
  auto server = StatsdReceiver::udp4();
  Metrics metrics;
  auto statsd = exporter(metrics, server.address());
  metrics.counter("codex.sessions").add(2);
  metrics.counter("codex.turns.active").add(1);
  metrics.histogram("codex.session.duration").record(1);
  EXPECT_TRUE(statsd->shutdown(in(10s)));
  EXPECT_EQ(lines_of(server.packets()).size(), 3U);
  EXPECT_TRUE(statsd->shutdown(in(10s)));
  metrics.counter("codex.sessions").add(2);
  metrics.histogram("codex.session.duration").record(1);
  EXPECT_FALSE(statsd->flush(in(10s)));
  EXPECT_TRUE(server.packets().empty());
  EXPECT_EQ(checked(*statsd).dropped(), 0U);
}

TEST(Statsd, ManyThreadsShutDownAtOnce) {
  const test::TempFolder folder;
  for (int round = 0; round < 50; ++round) {
    // By turns one that reads, one that is full and none.
    auto server = StatsdReceiver::unix_socket(folder.path() + "/s");
    Metrics metrics;
    auto statsd = exporter(metrics, round % 3 == 2 ? "unix://" + folder.path() + "/none"
                                                   : server.address(),
                           {.interval = 1ms, .max_packet = 64});
    for (int i = 0; i < (round % 3 == 1 ? 5'000 : 10); ++i)
      metrics.histogram("codex.session.duration").record(1'000'000);
    std::vector<std::thread> threads;
    std::atomic<int> late{0};
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        const auto deadline = in(20ms);
        statsd->flush(deadline);
        statsd->shutdown(deadline);
        // The machine may be busy, and the test runs under sanitizers.
        if (steady_clock::now() > deadline + 2s) ++late;
        statsd->stats();
      });
    }
    for (int i = 0; i < 100; ++i)
      metrics.histogram("codex.session.duration").record(1'000'000);
    for (std::thread& thread : threads)
      thread.join();
    EXPECT_EQ(late, 0);
    EXPECT_EQ(checked(*statsd).queued, 0U);
  }
}

TEST(Statsd, AChildOfForkSendsNothingAndCanCountOn) {
  auto server = StatsdReceiver::udp4();
  Metrics metrics;
  auto statsd = exporter(metrics, server.address(), {.interval = 1ms});
  Counter& sessions = metrics.counter("codex.sessions");
  for (int i = 0; i < 20; ++i) {
    sessions.add();
    metrics.histogram("codex.session.duration").record(1);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      sessions.add(1'000'000);
      metrics.counter("codex.turns", {std::to_string(i)}).add(1'000'000);
      metrics.histogram("codex.session.duration").record(1);
      const bool sent = statsd->flush(steady_clock::now() + 1s) || statsd->shutdown(in(1s));
      const bool known = !statsd->stats().empty() && !metrics.snapshot().empty();
      statsd.reset();
      _exit(sent || !known ? 1 : 0);
    }
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  EXPECT_TRUE(statsd->shutdown(in(10s)));
  const auto lines = statsd_lines(server.packets());
  EXPECT_EQ(statsd_counters(lines)["codex.sessions"], 20);
  EXPECT_EQ(statsd_count(lines, "codex.session.duration", "ms"), 20U);
  EXPECT_EQ(statsd_counters(lines).count("codex.turns{outcome=1}"), 0U);
}

TEST(Statsd, TheMetricsMayGoOnceItIsShutDown) {
  auto server = StatsdReceiver::udp4();
  auto metrics = std::make_unique<Metrics>();
  auto statsd = exporter(*metrics, server.address(), {.interval = 1ms});
  metrics->counter("codex.sessions").add();
  statsd->shutdown(in(0ms));
  metrics.reset();
  checked(*statsd);
  EXPECT_FALSE(statsd->flush(in(10ms)));
}

}  // namespace
}  // namespace codex::telemetry
