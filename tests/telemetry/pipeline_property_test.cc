// What holds of a pipeline whatever is emitted, from however many threads, and whenever it ends.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "codex/telemetry/event_names.h"
#include "codex/telemetry/pipeline.h"
#include "codex/telemetry/testing.h"

namespace codex::telemetry {
namespace {

constexpr std::string_view kDelta = "codex.item.delta";
constexpr std::string_view kNames[] = {
    event::kTurnStart,     event::kItemStarted, kDelta,
    kDelta,                kDelta,              event::kItemUpdated,
    event::kItemCompleted, event::kToolStart,   event::kToolStop,
    event::kTurnCompleted, event::kTurnFailed,  event::kSessionMalformed};

const std::shared_ptr<const Scrubber>& scrubber() {
  static const auto made = std::make_shared<const Scrubber>();
  return made;
}

PipelineOptions random_options() {
  PipelineOptions options;
  options.enabled = true;
  options.scrubber = scrubber();
  options.sample_ratio = *rc::gen::element(0.0, 0.3, 1.0);
  options.delta_burst = *rc::gen::element(1, 3, 100);
  options.deltas_per_second = *rc::gen::element(-1.0, 0.0, 1000.0);
  options.max_items = *rc::gen::element<std::size_t>(1, 2, 1000);
  return options;
}

struct Traffic {
  std::uint32_t seed;
  int events;
  int number;  // of the thread

  template <typename Emit>
  void run(Emit emit) const {
    std::minstd_rand random(seed);
    for (int i = 0; i < events; ++i) {
      Event event;
      event.name = kNames[random() % std::size(kNames)];
      const std::string item = "item_" + std::to_string(random() % 3);
      event.correlation = {"s", "thread_" + std::to_string(random() % 2), "1", item, "", {}};
      if (random() % 2 == 0) {
        event.correlation.trace = {std::string(30, 'a') + "0" + "0123456789abcdef"[random() % 16],
                                   std::string(16, 'b'), true};
        event.correlation.trace.trace_id[18] = "0123456789abcdef"[random() % 16];
      }
      if (event.name == kDelta) {
        event.metadata = {
            {"delta", "text " + std::to_string(number) + ":" + std::to_string(i) + "\n"}};
      }
      emit(std::move(event));
    }
  }
};

std::vector<Traffic> random_traffic() {
  std::vector<Traffic> traffic;
  const int threads = *rc::gen::inRange(1, 5);
  for (int thread = 0; thread < threads; ++thread) {
    // Of the full range from the first try on.
    const auto seed = *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(1U, 1'000'000'000U));
    const auto events = *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, 120));
    traffic.push_back({seed, events, thread});
  }
  return traffic;
}

void assert_balance(const PipelineCounts& counts) {
  RC_ASSERT(counts.emitted == counts.delivered + counts.dropped() + counts.waiting);
}

TEST(PipelineProperty, CountsBalanceWhateverHappensWhenever) {
  EXPECT_TRUE(rc::check([] {
    Hub hub;
    Hub source;
    std::atomic<std::uint64_t> seen{0};
    hub.attach("", [&seen](const Event& event) {
      if (event.name != event::kTelemetryHandlerFailed) ++seen;
    });
    std::atomic<int> handled{0};
    const int throws_at = *rc::gen::inRange(0, 200);
    for (int handler = 0; handler < 2; ++handler) {
      hub.attach("codex.item", [&handled, throws_at](const Event&) {
        if (++handled >= throws_at) throw std::runtime_error("it fails");
      });
    }
    const bool stops = *rc::gen::arbitrary<bool>();
    const bool switches = *rc::gen::arbitrary<bool>();
    const auto traffic = random_traffic();
    std::uint64_t calls = 0;
    for (const Traffic& each : traffic) calls += static_cast<std::uint64_t>(each.events);
    Pipeline pipeline(hub, random_options());
    pipeline.listen(source);
    std::vector<std::thread> threads;
    for (const Traffic& each : traffic) {
      threads.emplace_back([&] {
        each.run([&](Event event) {
          if (each.number % 2 == 0) return pipeline.emit(std::move(event));
          source.emit(std::move(event));
        });
      });
    }
    if (switches) {
      pipeline.set_enabled(false);
      std::this_thread::yield();
      pipeline.set_enabled(true);
    }
    if (stops) pipeline.shutdown();
    for (std::thread& thread : threads) thread.join();
    assert_balance(pipeline.counts());
    RC_ASSERT(pipeline.counts().delivered == seen.load());
    pipeline.shutdown();
    const PipelineCounts counts = pipeline.counts();
    assert_balance(counts);
    RC_ASSERT(counts.emitted == calls);
    RC_ASSERT(counts.waiting == 0U);
    RC_ASSERT(counts.delivered == seen.load());
    RC_ASSERT(counts.dropped(DropReason::kFailed) == 0U);
  }));
}

// A thread that works on items of its own finds all their text delivered, in order.
TEST(PipelineProperty, NoTextIsLostNorMovedToAnotherItem) {
  EXPECT_TRUE(rc::check([] {
    Hub hub;
    std::mutex mutex;
    std::map<std::string, std::string> seen;
    std::map<std::string, bool> over;
    bool late = false;
    hub.attach("codex.item", [&](const Event& event) {
      const std::lock_guard lock(mutex);
      const std::string& item = event.correlation.item;
      if (event.name == event::kItemCompleted) over[item] = true;
      if (event.name != kDelta) return;
      late = late || over[item];
      seen[item] += event.metadata.find("delta")->text();
    });
    PipelineOptions options = random_options();
    options.sample_ratio = 1;
    options.max_items = 1000;
    Pipeline pipeline(hub, options);
    const auto traffic = random_traffic();
    std::vector<std::map<std::string, std::string>> expected(traffic.size());
    std::vector<std::thread> threads;
    for (const Traffic& each : traffic) {
      threads.emplace_back([&] {
        auto& texts = expected[static_cast<std::size_t>(each.number)];
        each.run([&](Event event) {
          if (event.name != kDelta) return;
          event.correlation.thread = std::to_string(each.number);
          event.correlation.item += " of " + event.correlation.thread;
          texts[event.correlation.item] += event.metadata.find("delta")->text();
          pipeline.emit(std::move(event));
        });
        for (const auto& [item, text] : texts) {
          Event end;
          end.name = event::kItemCompleted;
          end.correlation = {"s", std::to_string(each.number), "1", item, "", {}};
          pipeline.emit(std::move(end));
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    RC_ASSERT(!late);
    std::map<std::string, std::string> all;
    for (const auto& texts : expected) all.insert(texts.begin(), texts.end());
    RC_ASSERT(seen == all);
    RC_ASSERT(pipeline.counts().waiting == 0U);
  }));
}

TEST(PipelineProperty, WhatBeganAndWasDeliveredEnds) {
  EXPECT_TRUE(rc::check([] {
    Hub hub;
    MemorySink sink(hub);
    PipelineOptions options = random_options();
    options.sample_ratio = *rc::gen::element(0.1, 0.5);
    Pipeline pipeline(hub, options);
    std::minstd_rand random(*rc::gen::inRange(1U, 1'000'000'000U));
    const auto emit = [&](std::string_view name, int item) {
      Event event;
      event.name = name;
      event.correlation = {"s", "t", "1", std::to_string(item), "", {}};
      // The begin and the end of an item may belong to different traces, or to none.
      if (random() % 4 != 0) event.correlation.trace = make_trace_context();
      pipeline.emit(std::move(event));
    };
    for (int item = 0; item < 60; ++item) emit(event::kItemStarted, item);
    for (int item = 0; item < 60; ++item) emit(event::kItemCompleted, item);
    std::map<std::string, int> ends;
    for (const Event& event : sink.of(event::kItemCompleted)) ++ends[event.correlation.item];
    for (const Event& event : sink.of(event::kItemStarted)) {
      RC_ASSERT(ends[event.correlation.item] == 1);
    }
    assert_balance(pipeline.counts());
  }));
}

// Scopes nested at random, handed over to threads; what is emitted there, deltas that wait
// included, carries the ids of the place where it was emitted.
TEST(PipelineProperty, CorrelationIsThatOfTheEmitterOnAnyThread) {
  EXPECT_TRUE(rc::check([] {
    Hub hub;
    std::atomic<int> wrong{0};
    std::atomic<int> right{0};
    hub.attach("", [&](const Event& event) {
      const json::Value* expected = event.metadata.find("expected");
      const Correlation& ids = event.correlation;
      const std::string found = ids.session + "/" + ids.thread + "/" + ids.turn + "/" + ids.item;
      ++(expected != nullptr && expected->text() == found ? right : wrong);
    });
    PipelineOptions options = random_options();
    options.sample_ratio = 1;
    Pipeline pipeline(hub, options);
    const int sessions = *rc::gen::inRange(1, 4);
    const int turns = *rc::gen::inRange(1, 4);
    const auto seed = *rc::gen::inRange(1U, 1'000'000'000U);
    const auto turn_of = [&](int session, int turn) {
      const CorrelationScope scope({"", "", std::to_string(turn), "", "", {}});
      const Correlation handed = current_correlation();
      const auto work = [&, handed](int worker) {
        const CorrelationScope restored(handed);
        std::minstd_rand random(seed + static_cast<unsigned>(100 * session + 10 * turn + worker));
        for (int i = 0; i < 12; ++i) {
          const std::string item = random() % 3 == 0 ? "" : "item_" + std::to_string(random() % 2);
          const CorrelationScope inner({"", "", "", item, "", {}});
          Event event;
          event.name = kNames[random() % std::size(kNames)];
          event.metadata = {{"expected", handed.session + "/" + handed.thread + "/" + handed.turn +
                                             "/" + item},
                            {"delta", "x"}};
          pipeline.emit(std::move(event));
        }
      };
      std::thread other(work, 1);
      work(0);
      other.join();
    };
    std::vector<std::thread> threads;
    for (int session = 0; session < sessions; ++session) {
      threads.emplace_back([&, session] {
        const std::string id = std::to_string(session);
        const CorrelationScope scope({"s" + id, "t" + id, "", "", "", {}});
        for (int turn = 0; turn < turns; ++turn) turn_of(session, turn);
      });
    }
    for (std::thread& thread : threads) thread.join();
    pipeline.shutdown();
    RC_ASSERT(wrong.load() == 0);
    RC_ASSERT(static_cast<std::uint64_t>(right.load()) == pipeline.counts().delivered);
    assert_balance(pipeline.counts());
  }));
}

}  // namespace
}  // namespace codex::telemetry
