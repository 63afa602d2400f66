#include "lane.h"

#include <algorithm>
#include <pthread.h>
#include <signal.h>
#include <utility>

namespace codex::telemetry::otlp {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// How long the end of the process waits for a worker to let go.
constexpr milliseconds kExit{1000};

SteadyTime after(milliseconds wait) {
  const SteadyTime now = steady_clock::now();
  return wait < SteadyTime::max() - now ? now + wait : SteadyTime::max();
}

// A wait until the end of time overflows where clocks are converted.
SteadyTime waitable(SteadyTime time) {
  return std::min(time, steady_clock::now() + std::chrono::hours(24));
}

std::string joined(const std::pair<std::string, std::string>& envelope,
                   const std::vector<Record>& records) {
  std::size_t size = envelope.first.size() + envelope.second.size();
  for (const Record& record : records)
    size += record.json.size() + 1;
  std::string body;
  body.reserve(size);
  body += envelope.first;
  for (const Record& record : records) {
    body += record.json;
    body += ',';
  }
  body.pop_back();
  return body += envelope.second;
}

}  // namespace

std::shared_ptr<Lane> Lane::make(Setup setup) {
  initialize_http();
  std::shared_ptr<Lane> lane(new Lane(std::move(setup)));
  add_fork_aware(*lane);
  return lane;
}

Lane::Lane(Setup setup)
    : setup_(std::move(setup)),
      work_(std::make_unique<std::condition_variable>()),
      done_(std::make_unique<std::condition_variable>()) {
  setup_.where.max_queue = std::max<std::size_t>(1, setup_.where.max_queue);
  setup_.where.max_batch =
      std::clamp<std::size_t>(setup_.where.max_batch, 1, setup_.where.max_queue);
  stats_.exporter = "otlp_http_json_exporter";
  stats_.signal = setup_.signal;
  stats_.capacity = setup_.collect ? 0 : setup_.where.max_queue;
  if (setup_.collect) due_at_ = after(setup_.where.delay);
}

Lane::~Lane() {
  remove_fork_aware(*this);
}

void Lane::before_fork() noexcept {
  mutex_.lock();
}

void Lane::after_fork_in_parent() noexcept {
  mutex_.unlock();
}

void Lane::after_fork_in_child() noexcept {
  // The worker's client and its thread are the parent's; what they hold here is given up.
  work_.release();
  done_.release();
  work_ = std::make_unique<std::condition_variable>();
  done_ = std::make_unique<std::condition_variable>();
  client_ = nullptr;
  running_ = false;
  queue_.clear();
  queued_count_ = flying_ = next_sequence_ = flush_to_ = collect_asked_ = collect_done_ = 0;
  ++epoch_;
  due_at_ = setup_.collect ? after(setup_.where.delay) : SteadyTime::max();
  const std::uint64_t capacity = stats_.capacity;
  stats_ = {.exporter = stats_.exporter, .signal = stats_.signal};
  stats_.capacity = capacity;
  mutex_.unlock();
}

// Nobody has ended it, or its worker has not let go yet.
void Lane::at_exit() noexcept {
  Lock lock(mutex_);
  stopping_ = true;
  close();
  done_->wait_until(lock, after(kExit), [this] { return !running_; });
}

void Lane::start() noexcept {
  const Lock lock(mutex_);
  ensure_worker();
}

void Lane::emit(std::string json) noexcept {
  const Lock lock(mutex_);
  ++stats_.emitted;
  if (stopping_) return count_drop(ExportDrop::kShutdown, 1);
  if (queue_.size() >= setup_.where.max_queue) {
    if (setup_.policy == QueuePolicy::kDropNewest) {
      return count_drop(ExportDrop::kQueueFull, 1);
    }
    drop_front(ExportDrop::kQueueFull);
  }
  try {
    push({std::move(json), 1});
  } catch (...) {
    return count_drop(ExportDrop::kFailed, 1);
  }
  if (queue_.size() == 1 || queue_.size() == setup_.where.max_batch) work_->notify_one();
}

void Lane::drop(ExportDrop reason) noexcept {
  const Lock lock(mutex_);
  ++stats_.emitted;
  count_drop(reason, 1);
}

void Lane::push(Record record) {
  const std::uint64_t count = record.count;
  queue_.push_back(std::move(record));
  ++next_sequence_;
  queued_count_ += count;
  if (!setup_.collect && queue_.size() == 1) due_at_ = after(setup_.where.delay);
  ensure_worker();
}

void Lane::drop_front(ExportDrop reason) noexcept {
  count_drop(reason, queue_.front().count);
  queued_count_ -= queue_.front().count;
  queue_.pop_front();
}

// Where no thread can be had, what waits goes on waiting for the next try.
void Lane::ensure_worker() noexcept {
  if (running_ || closed_) return;
  // The worker takes no signals: they are the host's.
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    std::thread worker([self = shared_from_this()] { self->run(); });
    worker_ = worker.get_id();
    worker.detach();
    running_ = true;
  } catch (...) {
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

ExporterStats Lane::stats() const noexcept {
  const Lock lock(mutex_);
  ExporterStats stats = stats_;
  stats.queued = queued_count_ + stats.in_flight;
  return stats;
}

bool Lane::settled_before(std::uint64_t sequence) const noexcept {
  return (flying_ != 0 ? flying_from_ : next_sequence_ - queue_.size()) >= sequence;
}

Lane::Flush Lane::begin_flush() noexcept {
  const Lock lock(mutex_);
  flush_to_ = next_sequence_;
  if (setup_.collect) ++collect_asked_;
  if (setup_.collect || !queue_.empty()) ensure_worker();
  work_->notify_one();
  return {collect_asked_, next_sequence_};
}

bool Lane::finish_flush(const Flush& flush, SteadyTime deadline) noexcept {
  Lock lock(mutex_);
  if (closed_) return true;
  if (running_ && std::this_thread::get_id() == worker_) return false;  // it can't wait for itself
  const SteadyTime until = waitable(deadline);
  std::uint64_t sequence = flush.sequence;
  if (setup_.collect && running_) {
    const auto collected = [&] { return closed_ || collect_done_ >= flush.collected; };
    if (!done_->wait_until(lock, until, collected)) return false;
    sequence = next_sequence_;
  }
  return done_->wait_until(lock, until, [&] { return closed_ || settled_before(sequence); });
}

void Lane::begin_shutdown(SteadyTime deadline) noexcept {
  const Lock lock(mutex_);
  stop(deadline);
}

// The earliest of several deadlines counts.
void Lane::stop(SteadyTime deadline) noexcept {
  const bool first = !std::exchange(stopping_, true);
  if (first && setup_.collect && !closed_) ++collect_asked_;
  stop_at_ = std::min(stop_at_, deadline);
  if (setup_.collect || !queue_.empty()) ensure_worker();
  wake();
}

bool Lane::shutdown(SteadyTime deadline) noexcept {
  Lock lock(mutex_);
  stop(deadline);
  if (std::this_thread::get_id() == worker_ && running_) return false;  // it ends by itself
  const bool ended_in_time =
      done_->wait_until(lock, waitable(deadline), [this] { return !running_; });
  close();
  const bool lost = stats_.dropped(ExportDrop::kShutdown) != 0;
  lock.unlock();
  // Not in the host's metrics any more, nor ever again.
  if (!ended_in_time) {
    const std::lock_guard calls(host_calls());
  }
  return !lost;
}

// What waits or is on its way is lost.
void Lane::close() noexcept {
  if (std::exchange(closed_, true)) return;
  while (!queue_.empty())
    drop_front(ExportDrop::kShutdown);
  count_drop(ExportDrop::kShutdown, stats_.in_flight);
  stats_.in_flight = flying_ = 0;
  ++epoch_;
  wake();
}

void Lane::wake() noexcept {
  work_->notify_all();
  done_->notify_all();
  if (client_ != nullptr) client_->wake();
}

void Lane::run() noexcept {
  try {
    work();
  } catch (...) {  // out of memory
    const Lock lock(mutex_);
    count_drop(ExportDrop::kFailed, stats_.in_flight);
    stats_.in_flight = flying_ = 0;
    while (!queue_.empty())
      drop_front(ExportDrop::kFailed);
    client_ = nullptr;
  }
  const Lock lock(mutex_);
  running_ = false;
  collect_done_ = collect_asked_;
  done_->notify_all();
}

bool Lane::due(SteadyTime now) const noexcept {
  return stopping_ || collect_asked_ > collect_done_ || now >= due_at_ ||
         queue_.size() >= setup_.where.max_batch ||
         (!queue_.empty() && next_sequence_ - queue_.size() < flush_to_);
}

void Lane::work() {
  HttpClient client(setup_.where, setup_.max_response);
  Lock lock(mutex_);
  client_ = &client;
  // Also when something is thrown, and before the client goes.
  struct Unpublish {
    Lane& lane;
    Lock& lock;
    ~Unpublish() {
      if (!lock.owns_lock()) lock.lock();
      lane.client_ = nullptr;
    }
  } unpublish{*this, lock};
  while (!closed_) {
    const SteadyTime now = steady_clock::now();
    if (!due(now)) {
      work_->wait_until(lock, waitable(due_at_));
      continue;
    }
    if (setup_.collect && (collect_asked_ > collect_done_ || now >= due_at_)) {
      lock.unlock();
      collect_now();
      lock.lock();
      if (closed_) break;
    }
    if (queue_.empty()) {
      due_at_ = setup_.collect ? after(setup_.where.delay) : SteadyTime::max();
      done_->notify_all();
      if (stopping_) break;
      continue;
    }
    Batch batch = take();
    lock.unlock();
    send(client, std::move(batch));
    lock.lock();
  }
}

void Lane::collect_now() {
  std::uint64_t asked = 0;
  {
    const Lock lock(mutex_);
    asked = collect_asked_;
  }
  std::vector<Record> records;
  {
    const std::lock_guard calls(host_calls());
    {
      const Lock lock(mutex_);
      if (closed_) return;
    }
    records = setup_.collect();
  }
  const Lock lock(mutex_);
  if (!closed_) {
    due_at_ = after(setup_.where.delay);
    for (Record& record : records) {
      stats_.emitted += record.count;
      push(std::move(record));
    }
  }
  collect_done_ = asked;
  done_->notify_all();
}

Lane::Batch Lane::take() {
  Batch batch;
  const std::size_t size =
      setup_.collect ? queue_.size() : std::min(queue_.size(), setup_.where.max_batch);
  batch.records.reserve(size);
  while (batch.records.size() < size) {
    batch.count += queue_.front().count;
    queued_count_ -= queue_.front().count;
    batch.records.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  batch.epoch = epoch_;
  flying_from_ = next_sequence_ - queue_.size() - size;
  flying_ = size;
  stats_.in_flight = batch.count;
  if (!setup_.collect) due_at_ = queue_.empty() ? SteadyTime::max() : after(setup_.where.delay);
  return batch;
}

void Lane::send(HttpClient& client, Batch batch) {
  std::uint64_t rejected = 0;
  std::optional<ExportDrop> dropped = ExportDrop::kFailed;
  try {
    dropped = deliver(client, batch, rejected);
  } catch (...) {  // out of memory
  }
  settle(batch, dropped, rejected);
  if (!setup_.settled) return;
  const std::lock_guard calls(host_calls());
  {
    const Lock lock(mutex_);
    if (closed_) return;
  }
  setup_.settled();
}

// Nothing: the receiver has it, but for `rejected` of it. Else why it is dropped.
std::optional<ExportDrop> Lane::deliver(HttpClient& client, const Batch& batch,
                                        std::uint64_t& rejected) {
  std::string body = [&] {
    const std::lock_guard calls(host_calls());
    return joined(setup_.envelope(), batch.records);
  }();
  if (setup_.where.gzip) body = gzip(body);
  const SteadyTime until = after(setup_.where.batch_timeout);
  for (int attempt = 1;; ++attempt) {
    const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now());
    const HttpReply reply =
        client.post(body, std::min(setup_.where.timeout, left), [this] { return abort_at(); });
    const Outcome outcome = outcome_of(reply, setup_.rejected_key);
    if (outcome.kind == Outcome::Kind::kAborted) return ExportDrop::kShutdown;
    if (outcome.kind == Outcome::Kind::kAccepted) {
      rejected = std::min(outcome.rejected, batch.count);
      if (rejected != 0 || !outcome.message.empty()) {
        complain("partial", "OTLP %s: the receiver did not take %s of %s: %s",
                 {setup_.signal, rejected, batch.count, outcome.message});
      }
      return std::nullopt;
    }
    {
      const Lock lock(mutex_);
      ++stats_.failed;
    }
    if (outcome.kind == Outcome::Kind::kRefused) {
      complain("refused", "OTLP %s: the receiver refuses: HTTP %s",
               {setup_.signal, static_cast<std::int64_t>(reply.status)});
      return ExportDrop::kRejected;
    }
    if (outcome.kind == Outcome::Kind::kImpossible) {
      complain("impossible", "OTLP %s: cannot be sent: %s", {setup_.signal, reply.error});
      return ExportDrop::kFailed;
    }
    const double random = std::uniform_real_distribution<>(0, 1)(random_);
    const milliseconds wait = outcome.wait.value_or(backoff(setup_.retry, attempt, random));
    if (attempt >= setup_.retry.attempts || wait > setup_.retry.longest_asked ||
        !wait_to_retry(wait, until)) {
      complain(
          "away", "OTLP %s: the receiver is away: %s",
          {setup_.signal, reply.error.empty() ? json::Value("HTTP " + std::to_string(reply.status))
                                              : json::Value(reply.error)});
      const Lock lock(mutex_);
      if (stopping_ && attempt < setup_.retry.attempts) return ExportDrop::kShutdown;
      return ExportDrop::kRetriesExhausted;
    }
    const Lock lock(mutex_);
    ++stats_.retries;
  }
}

// False where it makes no sense to wait: that would be over the time for the batch, or the end of
// everything.
bool Lane::wait_to_retry(milliseconds wait, SteadyTime until) {
  const SteadyTime at = after(wait);
  Lock lock(mutex_);
  if (at >= until) return false;
  while (!closed_) {
    if (at >= stop_at_) return false;
    if (steady_clock::now() >= at) return true;
    work_->wait_until(lock, at);
  }
  return false;
}

SteadyTime Lane::abort_at() const {
  const Lock lock(mutex_);
  return closed_ ? SteadyTime::min() : stop_at_;
}

void Lane::settle(const Batch& batch, std::optional<ExportDrop> dropped,
                  std::uint64_t rejected) noexcept {
  const Lock lock(mutex_);
  if (batch.epoch == epoch_) {
    if (dropped) {
      count_drop(*dropped, batch.count);
    } else {
      stats_.exported += batch.count - rejected;
      count_drop(ExportDrop::kPartialSuccess, rejected);
    }
    stats_.in_flight = flying_ = 0;
  }
  done_->notify_all();
}

void Lane::complain(std::string key, std::string_view template_text, json::Array args) {
  if (!said_.insert(std::move(key)).second) return;
  exporter_logger().log(Level::kWarning, template_text, std::move(args));
}

}  // namespace codex::telemetry::otlp
