// What has threads and locks of its own, and is told of every fork() and of the end of the process.
#ifndef CODEX_TELEMETRY_SRC_OTLP_FORK_REGISTRY_H_
#define CODEX_TELEMETRY_SRC_OTLP_FORK_REGISTRY_H_

#include <mutex>

namespace codex::telemetry::otlp {

// Held by a worker while it is in the metrics of the host: not across a fork(), nor when a shutdown
// has returned. Before all locks of those below.
std::mutex& host_calls();

// Called by the thread that forks, or ends the process.
class ForkAware {
 public:
  virtual void before_fork() noexcept = 0;  // takes its locks
  virtual void after_fork_in_parent() noexcept = 0;
  virtual void after_fork_in_child() noexcept = 0;  // no other thread is there any more
  // The process ends, and what was set up before the first of these was added will be gone: threads
  // must not use it any more.
  virtual void at_exit() noexcept {}

 protected:
  ~ForkAware() = default;
};

// Thread-safe; hold no lock that before_fork() takes.
void add_fork_aware(ForkAware& one);
void remove_fork_aware(ForkAware& one) noexcept;

}  // namespace codex::telemetry::otlp

#endif  // CODEX_TELEMETRY_SRC_OTLP_FORK_REGISTRY_H_
