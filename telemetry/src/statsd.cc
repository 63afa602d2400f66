#include "codex/telemetry/statsd.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <utility>

#include <csignal>
#include <poll.h>
#include <unistd.h>

#include "metric_taps.h"
#include "statsd_lines.h"
#include "statsd_socket.h"

namespace codex::telemetry {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

constexpr std::size_t kUdpPacket = 1'432;   // of an Ethernet frame, less the headers
constexpr std::size_t kUnixPacket = 8'192;  // that DogStatsD reads
constexpr std::size_t kLeastPacket = 64;
constexpr std::size_t kMostPacket = 65'507;  // of UDP
// Where packets turn out to be too long for the way.
constexpr std::size_t kLeastAfterTooLong = 512;
// How long a regular round waits for a receiver that is slow. The next one goes on.
constexpr Milliseconds kPatience{200};
// How long a regular round sends where there is always more. Then it sees to the counters again.
constexpr Milliseconds kLongestRound{1'000};

struct Limits {
  std::chrono::steady_clock::time_point waiting;  // for a receiver
  std::chrono::steady_clock::time_point sending;
};

Milliseconds until(Clock::time_point deadline) {
  return std::chrono::ceil<Milliseconds>(deadline - Clock::now());
}

// What the server has been told of a counter or gauge.
struct Told {
  bool gauge = false;
  std::int64_t now = 0;   // as it was last read
  std::int64_t sent = 0;  // what is known to have gone
  bool waits = false;     // a line of it was emitted, and has not gone
};

struct TimingSeries {
  const MetricInfo* info = nullptr;  // null: of nobody
  StatsdSeries series;
};

// Everything that the exporter and its thread share. The thread may outlive the exporter, where it
// hangs in a name's look-up: then it finds `closed` and touches nothing more.
class Work {
 public:
  Work(Metrics& metrics, StatsdOptions options, StatsdAddress address, TimingQueue& timings)
      : options_(std::move(options)),
        names_(options_),
        max_packet_(options_.max_packet != 0
                        ? std::clamp(options_.max_packet, kLeastPacket, kMostPacket)
                    : address.unix_socket() ? kUnixPacket
                                            : kUdpPacket),
        metrics_(metrics),
        meter_(metrics),
        timings_(timings),
        first_popped_(timings.popped()),
        first_full_(timings.full()),
        socket_(std::move(address)) {
    if (options_.skip_counted) {
      read_metrics();
      for (auto& [series, told] : told_)
        told.sent = told.now;
    }
  }

  const StatsdOptions& options() const { return options_; }

  // The thread.
  void run() noexcept {
    Clock::time_point next = Clock::now() + options_.interval;
    for (bool ending = false; !ending;) {
      const bool due = wait(next);
      std::uint64_t asked = 0;
      Limits limits{Clock::now() + kPatience, Clock::now() + kLongestRound};
      {
        const std::lock_guard lock(requests_);
        asked = asked_;
        ending = ending_;
        if (asked != done_) limits = {deadline_, deadline_};
      }
      const bool all = round(limits);
      complain();
      if (due) next = Clock::now() + options_.interval;
      const std::lock_guard lock(requests_);
      done_ = asked;
      done_all_ = all;
      ended_ = ending;
      answered_.notify_all();
    }
  }

  // Has the thread make a round. True when it was done in time and nothing is left.
  bool ask(Clock::time_point deadline, bool end) {
    std::unique_lock lock(requests_);
    if (detached_) return false;
    const std::uint64_t mine = ++asked_;
    deadline_ = deadline;
    ending_ = ending_ || end;
    timings_.wake();
    answered_.wait_until(lock, deadline, [&] { return done_ >= mine || ended_; });
    return done_ >= mine && done_all_;
  }

  // What was not sent is dropped. Nothing of the metrics is touched afterwards.
  bool close() noexcept {
    const std::lock_guard lock(gate_);
    if (closed_) return left_ == 0;
    try {
      read_metrics();
      emit(false);
    } catch (...) {
      // Without memory it is not known what there would have been.
    }
    for (auto& [series, told] : told_) {
      if (std::exchange(told.waits, false)) ++left_;
    }
    waiting_ = 0;
    // What is recorded from here on was never given to the exporter.
    last_pushed_ = timings_.pushed();
    last_full_ = timings_.full();
    const std::uint64_t in_queue = *last_pushed_ - first_popped_ - popped_;
    popped_ += in_queue;
    left_ += in_queue + backlog_.size();
    backlog_.clear();
    drop(ExportDrop::kShutdown, left_);
    try {
      update_meter();
    } catch (...) {
    }
    final_ = read_stats();
    MetricsInternals::untap(metrics_, &timings_);
    {
      const std::lock_guard requests(requests_);
      detached_ = true;
    }
    closed_ = true;
    return left_ == 0;
  }

  bool ended() {
    const std::lock_guard lock(requests_);
    return ended_;
  }

  // `locked`: false in a child of fork(), where nobody is left to wait for.
  ExporterStats stats(bool locked) const {
    std::unique_lock lock(gate_, std::defer_lock);
    if (locked) lock.lock();
    return closed_ ? final_ : read_stats();
  }
  StatsdFailures failures(bool locked) const {
    std::unique_lock lock(gate_, std::defer_lock);
    if (locked) lock.lock();
    return failures_;
  }

 private:
  // True when it is time, false when somebody asked or many timings wait.
  bool wait(Clock::time_point next) {
    pollfd wanted{-1, POLLIN, 0};
    {
      const std::lock_guard lock(requests_);
      if (asked_ != done_ || ending_ || detached_) return false;
      wanted.fd = timings_.wake_fd();
    }
    const auto left = std::clamp<std::int64_t>(until(next).count(), 0, 60'000);
    ::poll(&wanted, 1, static_cast<int>(left));
    return Clock::now() >= next;
  }

  // Makes lines of what has changed and sends what it can. True when nothing is left.
  bool round(Limits limits) noexcept {
    try {
      {
        const std::lock_guard lock(gate_);
        if (closed_) return false;
        std::uint64_t wakes = 0;
        [[maybe_unused]] const ssize_t got = ::read(timings_.wake_fd(), &wakes, sizeof wakes);
        update_meter();
        read_metrics();
        emit(true);
        if (nothing_left()) return true;
      }
      if (const auto failed = socket_.open()) {
        const std::lock_guard lock(gate_);
        count(*failed);
        return false;
      }
      while (const auto failed = send_all(limits.sending)) {
        if (!go_on(*failed, limits.waiting)) return false;
      }
      const std::lock_guard lock(gate_);
      if (closed_) return false;
      if (nothing_left()) return true;
      timings_.wake();  // there is more than one round may take
      return false;
    } catch (...) {
      const std::lock_guard lock(gate_);
      count(StatsdFailure::kOther);
      return false;
    }
  }

  // Each thing once, while no lock is held: who hears it may ask for stats().
  void complain() noexcept {
    try {
      std::vector<StatsdFailure> news;
      std::size_t too_long = 0;
      std::size_t packet = 0;
      {
        const std::lock_guard lock(gate_);
        for (std::size_t i = 0; i < kStatsdFailures; ++i) {
          const auto reason = static_cast<StatsdFailure>(i);
          // A receiver that is slow is nothing to be mended here.
          if (reason == StatsdFailure::kWouldBlock || reason == StatsdFailure::kNoBuffers) continue;
          if (failures_[i] != 0 && !std::exchange(said_failures_[i], true)) news.push_back(reason);
        }
        if (too_long_ != 0 && !std::exchange(said_too_long_, true)) too_long = too_long_;
        packet = max_packet_;
      }
      for (const StatsdFailure reason : news) {
        exporter_logger().log(
            Level::kWarning,
            "Packets can't be sent to the StatsD server %s: %s; what waits goes later",
            {options_.address, statsd_failure_name(reason)});
      }
      if (too_long == 0) return;
      exporter_logger().log(
          Level::kWarning, "A line for StatsD has %d bytes and a packet %d: it is dropped",
          {static_cast<std::int64_t>(too_long), static_cast<std::int64_t>(packet)});
    } catch (...) {
      // Without memory it stays unsaid.
    }
  }

  // Until one fails, nothing is left or the time is over.
  std::optional<StatsdFailure> send_all(Clock::time_point deadline) {
    if (const auto failed = socket_.open()) return failed;
    for (bool more = true; more && Clock::now() < deadline;) {
      const std::lock_guard lock(gate_);
      if (closed_) break;
      more = fill_packet();
      if (!more) break;
      if (const auto failed = send_packet()) return failed;
    }
    return std::nullopt;
  }

  // What to do about a packet that did not go. True: try again.
  bool go_on(StatsdFailure failed, Clock::time_point deadline) {
    {
      const std::lock_guard lock(gate_);
      if (closed_) return false;
      count(failed);
      // Other packets will be made of what waits.
      if (failed == StatsdFailure::kTooLong) {
        if (max_packet_ <= kLeastAfterTooLong) return false;
        max_packet_ = std::max(kLeastAfterTooLong, max_packet_ / 2);
        ++retries_;
        return true;
      }
    }
    bool again = false;
    switch (failed) {
      case StatsdFailure::kWouldBlock:
        if (again = until(deadline).count() > 0; again) socket_.wait_writable(until(deadline));
        break;
      case StatsdFailure::kNoBuffers:
        // Nothing tells when there are some again.
        if (again = until(deadline).count() > 0; again)
          std::this_thread::sleep_for(std::min(until(deadline), Milliseconds(5)));
        break;
      case StatsdFailure::kUnresolved:
        break;
      default:
        again = socket_.try_another();
    }
    const std::lock_guard lock(gate_);
    if (again) ++retries_;
    return again;
  }

  // What follows: with gate_ held.

  bool nothing_left() const {
    return waiting_ == 0 && backlog_.empty() && timings_.pushed() == timings_.popped();
  }

  void read_metrics() {
    for (auto& [series, told] : told_)
      told.now = 0;
    std::vector<std::string> labels;
    for (const MetricSample& sample : metrics_.snapshot()) {
      if (sample.info->kind == MetricKind::kHistogram) continue;  // one by one
      for (const MetricPoint& point : sample.points) {
        labels.clear();
        for (const auto& label : point.labels)
          labels.push_back(label.second);
        Told& told = told_[names_.series(*sample.info, labels)];
        told.gauge = sample.info->kind == MetricKind::kUpDownCounter;
        told.now += point.value;
      }
    }
  }

  // A gauge goes again in every round: the server may have missed it.
  void emit(bool gauges) {
    for (auto& [series, told] : told_) {
      if (told.waits || (told.gauge ? !gauges : told.now <= told.sent)) continue;
      told.waits = true;
      ++emitted_;
      ++waiting_;
    }
    next_ = told_.begin();
  }

  // The next packet: lines of counters and gauges first, then timings. False: there is none.
  bool fill_packet() {
    packet_.clear();
    in_packet_.clear();
    timings_in_packet_ = 0;
    for (; next_ != told_.end(); ++next_) {
      auto& [series, told] = *next_;
      if (!told.waits) continue;
      const std::string line = told.gauge ? gauge_line(series, told.now)
                                          : counter_line(series, told.now - told.sent);
      if (line.size() > max_packet_) {
        told.sent = told.now;
        told.waits = false;
        --waiting_;
        drop_too_long(line.size());
        continue;
      }
      if (!add(line)) return true;
      in_packet_.push_back(&told);
    }
    for (;;) {
      if (timings_in_packet_ == backlog_.size()) {
        Timing timing;
        if (!timings_.pop(timing)) break;
        ++popped_;
        backlog_.push_back(timing);
      }
      const Timing& timing = backlog_[timings_in_packet_];
      const TimingSeries& known = series_of(timing.histogram);
      const std::string line =
          known.info == nullptr
              ? std::string()
              : timing_line(known.series, *known.info, options_.timing, timing.value);
      if (line.empty() || line.size() > max_packet_) {
        backlog_.erase(backlog_.begin() + static_cast<std::ptrdiff_t>(timings_in_packet_));
        drop_too_long(line.size());
        continue;
      }
      if (!add(line)) return true;
      ++timings_in_packet_;
    }
    return !packet_.empty();
  }

  bool add(const std::string& line) {
    if (!packet_.empty() && packet_.size() + 1 + line.size() > max_packet_) return false;
    if (!packet_.empty()) packet_ += '\n';
    packet_ += line;
    return true;
  }

  std::optional<StatsdFailure> send_packet() {
    const std::optional<StatsdFailure> failed = socket_.send(packet_);
    if (failed) {
      next_ = told_.begin();
      return failed;
    }
    for (Told* const told : in_packet_) {
      told->sent = told->now;
      told->waits = false;
    }
    waiting_ -= in_packet_.size();
    exported_ += in_packet_.size() + timings_in_packet_;
    backlog_.erase(backlog_.begin(),
                   backlog_.begin() + static_cast<std::ptrdiff_t>(timings_in_packet_));
    return std::nullopt;
  }

  const TimingSeries& series_of(const Histogram* histogram) {
    const auto found = timing_series_.find(histogram);
    if (found != timing_series_.end()) return found->second;
    TimingSeries made;
    if (const auto series = MetricsInternals::series_of(metrics_, histogram)) {
      made = {series->info, names_.series(*series->info, series->labels)};
    }
    return timing_series_.emplace(histogram, std::move(made)).first->second;
  }

  void drop(ExportDrop reason, std::uint64_t count) {
    dropped_[static_cast<std::size_t>(reason)] += count;
  }

  void drop_too_long(std::size_t size) {
    drop(ExportDrop::kFailed, 1);
    too_long_ = size;
  }

  void count(StatsdFailure failed) { ++failures_[static_cast<std::size_t>(failed)]; }

  ExporterStats read_stats() const {
    const std::uint64_t full = (last_full_ ? *last_full_ : timings_.full()) - first_full_;
    const std::uint64_t pushed = (last_pushed_ ? *last_pushed_ : timings_.pushed()) - first_popped_;
    ExporterStats stats;
    stats.exporter = "statsd_metric_exporter";
    stats.signal = "metric_data_point";
    stats.emitted = emitted_ + pushed + full;
    stats.queued = waiting_ + (pushed - popped_) + backlog_.size();
    stats.exported = exported_;
    stats.dropped_by = dropped_;
    stats.dropped_by[static_cast<std::size_t>(ExportDrop::kQueueFull)] += full;
    stats.capacity = timings_.capacity();
    for (const std::uint64_t failures : failures_)
      stats.failed += failures;
    stats.retries = retries_;
    return stats;
  }

  void update_meter() {
    meter_.update({read_stats()});
    for (std::size_t i = 0; i < kStatsdFailures; ++i) {
      const std::uint64_t grown = failures_[i] - metered_failures_[i];
      if (grown == 0) continue;
      metrics_.counter("codex.statsd.failures", {statsd_failure_name(static_cast<StatsdFailure>(i))})
          .add(static_cast<std::int64_t>(grown));
      metered_failures_[i] = failures_[i];
    }
  }

  const StatsdOptions options_;
  const StatsdNames names_;

  std::mutex requests_;  // guards what follows; may be taken while gate_ is held
  std::condition_variable answered_;
  std::uint64_t asked_ = 0;  // rounds that were asked for
  std::uint64_t done_ = 0;   // and made
  bool done_all_ = false;    // nothing was left after the last one
  bool ending_ = false;
  bool ended_ = false;
  bool detached_ = false;  // the queue belongs to somebody else
  Clock::time_point deadline_;

  mutable std::mutex gate_;  // guards what follows; never held while anything is waited for
  bool closed_ = false;
  std::size_t max_packet_;
  Metrics& metrics_;
  ExporterMeter meter_;
  TimingQueue& timings_;
  const std::uint64_t first_popped_;
  const std::uint64_t first_full_;
  std::optional<std::uint64_t> last_pushed_;  // when it was closed
  std::optional<std::uint64_t> last_full_;
  std::map<StatsdSeries, Told> told_;
  std::map<StatsdSeries, Told>::iterator next_ = told_.begin();
  std::unordered_map<const Histogram*, TimingSeries> timing_series_;
  std::deque<Timing> backlog_;  // taken from the queue, and not sent yet
  std::string packet_;
  std::vector<Told*> in_packet_;
  std::size_t timings_in_packet_ = 0;  // the first of backlog_
  std::uint64_t emitted_ = 0;          // lines of counters and gauges
  std::uint64_t waiting_ = 0;          // of these
  std::uint64_t popped_ = 0;
  std::uint64_t exported_ = 0;
  std::uint64_t retries_ = 0;
  std::uint64_t left_ = 0;
  std::array<std::uint64_t, kExportDrops> dropped_{};
  StatsdFailures failures_{};
  StatsdFailures metered_failures_{};
  std::array<bool, kStatsdFailures> said_failures_{};
  std::size_t too_long_ = 0;  // bytes of the last line that was
  bool said_too_long_ = false;
  ExporterStats final_;

  StatsdSocket socket_;  // the thread's own
};

// The thread must not be the one that a signal of the host's is delivered to.
std::thread start_thread(std::shared_ptr<Work> work) {
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    std::thread thread([work = std::move(work)] { work->run(); });
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return thread;
  } catch (...) {
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    throw;
  }
}

class Statsd final : public StatsdExporter {
 public:
  explicit Statsd(std::shared_ptr<Work> work)
      : work_(std::move(work)), owner_(::getpid()), thread_(start_thread(work_)) {}

  ~Statsd() override {
    if (!ours()) {
      // The thread is the parent's, and so are the locks as they were when it forked.
      new std::shared_ptr<Work>(std::move(work_));
      new std::thread(std::move(thread_));
      return;
    }
    shutdown(Clock::now() + work_->options().shutdown_limit);
  }

  bool flush(Deadline deadline) noexcept override {
    if (!ours()) return false;
    try {
      return work_->ask(deadline, false);
    } catch (...) {
      return false;
    }
  }

  bool shutdown(Deadline deadline) noexcept override {
    if (!ours()) return false;
    try {
      work_->ask(deadline, true);
      const bool all = work_->close();
      const std::lock_guard lock(joining_);
      if (thread_.joinable()) {
        // Where it has not ended it hangs in a look-up, and finds out later that it is closed.
        if (work_->ended()) {
          thread_.join();
        } else {
          thread_.detach();
        }
      }
      return all;
    } catch (...) {
      return false;
    }
  }

  std::vector<ExporterStats> stats() const override { return {work_->stats(ours())}; }
  StatsdFailures failures() const override { return work_->failures(ours()); }

 private:
  bool ours() const { return ::getpid() == owner_; }

  std::shared_ptr<Work> work_;
  const pid_t owner_;
  std::mutex joining_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<StatsdExporter> export_statsd(Metrics& metrics, StatsdOptions options,
                                              std::string* error) noexcept {
  const auto fail = [error](std::string_view what) -> std::unique_ptr<StatsdExporter> {
    try {
      if (error != nullptr) *error = what;
    } catch (...) {
    }
    return nullptr;
  };
  TimingQueue* timings = nullptr;
  try {
    auto parsed = parse_statsd_address(options.address);
    if (const auto* const wrong = std::get_if<std::string>(&parsed)) return fail(*wrong);
    options.interval = std::max(options.interval, Milliseconds(1));
    timings = MetricsInternals::tap(metrics, options.max_timings);
    if (timings == nullptr)
      return fail("these metrics have as many StatsD exporters as they can, or no file can be opened");
    return std::make_unique<Statsd>(std::make_shared<Work>(
        metrics, std::move(options), std::get<StatsdAddress>(std::move(parsed)), *timings));
  } catch (const std::exception& problem) {
    if (timings != nullptr) MetricsInternals::untap(metrics, timings);
    return fail(problem.what());
  } catch (...) {
    return fail("out of memory");
  }
}

}  // namespace codex::telemetry
