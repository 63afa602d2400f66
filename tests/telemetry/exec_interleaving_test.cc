// Several codex processes at once, their bytes interleaved in any way and on any threads.
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <rapidcheck.h>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "codex/telemetry/event_names.h"
#include "codex/telemetry/exec_observer.h"
#include "codex/telemetry/registry.h"

namespace codex::telemetry {
namespace {

// One process: its thread and the bytes that it writes. Each line says which turn it is of.
struct Process {
  std::string thread;
  std::string bytes;
  std::size_t lines = 0;
};

Process process(int number, int turns, int items) {
  Process made{"thread_" + std::to_string(number), {}, 1};
  made.bytes = "{\"type\":\"thread.started\",\"thread_id\":\"" + made.thread + "\"}\n";
  for (int turn = 1; turn <= turns; ++turn) {
    const std::string mark = ",\"of\":\"" + made.thread + "/" + std::to_string(turn) + "\"";
    made.bytes += "{\"type\":\"turn.started\"" + mark + "}\n";
    for (int item = 0; item < items; ++item) {
      made.bytes += "{\"type\":\"item.completed\"" + mark + ",\"item\":{\"id\":\"item_" +
                    std::to_string(item) + "\",\"type\":\"error\",\"message\":\"m\"}}\n";
    }
    made.bytes += "{\"type\":\"turn.completed\"" + mark + ",\"usage\":null}\n";
    made.lines += 2 + static_cast<std::size_t>(items);
  }
  return made;
}

class Witness {
 public:
  explicit Witness(Hub& hub) {
    hub.attach("codex", [this](const Event& event) {
      const std::lock_guard lock(mutex_);
      ++seen_[event.correlation.thread];
      if (validate(event)) ++wrong_;
      const json::Value* of = event.metadata.find("of");
      if (of == nullptr) return;
      if (of->text() != event.correlation.thread + "/" + event.correlation.turn) ++wrong_;
      const json::Value* item = event.metadata.find("item");
      if (item != nullptr && item->get("id")->text() != event.correlation.item) ++wrong_;
    });
  }
  int wrong() const { return wrong_; }
  std::size_t seen(const std::string& thread) { return seen_[thread]; }

 private:
  std::mutex mutex_;
  std::map<std::string, std::size_t> seen_;
  int wrong_ = 0;
};

std::vector<Process> any_processes() {
  std::vector<Process> made;
  const int count = *rc::gen::inRange(1, 6);
  for (int number = 0; number < count; ++number) {
    made.push_back(process(number, *rc::gen::inRange(0, 4), *rc::gen::inRange(0, 4)));
  }
  return made;
}

TEST(ExecInterleavingProperty, OnOneThreadEveryEventHasItsOwnIds) {
  EXPECT_TRUE(rc::check([] {
    Hub hub;
    Witness witness(hub);
    const std::vector<Process> processes = any_processes();
    std::vector<std::unique_ptr<ExecObserver>> observers;
    std::vector<std::string_view> left;
    for (const Process& each : processes) {
      observers.push_back(std::make_unique<ExecObserver>(hub));
      left.push_back(each.bytes);
    }
    std::minstd_rand random(*rc::gen::inRange(1U, 1'000'000'000U));
    std::size_t open = left.size();
    while (open > 0) {
      const std::size_t at = random() % left.size();
      if (left[at].empty()) continue;
      const std::size_t size = std::min<std::size_t>(1 + random() % 80, left[at].size());
      observers[at]->standard_output(left[at].substr(0, size));
      left[at].remove_prefix(size);
      if (left[at].empty()) --open;
    }
    RC_ASSERT(witness.wrong() == 0);
    for (const Process& each : processes)
      RC_ASSERT(witness.seen(each.thread) == each.lines);
  }));
}

TEST(ExecInterleavingProperty, OnManyThreadsEveryEventHasItsOwnIds) {
  EXPECT_TRUE(rc::check([] {
    Hub hub;
    Witness witness(hub);
    const std::vector<Process> processes = any_processes();
    std::vector<std::thread> threads;
    for (const Process& each : processes) {
      threads.emplace_back([&hub, &each] {
        // What is current on the thread is of no account to what the wire says.
        const CorrelationScope scope({"", "another", "9", "another", "", {}});
        ExecObserver observer(hub);
        for (std::size_t at = 0; at < each.bytes.size(); at += 7) {
          observer.standard_output(std::string_view(each.bytes).substr(at, 7));
        }
      });
    }
    for (std::thread& thread : threads)
      thread.join();
    RC_ASSERT(witness.wrong() == 0);
    for (const Process& each : processes)
      RC_ASSERT(witness.seen(each.thread) == each.lines);
  }));
}

}  // namespace
}  // namespace codex::telemetry
