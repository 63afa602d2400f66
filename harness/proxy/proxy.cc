#include "harness/proxy/proxy.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>

#include "harness/proxy/pump.h"

namespace codex::harness {
namespace {

using Clock = std::chrono::steady_clock;

int milliseconds_until(Clock::time_point end) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
  return left > 0 ? static_cast<int>(left) : 0;
}

void open_null(int as) {
  const Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (null && null.get() != as) ::dup2(null.get(), as);
}

// What this process has inherited would stay open for as long as the observing one lives.
void close_all_but(const std::vector<int>& kept) {
  std::vector<int> found;
  if (DIR* folder = ::opendir("/proc/self/fd")) {
    while (const dirent* entry = ::readdir(folder)) {
      const int fd = std::atoi(entry->d_name);
      if (fd > STDERR_FILENO && fd != ::dirfd(folder)) found.push_back(fd);
    }
    ::closedir(folder);
  }
  for (const int fd : found) {
    if (std::find(kept.begin(), kept.end(), fd) == kept.end()) ::close(fd);
  }
}

// It ends when the feed does, not when a terminal or a supervisor ends the session.
void ignore_signals() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE,
                           SIGXFSZ}) {
    ::signal(number, SIG_IGN);
  }
}

struct Observer {
  pid_t pid = 0;
  Fd feed;
};

Observer start_observer(const ProxyOptions& options) {
  if (!options.observe) return {};
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return {};
  Fd read(ends[0]);
  Fd write(ends[1]);
  const pid_t pid = ::fork();
  if (pid < 0) return {};
  if (pid == 0) {
    ignore_signals();
    open_null(STDIN_FILENO);
    open_null(STDOUT_FILENO);
    if (!options.observer_error) open_null(STDERR_FILENO);
    const int feed = read.release();
    std::vector<int> kept = options.observer_keeps;
    kept.push_back(feed);
    close_all_but(kept);
    options.observe(feed);
    ::_exit(0);
  }
  return {pid, std::move(write)};
}

class Proxy {
 public:
  Proxy(ProxyOptions& options, Observer observer)
      : options_(options), observer_(observer.pid), feed_(std::move(observer.feed), options.feed_limit) {}

  ChildEnd run(Child child, ProxySignals& signals) {
    if (options_.input) {
      input_.emplace(std::move(options_.input), std::move(child.input), tap(Stream::kInput));
    }
    output_.emplace(std::move(child.output), std::move(options_.output), tap(Stream::kOutput));
    if (options_.error) {
      error_.emplace(std::move(child.error), std::move(options_.error), tap(Stream::kError));
    }
    feed_.started();
    while (!(signals.child_end() && drained())) {
      wait(signals.fd());
      signals.serve(child.pid);
    }
    // Whoever wrote to the child is told now that it has gone.
    if (input_) input_->close();
    linger();
    feed_.ended(*signals.child_end(), signals.asked_to_end());
    return *signals.child_end();
  }

  // The child could not be started: the observing process ends without a word.
  void give_up() { feed_.close(); }

  // Waits for the observing process as long as is allowed.
  void finish(ProxyEnd& result) {
    if (observer_ <= 0) return;
    const Clock::time_point end = Clock::now() + options_.patience;
    while (feed_.waiting() && !feed_.broken() && milliseconds_until(end) > 0) {
      pollfd room{feed_.fd(), POLLOUT, 0};
      ::poll(&room, 1, milliseconds_until(end));
      feed_.flush();
    }
    feed_.close();
    int status = 0;
    while (::waitpid(observer_, &status, WNOHANG) == 0) {
      if (milliseconds_until(end) == 0) {
        result.observer_late = true;
        return;
      }
      ::poll(nullptr, 0, 1);
    }
    result.observer_lost = status != 0;
  }

 private:
  Pump::Tap tap(Stream stream) {
    if (feed_.broken()) return nullptr;
    return [this, stream](std::string_view bytes) {
      if (bytes.empty()) {
        feed_.closed(stream);
      } else {
        feed_.bytes(stream, bytes);
      }
    };
  }

  std::array<std::optional<Pump>*, 3> pumps() { return {&input_, &output_, &error_}; }

  void wait(int signals) {
    waiting_.clear();
    for (std::optional<Pump>* pump : pumps()) {
      if (*pump) (*pump)->add_to(waiting_);
    }
    const std::size_t served = waiting_.size();
    if (signals >= 0) waiting_.push_back({signals, POLLIN, 0});
    if (feed_.waiting()) waiting_.push_back({feed_.fd(), POLLOUT, 0});
    if (::poll(waiting_.data(), waiting_.size(), -1) < 0) return;
    const bool feed_ready = feed_.waiting() && waiting_.back().revents != 0;
    waiting_.resize(served);
    for (std::optional<Pump>* pump : pumps()) {
      if (*pump) (*pump)->serve(waiting_);
    }
    if (feed_ready) feed_.flush();
  }

  // All that the child wrote was forwarded, or has no reader any more.
  bool drained() const {
    for (const std::optional<Pump>* pump : {&output_, &error_}) {
      if (*pump && (*pump)->open() && ((*pump)->pending() > 0 || (*pump)->readable())) return false;
    }
    return true;
  }

  // Somebody else still has the child's output: what it writes goes on, and the end of it comes
  // when it comes, while this process exits as the child did.
  void linger() {
    const bool left = output_->open() || (error_ && error_->open());
    if (left && ::fork() == 0) {
      feed_.close();
      for (std::optional<Pump>* pump : pumps()) {
        if (*pump) (*pump)->forget_tap();
      }
      sigset_t none;
      ::sigemptyset(&none);
      ::sigprocmask(SIG_SETMASK, &none, nullptr);
      while (output_->open() || (error_ && error_->open())) wait(-1);
      ::_exit(0);
    }
    output_->close();
    if (error_) error_->close();
  }

  ProxyOptions& options_;
  pid_t observer_;
  FeedWriter feed_;
  std::optional<Pump> input_;
  std::optional<Pump> output_;
  std::optional<Pump> error_;
  std::vector<pollfd> waiting_;
};

}  // namespace

std::variant<ProxyEnd, SpawnError> run_proxy(ProxyOptions options) {
  const SignalState before = SignalState::now();
  // First, for it must not have the child's ends; its signals are as they were.
  Proxy proxy(options, start_observer(options));
  ProxySignals signals;
  std::variant<Child, SpawnError> child =
      spawn_child({.argv = options.argv,
                   .environment = options.environment,
                   .signals = before,
                   .pipe_input = static_cast<bool>(options.input),
                   .pipe_error = static_cast<bool>(options.error)});
  if (auto* wrong = std::get_if<SpawnError>(&child)) {
    ProxyEnd ignored;
    proxy.give_up();
    proxy.finish(ignored);
    before.restore();
    return std::move(*wrong);
  }
  // The client must see the end of what it reads when the child ends it.
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) open_null(fd);
  ProxyEnd result;
  result.child = proxy.run(std::move(std::get<Child>(child)), signals);
  proxy.finish(result);
  return result;
}

ClientEnds own_ends(bool needs_input) {
  const auto copy = [](int fd) { return Fd(::fcntl(fd, F_DUPFD_CLOEXEC, 3)); };
  ClientEnds ends;
  if (needs_input || ::isatty(STDIN_FILENO) == 0) ends.input = copy(STDIN_FILENO);
  ends.output = copy(STDOUT_FILENO);
  if (::isatty(STDERR_FILENO) == 0) ends.error = copy(STDERR_FILENO);
  return ends;
}

}  // namespace codex::harness
