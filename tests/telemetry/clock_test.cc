// The wall clock is set a year back or forward while exporters queue, wait, try again and end:
// what waits, waits by the steady clock, and what goes out has times that can be.
#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock_wall.h"
#include "codex/telemetry/exec_observer.h"
#include "codex/telemetry/prometheus.h"
#include "codex/telemetry/statsd.h"
#include "codex/telemetry/testing_capture.h"
#include "otlp_support.h"
#include "statsd_receiver.h"

namespace codex::telemetry {
namespace {

using namespace std::chrono_literals;
using std::chrono::system_clock;
using test::Answer;
using test::badly;
using test::FailureServer;
using test::HttpRequest;
using test::set_wall_clock;
using test::status;

constexpr std::chrono::hours kYear{365 * 24};

// "1700000000123456789", as text in the JSON.
std::int64_t nanos(const json::Value& record, const std::string& key) {
  return std::stoll(std::string(test::at(record, "/" + key).text()));
}

// By how much the clock is set.
class ClockIsSet : public testing::TestWithParam<std::chrono::hours> {
 protected:
  static void set() { set_wall_clock(GetParam()); }

 private:
  const test::WallClockRestored restored_;
};

INSTANTIATE_TEST_SUITE_P(AYear, ClockIsSet, testing::Values(-kYear, kYear),
                         [](const auto& by) { return by.param < 0h ? "Back" : "Forward"; });

TEST_P(ClockIsSet, ForAllOfTheProcess) {
  const auto wall = system_clock::now();
  const auto steady = steady_clock::now();
  const std::time_t seconds = std::time(nullptr);
  set();
  EXPECT_LT(std::chrono::abs(system_clock::now() - wall - GetParam()), 1h);
  EXPECT_LT(std::abs(std::difftime(std::time(nullptr), seconds) -
                     static_cast<double>(std::chrono::seconds(GetParam()).count())),
            3600);
  EXPECT_LT(steady_clock::now() - steady, 1h);
  EXPECT_GE(steady_clock::now(), steady);
}

TEST_P(ClockIsSet, WhileABatchWaitsForItsTime) {
  FailureServer server;
  OtlpOptions options = quick_options(server.url());
  options.traces.delay = 200ms;
  SpanSource source;
  const auto exporter = attach_otlp({.traces = &source.provider()}, options);
  source.spans(3);
  set();
  server.wait_for(1);
  EXPECT_TRUE(exporter->flush(in_time()));
  EXPECT_EQ(records_of(server.requests(), "traces").size(), 3U);
  expect_settled(exporter->stats().at(0));
}

TEST_P(ClockIsSet, WhileAReceiverAnswersAndIsAskedAgain) {
  // Each time another way to say: later.
  FailureServer server([](const HttpRequest&, std::size_t number) {
    if (number < 3) set_wall_clock(number == 1 ? -2 * GetParam() : GetParam());
    if (number == 0) return status(503);
    if (number == 1) return status(429, {{"Retry-After", "1"}});
    if (number == 2) return badly(Answer::Way::kCut, 502);
    return Answer();
  });
  OtlpOptions options = quick_options(server.url());
  options.retry.first = options.retry.longest = 100ms;
  SpanSource source;
  const auto exporter = attach_otlp({.traces = &source.provider()}, options);
  source.spans(3);
  const auto begun = steady_clock::now();
  EXPECT_TRUE(exporter->flush(in_time()));
  EXPECT_GE(steady_clock::now() - begun, 1s);  // as Retry-After said
  const ExporterStats stats = exporter->stats().at(0);
  EXPECT_EQ(stats.exported, 3U);
  EXPECT_EQ(stats.retries, 3U);
  expect_settled(stats);
}

// The receiver says when, by its own clock; ours is wrong, and set again while it waits.
TEST_P(ClockIsSet, BeforeARetryAfterThatIsADate) {
  std::atomic<steady_clock::time_point> refused{}, asked_again{};
  FailureServer server([&](const HttpRequest&, std::size_t number) {
    if (number != 0) {
      asked_again = steady_clock::now();
      return Answer();
    }
    refused = steady_clock::now();
    return status(503, {{"Date", "Wed, 21 Oct 2015 07:28:00 GMT"},
                        {"Retry-After", "Wed, 21 Oct 2015 07:28:01 GMT"}});
  });
  OtlpOptions options = quick_options(server.url());
  options.traces.delay = 0ms;
  SpanSource source;
  const auto exporter = attach_otlp({.traces = &source.provider()}, options);
  set();
  source.spans(1);
  server.wait_for(1);
  set();
  EXPECT_TRUE(exporter->flush(in_time()));
  EXPECT_GE(asked_again.load() - refused.load(), 1s);
  EXPECT_EQ(exporter->stats().at(0).exported, 1U);
}

// Where the receiver does not say what its clock shows, a date that has passed by ours is no leave
// to ask without a pause.
TEST_P(ClockIsSet, AndADateThatHasPassedMeansTheUsualPause) {
  FailureServer server([](const HttpRequest&, std::size_t number) {
    return number == 0 ? status(503, {{"Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT"}}) : Answer();
  });
  OtlpOptions options = quick_options(server.url());
  options.retry.first = options.retry.longest = 2s;
  SpanSource source;
  const auto exporter = attach_otlp({.traces = &source.provider()}, options);
  set();
  source.spans(1);
  const auto begun = steady_clock::now();
  EXPECT_TRUE(exporter->flush(in_time()));
  EXPECT_GE(steady_clock::now() - begun, 1s);
  EXPECT_EQ(exporter->stats().at(0).exported, 1U);
}

TEST_P(ClockIsSet, WhileFlushAndShutdownWaitForTheirDeadlines) {
  FailureServer server([](const HttpRequest&, std::size_t number) {
    if (number == 0) set();
    return badly(Answer::Way::kSilence);
  });
  OtlpOptions options = quick_options(server.url());
  options.traces.delay = 0ms;
  SpanSource source;
  const auto exporter = attach_otlp({.traces = &source.provider()}, options);
  source.spans(3);
  const auto flushed = in(300ms);
  EXPECT_FALSE(exporter->flush(flushed));
  EXPECT_GE(steady_clock::now(), flushed);
  server.wait_for(1);
  const auto ended = in(300ms);
  EXPECT_FALSE(exporter->shutdown(ended));
  EXPECT_GE(steady_clock::now(), ended);
  EXPECT_EQ(exporter->stats().at(0).dropped(ExportDrop::kShutdown), 3U);
  expect_settled(exporter->stats().at(0));
}

TEST_P(ClockIsSet, WhileAnAttemptAndItsBatchHaveTheirTime) {
  FailureServer server([](const HttpRequest&, std::size_t) {
    set();
    return badly(Answer::Way::kDribble);
  });
  OtlpOptions options = quick_options(server.url());
  options.traces.timeout = 200ms;
  options.traces.batch_timeout = 500ms;
  SpanSource source;
  const auto exporter = attach_otlp({.traces = &source.provider()}, options);
  source.spans(3);
  EXPECT_TRUE(exporter->flush(in_time()));
  EXPECT_EQ(exporter->stats().at(0).dropped(ExportDrop::kRetriesExhausted), 3U);
}

TEST_P(ClockIsSet, AndSpansTakeAsLongAsTheyTook) {
  FailureServer server;
  SpanSource source;
  const auto exporter = attach_otlp({.traces = &source.provider()}, quick_options(server.url()));
  {
    const TracingScope scope({source.trace(), nullptr});
    const auto before = source.provider().create_span(
        std::make_shared<CustomSpanData>("before", json::Object{}));
    source.provider().start(before);
    set();
    source.span("behind");
    source.provider().finish(before);
  }
  EXPECT_TRUE(exporter->flush(in_time()));
  const json::Array spans = records_of(server.requests(), "traces");
  ASSERT_EQ(spans.size(), 2U);
  for (const json::Value& span : spans) {
    const std::int64_t took = nanos(span, "endTimeUnixNano") - nanos(span, "startTimeUnixNano");
    EXPECT_GE(took, 0) << json::dump(span);
    EXPECT_LT(took, std::chrono::nanoseconds(1h).count()) << json::dump(span);
  }
  const auto apart = std::chrono::nanoseconds(nanos(spans[0], "startTimeUnixNano") -
                                              nanos(spans[1], "startTimeUnixNano"));
  EXPECT_LT(std::chrono::abs(apart - GetParam()), 1h) << "it was not set";
}

TEST_P(ClockIsSet, AndPointsBeginBeforeTheyEndAndAllAtOneTime) {
  FailureServer server;
  Metrics metrics;
  const auto exporter = attach_otlp({.metrics = &metrics}, quick_options(server.url()));
  metrics.counter("codex.events", {"one"}).add(1);
  EXPECT_TRUE(exporter->flush(in_time()));
  set();
  for (int i = 0; i < 3; ++i) {
    metrics.histogram("codex.turn.duration", {"completed"}).record(7);
    EXPECT_TRUE(exporter->flush(in_time()));
  }
  std::vector<std::int64_t> starts;
  for (const json::Value& metric : records_of(server.requests(), "metrics")) {
    const bool sum = metric.get("sum") != nullptr;
    const std::string place = sum ? "/sum/dataPoints" : "/histogram/dataPoints";
    for (const json::Value& point : *test::at(metric, place).array()) {
      EXPECT_LT(nanos(point, "startTimeUnixNano"), nanos(point, "timeUnixNano"))
          << json::dump(metric);
      starts.push_back(nanos(point, "startTimeUnixNano"));
    }
  }
  ASSERT_EQ(starts.size(), 4U + 3U);
  starts.erase(starts.begin());  // before
  EXPECT_THAT(starts, testing::Each(starts.front())) << "another one is a count that begins again";
}

// `codex exec` says nothing of how long it took: that is between two events.
TEST_P(ClockIsSet, AndWhatIsMeasuredBetweenEventsIsWhatPassed) {
  Hub hub;
  MetricCapture metrics(hub);
  ExecObserver observer(hub, {});
  observer.started({"codex", "exec"}, "");
  observer.standard_output("{\"type\":\"thread.started\",\"thread_id\":\"t\"}\n");
  observer.standard_output("{\"type\":\"turn.started\"}\n");
  set();
  observer.standard_output("{\"type\":\"turn.completed\",\"usage\":{}}\n");
  set_wall_clock(-3 * GetParam());
  observer.ended(0, std::nullopt);
  for (const std::string_view name : {"codex.turn.duration", "codex.session.duration"}) {
    const HistogramValue value = metrics.histogram(name);
    EXPECT_EQ(value.count, 1U) << name;
    EXPECT_LT(value.sum, static_cast<std::uint64_t>(std::chrono::nanoseconds(1h).count())) << name;
  }
}

// A connection to the endpoint, and what it says until it closes.
class Scrape {
 public:
  explicit Scrape(int port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{60, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ~Scrape() { ::close(fd_); }
  Scrape(const Scrape&) = delete;
  Scrape& operator=(const Scrape&) = delete;
  void say(std::string_view text) { ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL); }
  std::string rest() {
    std::string all;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::recv(fd_, buffer, sizeof buffer, 0)) > 0;)
      all.append(buffer, static_cast<std::size_t>(got));
    return all;
  }

 private:
  const int fd_;
};

TEST_P(ClockIsSet, WhilePrometheusScrapes) {
  Metrics metrics;
  metrics.counter("codex.turns", {"completed"}).add(3);
  std::string error;
  const auto endpoint = serve_prometheus(metrics, {.address = "127.0.0.1:0"}, &error);
  ASSERT_NE(endpoint, nullptr) << error;
  Scrape scrape(endpoint->port());
  scrape.say("GET /metrics HTTP/1.1\r\nHost: here\r\n");
  set();
  scrape.say("Connection: close\r\n\r\n");
  const std::string answer = scrape.rest();
  EXPECT_THAT(answer, testing::StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(answer, testing::HasSubstr("codex_turns_total{outcome=\"completed\"} 3"));
  Scrape hanging(endpoint->port());  // says nothing
  set_wall_clock(-2 * GetParam());
  EXPECT_TRUE(endpoint->shutdown(in_time()));
}

TEST_P(ClockIsSet, WhileStatsdWaitsForItsInterval) {
  Metrics metrics;
  StatsdReceiver receiver = StatsdReceiver::udp4();
  StatsdOptions options;
  options.address = receiver.address();
  options.interval = 100ms;
  const auto statsd = export_statsd(metrics, options);
  ASSERT_NE(statsd, nullptr);
  std::vector<StatsdLine> lines;
  const auto counted = [&lines] {
    return statsd_counters(lines)["codex.turns{outcome=completed}"];
  };
  for (int i = 0; i < 2; ++i) {
    metrics.counter("codex.turns", {"completed"}).add(1);
    set_wall_clock(i == 0 ? GetParam() : -2 * GetParam());
    // By itself: nobody flushes.
    for (const auto until = in_time(); counted() <= i && steady_clock::now() < until;) {
      ::usleep(1000);
      for (StatsdLine& line : statsd_lines(receiver.packets()))
        lines.push_back(std::move(line));
    }
    EXPECT_EQ(counted(), i + 1);
  }
}

TEST_P(ClockIsSet, WhileStatsdWaitsForAReceiverThatIsFull) {
  Metrics metrics;
  char folder[] = "/tmp/ctd-clock-XXXXXX";
  ASSERT_NE(::mkdtemp(folder), nullptr);
  const std::string path = std::string(folder) + "/socket";
  {
    StatsdReceiver receiver = StatsdReceiver::unix_socket(path);
    StatsdOptions options;
    options.address = receiver.address();
    options.interval = 1h;
    options.max_packet = 512;
    const auto statsd = export_statsd(metrics, options);
    ASSERT_NE(statsd, nullptr);
    Histogram& histogram = metrics.histogram("codex.turn.duration", {"completed"});
    for (int i = 0; i < 20'000; ++i)
      histogram.record(static_cast<std::uint64_t>(i));
    set();
    const auto flushed = in(200ms);
    EXPECT_FALSE(statsd->flush(flushed));
    EXPECT_GE(steady_clock::now(), flushed);
    set_wall_clock(-2 * GetParam());
    const auto ended = in(200ms);
    EXPECT_FALSE(statsd->shutdown(ended));
    EXPECT_GE(steady_clock::now(), ended);
    const ExporterStats stats = statsd->stats().at(0);
    EXPECT_EQ(stats.emitted, stats.exported + stats.dropped());
    EXPECT_GT(stats.dropped(ExportDrop::kShutdown), 0U);
  }
  ::unlink(path.c_str());
  ::rmdir(folder);
}

}  // namespace
}  // namespace codex::telemetry
