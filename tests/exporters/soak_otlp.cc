// The OpenTelemetry exporter under load and at its end, against receivers that fail in every way.
//
//   ctd_soak_otlp --events N      emitted = exported + dropped, by reason, and exported is what the
//                                 receivers have, over N events in all, for every queue policy,
//                                 number of producers and kind of receiver
//   ctd_soak_otlp --shutdowns N   N exporters are shut down while they work: none returns later
//   than its
//                                 deadline + 50 ms, where the machine wakes those that only sleep
//                                 in time
//
// Prints a line for each combination. Exit status: 0 all as it must be, 1 not, 2 usage.
#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <functional>
#include <random>
#include <string_view>
#include <thread>
#include <unistd.h>
#include <vector>

#include "codex/telemetry/event_names.h"
#include "codex/telemetry/otlp.h"
#include "tests/support/failure_server.h"

#include <sys/wait.h>

namespace {

using namespace codex::telemetry;
using namespace std::chrono_literals;
using codex::test::Answer;
using codex::test::badly;
using codex::test::FailureServer;
using codex::test::HttpRequest;
using codex::test::status;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::uint64_t count_of(std::string_view body, std::string_view what) {
  std::uint64_t count = 0;
  for (std::size_t at = 0; (at = body.find(what, at)) != body.npos; at += what.size())
    ++count;
  return count;
}

// A receiver, and how many records it has taken.
struct Receiver {
  const char* name;
  Answer (*answer)(std::size_t number);
  // Of the records of a request: those that it has, and those that it says it has not.
  bool partial = false;
};

Answer partly() {
  Answer answer;
  answer.body = R"({"partialSuccess":{"rejectedLogRecords":"1"}})";
  return answer;
}

const Receiver kReceivers[] = {
    {"takes all", [](std::size_t) { return Answer(); }},
    {"takes all but one of each", [](std::size_t) { return partly(); }, true},
    {"is away every other time",
     [](std::size_t number) { return number % 2 == 0 ? status(503) : Answer(); }},
    {"resets every other time",
     [](std::size_t number) { return number % 2 == 0 ? badly(Answer::Way::kReset) : Answer(); }},
    {"refuses every third",
     [](std::size_t number) { return number % 3 == 0 ? status(400) : Answer(); }},
    {"is always away", [](std::size_t) { return status(429); }},
    {"answers half", [](std::size_t) { return badly(Answer::Way::kHalf); }},
};

struct Load {
  const Receiver& receiver;
  QueuePolicy policy;
  int producers;
  std::uint64_t events;
};

OtlpOptions options_for(const std::string& url) {
  OtlpOptions options = otlp_options(url, [](std::string_view) { return std::nullopt; });
  options.retry.first = 1ms;
  options.retry.longest = 2ms;
  return options;
}

bool accounts(const Load& load) {
  std::atomic<std::uint64_t> taken{0};
  FailureServer server([&](const HttpRequest& request, std::size_t number) {
    const Answer answer = load.receiver.answer(number);
    if (answer.status == 200 &&
        (answer.way == Answer::Way::kWhole || answer.way == Answer::Way::kHalf)) {
      taken +=
          count_of(request.body, R"("observedTimeUnixNano")") - (load.receiver.partial ? 1 : 0);
    }
    return answer;
  });
  server.forget_requests();
  OtlpOptions options = options_for(server.url());
  options.policy = load.policy;
  options.logs.delay = 1ms;
  Hub hub;
  const auto exporter = attach_otlp({.events = &hub}, options);
  std::vector<std::thread> producers;
  const std::uint64_t each = load.events / static_cast<std::uint64_t>(load.producers);
  for (int i = 0; i < load.producers; ++i) {
    producers.emplace_back([&hub, each] {
      for (std::uint64_t n = 0; n < each; ++n) {
        Event event;
        event.name = event::kTurnStart;
        event.correlation.turn = "1";
        hub.emit(std::move(event));
      }
    });
  }
  for (std::thread& producer : producers)
    producer.join();
  const bool settled =
      exporter->flush(steady_clock::now() + 60s) && exporter->shutdown(steady_clock::now() + 60s);
  ExporterStats stats;
  for (const ExporterStats& one : exporter->stats())
    if (one.signal == "log") stats = one;
  const bool good = settled && stats.queued == 0 &&
                    stats.emitted == each * static_cast<std::uint64_t>(load.producers) &&
                    stats.emitted == stats.exported + stats.dropped() && stats.exported == taken;
  std::printf(
      "%s  a receiver that %s, drops the %s, %d producers: %llu emitted = %llu exported (%llu "
      "there)",
      good ? "good" : "BAD ", load.receiver.name,
      load.policy == QueuePolicy::kDropNewest ? "newest" : "oldest", load.producers,
      static_cast<unsigned long long>(stats.emitted),
      static_cast<unsigned long long>(stats.exported), static_cast<unsigned long long>(taken));
  for (std::size_t i = 0; i < kExportDrops; ++i) {
    if (stats.dropped_by[i] == 0) continue;
    std::printf(" + %llu %s", static_cast<unsigned long long>(stats.dropped_by[i]),
                std::string(export_drop_name(static_cast<ExportDrop>(i))).c_str());
  }
  std::printf("\n");
  std::fflush(stdout);
  return good;
}

bool all_accounts(std::uint64_t events) {
  std::vector<Load> loads;
  for (const Receiver& receiver : kReceivers)
    for (const QueuePolicy policy : {QueuePolicy::kDropNewest, QueuePolicy::kDropOldest})
      for (const int producers : {1, 4, 32})
        loads.push_back({receiver, policy, producers, 0});
  bool good = true;
  for (Load& load : loads) {
    load.events = (events + loads.size() - 1) / loads.size() + 31;  // the threads have as many each
    good = accounts(load) && good;
  }
  return good;
}

struct Place {
  const char* name;
  Answer::Way way;
  int status;
};
const Place kPlaces[] = {
    {"black hole", Answer::Way::kSilence, 200}, {"slow-loris", Answer::Way::kDribble, 200},
    {"always away", Answer::Way::kWhole, 503},  {"endless", Answer::Way::kEndless, 200},
    {"resets", Answer::Way::kReset, 200},       {"takes all", Answer::Way::kWhole, 200},
};

double behind(steady_clock::time_point deadline) {
  return std::chrono::duration<double, std::milli>(steady_clock::now() - deadline).count();
}

// How many milliseconds behind its deadline the shutdown returned.
double lateness(Exporter& exporter, milliseconds limit) {
  const auto deadline = steady_clock::now() + limit;
  exporter.shutdown(deadline);
  return behind(deadline);
}

// How late threads are that do nothing but sleep until then: what the machine makes of a deadline.
class Sleepers {
 public:
  explicit Sleepers(milliseconds limit) {
    const auto deadline = steady_clock::now() + limit;
    for (double& one : late_) {
      threads_.emplace_back([&one, deadline] {
        std::this_thread::sleep_until(deadline);
        one = behind(deadline);
      });
    }
  }
  double latest() {
    for (std::thread& thread : threads_)
      thread.join();
    threads_.clear();
    return *std::max_element(late_.begin(), late_.end());
  }

 private:
  std::array<double, 4> late_{};
  std::vector<std::thread> threads_;
};

// The latest of several threads at once.
double lateness_at_once(Exporter& exporter, milliseconds limit) {
  std::array<double, 4> late{};
  std::vector<std::thread> threads;
  for (double& one : late)
    threads.emplace_back([&] { one = lateness(exporter, limit); });
  for (std::thread& thread : threads)
    thread.join();
  return *std::max_element(late.begin(), late.end());
}

// In a child that goes on with what its parent had attached.
double lateness_in_child(const std::function<double()>& work) {
  int ends[2];
  if (::pipe(ends) != 0) return 1e9;
  const pid_t child = ::fork();
  if (child == 0) {
    const double late = work();
    ::_exit(::write(ends[1], &late, sizeof late) == sizeof late ? 0 : 1);
  }
  ::close(ends[1]);
  double late = 1e9;
  if (::read(ends[0], &late, sizeof late) != sizeof late) late = 1e9;
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return late;
}

bool all_shutdowns(std::uint64_t count) {
  constexpr double kGrace = 50;  // milliseconds
  std::minstd_rand random(7);
  double worst = -1e9, worst_sleeper = -1e9;
  std::uint64_t late = 0, held_up = 0, unsettled = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const Place& place = kPlaces[i % std::size(kPlaces)];
    FailureServer server(
        [&](const HttpRequest&, std::size_t) { return badly(place.way, place.status); });
    server.forget_requests();
    Hub hub;
    Metrics metrics;
    metrics.counter("codex.threads").add();
    // Every seventh receiver is not there at all.
    const std::string url = i % 7 == 6 ? codex::test::dead_url() : server.url();
    const auto exporter = attach_otlp({.events = &hub, .metrics = &metrics}, options_for(url));
    const auto emit = [&] {
      for (int n = 0; n < 700; ++n) {
        Event event;
        event.name = event::kTurnStart;
        hub.emit(std::move(event));
      }
    };
    const milliseconds limit(random() % 100);
    emit();
    double machine = 0;
    if (i % 3 == 0) std::this_thread::sleep_for(milliseconds(random() % 20));
    double found = 0;
    if (i % 5 == 4) {
      Sleepers sleepers(limit);
      found = lateness_in_child([&] {
        emit();
        return lateness(*exporter, limit);
      });
      machine = sleepers.latest();
    }
    Sleepers sleepers(limit);
    found = std::max(found,
                     i % 2 == 0 ? lateness(*exporter, limit) : lateness_at_once(*exporter, limit));
    machine = std::max(machine, sleepers.latest());
    worst = std::max(worst, found);
    worst_sleeper = std::max(worst_sleeper, machine);
    if (found > kGrace && found <= kGrace + machine) {
      ++held_up;
    } else if (found > kGrace) {
      ++late;
      std::printf("BAD   %s, %lld ms: returned %.1f ms late\n", place.name,
                  static_cast<long long>(limit.count()), found);
    }
    for (const ExporterStats& stats : exporter->stats())
      if (stats.queued != 0 || stats.emitted != stats.exported + stats.dropped()) ++unsettled;
  }
  std::printf(
      "%s  %llu shutdowns: the latest returned %.1f ms behind its deadline (a thread that only "
      "sleeps: "
      "%.1f ms), %llu more than 50 ms, and %llu more that the machine held up; %llu accounts that "
      "do not "
      "agree\n",
      late + unsettled == 0 ? "good" : "BAD ", static_cast<unsigned long long>(count), worst,
      worst_sleeper, static_cast<unsigned long long>(late),
      static_cast<unsigned long long>(held_up), static_cast<unsigned long long>(unsettled));
  return late + unsettled == 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t count = 0;
  if (argc != 3 ||
      std::from_chars(argv[2], argv[2] + std::strlen(argv[2]), count).ec != std::errc() ||
      count == 0) {
    std::fprintf(stderr, "usage: ctd_soak_otlp --events N | --shutdowns N\n");
    return 2;
  }
  const std::string_view what = argv[1];
  if (what == "--events") return all_accounts(count) ? 0 : 1;
  if (what == "--shutdowns") return all_shutdowns(count) ? 0 : 1;
  std::fprintf(stderr, "ctd_soak_otlp: %s is no option of mine\n", argv[1]);
  return 2;
}
