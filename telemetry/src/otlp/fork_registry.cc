#include "fork_registry.h"

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <pthread.h>
#include <vector>

namespace codex::telemetry::otlp {
namespace {

struct Registry {
  std::mutex mutex;
  std::vector<ForkAware*> all;
};

// Never destroyed: exporters may end after statics do.
Registry& registry() {
  static Registry* const made = new Registry;
  return *made;
}

void before() {
  host_calls().lock();
  registry().mutex.lock();
  for (ForkAware* const one : registry().all)
    one->before_fork();
}

void in_parent() {
  for (auto one = registry().all.rbegin(); one != registry().all.rend(); ++one)
    (*one)->after_fork_in_parent();
  registry().mutex.unlock();
  host_calls().unlock();
}

void in_child() {
  for (auto one = registry().all.rbegin(); one != registry().all.rend(); ++one)
    (*one)->after_fork_in_child();
  registry().mutex.unlock();
  host_calls().unlock();
}

void at_exit() {
  const std::lock_guard lock(registry().mutex);
  for (ForkAware* const one : registry().all)
    one->at_exit();
}

}  // namespace

std::mutex& host_calls() {
  static std::mutex* const made = new std::mutex;
  return *made;
}

void add_fork_aware(ForkAware& one) {
  Registry& all = registry();
  [[maybe_unused]] static const int handlers =
      ::pthread_atfork(before, in_parent, in_child) | std::atexit(at_exit);
  const std::lock_guard lock(all.mutex);
  all.all.push_back(&one);
}

void remove_fork_aware(ForkAware& one) noexcept {
  const std::lock_guard lock(registry().mutex);
  std::erase(registry().all, &one);
}

}  // namespace codex::telemetry::otlp
