#include <atomic>
#include <memory>
#include <random>
#include <rapidcheck.h>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "codex/telemetry/event.h"
#include "codex/telemetry/event_names.h"

namespace codex::telemetry {
namespace {

Event make(std::string_view name) {
  Event made;
  made.name = name;
  return made;
}

TEST(HubThreads, AttachDetachAndEmitFromEightThreads) {
  Hub hub;
  constexpr int kThreads = 8;
  constexpr int kRounds = 400;
  std::atomic<std::int64_t> delivered{0}, failed_seen{0}, thrown{0};
  hub.attach("codex.turn", [&](const Event&) { ++delivered; });
  hub.attach(event::kTelemetryHandlerFailed, [&](const Event&) { ++failed_seen; });
  std::atomic<std::int64_t> failing_handlers{0};
  std::vector<std::thread> threads;
  for (int number = 0; number < kThreads; ++number) {
    threads.emplace_back([&, number] {
      std::mt19937 random(static_cast<unsigned>(number));
      for (int round = 0; round < kRounds; ++round) {
        switch (random() % 4) {
          case 0: {
            // Freed by whoever uses the handler last: the sanitizers watch.
            const HandlerId id = hub.attach(
                "", [held = std::string(100, 'x')](const Event&) { EXPECT_EQ(held.back(), 'x'); });
            hub.emit(make(event::kTurnStart));
            EXPECT_TRUE(hub.detach(id));
            break;
          }
          case 1:
            ++failing_handlers;
            hub.attach("codex.item", [&thrown](const Event&) {
              ++thrown;
              throw std::runtime_error("on purpose");
            });
            hub.emit(make(event::kTurnStart));
            break;
          case 2:
            hub.emit(make(event::kTurnStart));
            hub.emit(make(event::kItemStarted));
            continue;
          default:
            hub.emit(make(event::kTurnStart));
        }
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  hub.emit(make(event::kItemStarted));  // whoever was still to fail does
  EXPECT_EQ(delivered, kThreads * kRounds);
  EXPECT_EQ(failed_seen, failing_handlers);  // exactly once each, however many threads it failed on
  EXPECT_GE(thrown, failing_handlers);
}

TEST(HubThreads, ADetachedHandlerIsNotStartedAgain) {
  Hub hub;
  std::atomic<bool> stop{false};
  std::thread emitter([&] {
    while (!stop)
      hub.emit(make(event::kTurnStart));
  });
  for (int round = 0; round < 100; ++round) {
    // One call may be running when detach returns, or be about to; no second one.
    const auto calls = std::make_shared<std::atomic<int>>(0);
    const HandlerId id = hub.attach("", [calls](const Event&) { ++*calls; });
    while (calls->load() == 0)
      std::this_thread::yield();
    EXPECT_TRUE(hub.detach(id));
    const int at_detach = calls->load();
    std::this_thread::yield();
    EXPECT_LE(calls->load(), at_detach + 1);
  }
  stop = true;
  emitter.join();
}

// Emitted, delivered and failed balance under any mix of handlers, as a model tells.
TEST(HubProperty, CountsBalance) {
  EXPECT_TRUE(rc::check([] {
    Hub hub;
    struct Modelled {
      HandlerId id;
      std::string prefix;
      int fails_at;
      int expected = 0;
      std::shared_ptr<int> calls = std::make_shared<int>(0);
      bool attached = true;
    };
    std::vector<Modelled> model;
    int reports = 0, expected_reports = 0;
    hub.attach(event::kTelemetryHandlerFailed, [&reports](const Event&) { ++reports; });
    const auto steps = *rc::gen::inRange(0, 60);
    for (int step = 0; step < steps; ++step) {
      const int action = *rc::gen::inRange(0, 6);
      if (action == 0) {
        Modelled made{
            0, *rc::gen::element<std::string>("codex.turn", "codex.item", "codex.turn.start"),
            *rc::gen::inRange(1, 8)};
        made.id = hub.attach(made.prefix, [calls = made.calls, at = made.fails_at](const Event&) {
          if (++*calls == at) throw std::runtime_error("now");
        });
        model.push_back(made);
      } else if (action == 1 && !model.empty()) {
        Modelled& one = model[*rc::gen::inRange<std::size_t>(0, model.size())];
        RC_ASSERT(hub.detach(one.id) == one.attached);
        one.attached = false;
      } else {
        const auto name =
            *rc::gen::element(event::kTurnStart, event::kTurnFailed, event::kItemStarted);
        for (Modelled& one : model) {
          const bool told = name == one.prefix || name.starts_with(one.prefix + ".");
          if (!one.attached || !told) continue;
          if (++one.expected == one.fails_at) {
            one.attached = false;
            ++expected_reports;
          }
        }
        hub.emit(make(name));
      }
      for (const Modelled& one : model)
        RC_ASSERT(*one.calls == one.expected);
      RC_ASSERT(reports == expected_reports);
    }
  }));
}

}  // namespace
}  // namespace codex::telemetry
