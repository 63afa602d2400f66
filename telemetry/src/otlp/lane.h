// The queue of one signal, the thread that empties it, and the account of both.
//
// Records are queued as the JSON that goes out. Every record that was ever given to a lane is
// waiting, on its way, exported or dropped; all of that changes under one lock, so that the sums
// agree at any time.
#ifndef CODEX_TELEMETRY_SRC_OTLP_LANE_H_
#define CODEX_TELEMETRY_SRC_OTLP_LANE_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "codex/telemetry/exporter.h"
#include "codex/telemetry/otlp.h"
#include "fork_registry.h"
#include "http_client.h"
#include "outcome.h"

namespace codex::telemetry::otlp {

struct Record {
  std::string json;
  std::uint64_t count = 1;  // data points of a metric
};

// Thread-safe. Nothing throws but what makes one.
class Lane final : public std::enable_shared_from_this<Lane>, private ForkAware {
 public:
  struct Setup {
    std::string_view signal;        // of ExporterStats
    std::string_view rejected_key;  // "rejectedSpans"
    OtlpSignal where;
    QueuePolicy policy = QueuePolicy::kDropNewest;
    OtlpRetry retry;
    std::size_t max_response = 0;
    // What stands around the records, which are joined by commas. Called on the worker.
    std::function<std::pair<std::string, std::string>()> envelope;
    // Of metrics: what there is to be sent now. Called on the worker, each `delay` and when
    // flushed; never any more once shutdown() has returned.
    std::function<std::vector<Record>()> collect;
    // Called on the worker when the account has changed; as long as collect.
    std::function<void()> settled;
  };
  static std::shared_ptr<Lane> make(Setup setup);
  ~Lane();

  // Where it collects, the worker begins at once.
  void start() noexcept;
  void emit(std::string json) noexcept;
  // One record that is not queued at all.
  void drop(ExportDrop reason) noexcept;
  // In two steps, so that several lanes work at the same time: the first does not wait.
  struct Flush {
    std::uint64_t collected = 0;
    std::uint64_t sequence = 0;
  };
  Flush begin_flush() noexcept;
  bool finish_flush(const Flush& flush, SteadyTime deadline) noexcept;
  bool flush(SteadyTime deadline) noexcept { return finish_flush(begin_flush(), deadline); }
  void begin_shutdown(SteadyTime deadline) noexcept;
  bool shutdown(SteadyTime deadline) noexcept;
  ExporterStats stats() const noexcept;

 private:
  explicit Lane(Setup setup);
  using Lock = std::unique_lock<std::mutex>;
  struct Batch {
    std::vector<Record> records;
    std::uint64_t count = 0;
    std::uint64_t epoch = 0;
  };

  void before_fork() noexcept override;
  void after_fork_in_parent() noexcept override;
  void after_fork_in_child() noexcept override;
  void at_exit() noexcept override;

  // All with the lock held.
  void ensure_worker() noexcept;
  void push(Record record);
  void drop_front(ExportDrop reason) noexcept;
  void count_drop(ExportDrop reason, std::uint64_t count) noexcept {
    stats_.dropped_by[static_cast<std::size_t>(reason)] += count;
  }
  bool due(SteadyTime now) const noexcept;
  bool settled_before(std::uint64_t sequence) const noexcept;
  void stop(SteadyTime deadline) noexcept;
  void close() noexcept;
  void wake() noexcept;

  void run() noexcept;
  void work();
  void collect_now();
  Batch take();
  void send(HttpClient& client, Batch batch);
  std::optional<ExportDrop> deliver(HttpClient& client, const Batch& batch,
                                    std::uint64_t& rejected);
  bool wait_to_retry(std::chrono::milliseconds wait, SteadyTime until);
  SteadyTime abort_at() const;
  void settle(const Batch& batch, std::optional<ExportDrop> dropped,
              std::uint64_t rejected) noexcept;
  void complain(std::string key, std::string_view template_text, json::Array args);

  Setup setup_;  // constant once it is made
  mutable std::mutex mutex_;
  // New ones in a child: those of before may hold waiters that are no more.
  std::unique_ptr<std::condition_variable> work_;
  std::unique_ptr<std::condition_variable> done_;
  std::deque<Record> queue_;
  std::uint64_t queued_count_ = 0;   // of the queue's records, together
  std::uint64_t next_sequence_ = 0;  // of the record that is queued next
  std::uint64_t flying_from_ = 0;    // the first of those on their way
  std::uint64_t flying_ = 0;         // records on their way
  std::uint64_t flush_to_ = 0;       // what stands before it goes at once
  std::uint64_t collect_asked_ = 0;
  std::uint64_t collect_done_ = 0;
  std::uint64_t epoch_ = 0;  // raised when what is on its way is given up
  SteadyTime due_at_ = SteadyTime::max();
  SteadyTime stop_at_ = SteadyTime::max();
  bool stopping_ = false;
  bool closed_ = false;
  bool running_ = false;  // the worker
  std::thread::id worker_;
  HttpClient* client_ = nullptr;
  ExporterStats stats_;
  std::set<std::string> said_;                       // of the worker
  std::minstd_rand random_{std::random_device{}()};  // of the worker
};

}  // namespace codex::telemetry::otlp

#endif  // CODEX_TELEMETRY_SRC_OTLP_LANE_H_
