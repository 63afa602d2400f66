#include "line_writer.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <mutex>
#include <ostream>
#include <poll.h>
#include <string_view>
#include <unistd.h>
#include <utility>

#include <sys/stat.h>

namespace codex::telemetry {
namespace {

// While it lives, a write of this thread to a pipe that nobody reads fails with EPIPE and nothing
// more. It needs no handler, which would be the host's business.
class WithoutSigpipe {
 public:
  explicit WithoutSigpipe(bool needed) : needed_(needed) {
    if (!needed_) return;
    sigemptyset(&sigpipe_);
    sigaddset(&sigpipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
    // One that waits already is the host's. None can wait where it was not blocked.
    if (sigismember(&before_, SIGPIPE) == 1) {
      sigset_t waiting;
      sigpending(&waiting);
      was_waiting_ = sigismember(&waiting, SIGPIPE) == 1;
    }
  }
  ~WithoutSigpipe() {
    if (!needed_) return;
    const int error = errno;
    if (error == EPIPE && !was_waiting_) {
      const timespec now{};
      while (sigtimedwait(&sigpipe_, nullptr, &now) == -1 && errno == EINTR) {
      }
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    errno = error;
  }
  WithoutSigpipe(const WithoutSigpipe&) = delete;
  WithoutSigpipe& operator=(const WithoutSigpipe&) = delete;

 private:
  const bool needed_;
  bool was_waiting_ = false;
  sigset_t sigpipe_;
  sigset_t before_;
};

bool has_reader_that_may_go(int fd) {
  struct stat what {};
  return fstat(fd, &what) != 0 || S_ISFIFO(what.st_mode) || S_ISSOCK(what.st_mode);
}

// One mutex a descriptor, more or less: two outputs on one pipe must not mix long lines either.
std::mutex& mutex_of(int fd) {
  static auto* const mutexes = new std::array<std::mutex, 64>;
  return (*mutexes)[static_cast<unsigned>(fd) % mutexes->size()];
}

class DescriptorWriter final : public LineWriter {
 public:
  explicit DescriptorWriter(int fd) : fd_(fd), pipe_(has_reader_that_may_go(fd)) {}

  int write(std::string& line) override {
    line += '\n';
    std::string_view rest = line;
    const std::lock_guard lock(mutex_of(fd_));
    const WithoutSigpipe quiet(pipe_);
    while (!rest.empty()) {
      const ssize_t written = ::write(fd_, rest.data(), rest.size());
      if (written > 0) {
        rest.remove_prefix(static_cast<std::size_t>(written));
      } else if (written == 0) {
        return 1;
      } else if (errno == EAGAIN && rest.size() < line.size()) {
        if (!ready()) return 1;  // the start of a line is out: its end should follow
      } else if (errno != EINTR) {
        return 1;
      }
    }
    return 0;
  }

 private:
  bool ready() const {
    constexpr int kPatience = 100;  // ms
    pollfd wanted{fd_, POLLOUT, 0};
    return poll(&wanted, 1, kPatience) == 1;
  }
  const int fd_;
  const bool pipe_;
};

// Whoever comes while the stream is in use leaves the line to the thread that uses it.
class StreamWriter final : public LineWriter {
 public:
  explicit StreamWriter(std::ostream& stream) : stream_(stream) {}

  int write(std::string& line) override {
    constexpr std::size_t kMostWaiting = 4U << 20;
    line += '\n';
    {
      const std::lock_guard lock(mutex_);
      if (in_use_) {
        if (waiting_.size() + line.size() > kMostWaiting) return 1;
        waiting_ += line;
        ++lines_waiting_;
        return 0;
      }
      in_use_ = true;
    }
    int lost = put(line) ? 0 : 1;
    for (;;) {
      int lines = 0;
      {
        const std::lock_guard lock(mutex_);
        in_use_ = lines_waiting_ != 0;
        if (!in_use_) return lost;
        taken_.clear();
        taken_.swap(waiting_);
        lines = std::exchange(lines_waiting_, 0);
      }
      if (!put(taken_)) lost += lines;
    }
  }

 private:
  bool put(const std::string& text) noexcept {
    try {
      stream_.write(text.data(), static_cast<std::streamsize>(text.size()));
      stream_.flush();
      return stream_.good();
    } catch (...) {  // a stream whose exceptions() are on
      return false;
    }
  }

  std::ostream& stream_;
  std::string taken_;  // of the thread that uses the stream
  std::mutex mutex_;   // guards what follows
  bool in_use_ = false;
  std::string waiting_;
  int lines_waiting_ = 0;
};

class FunctionWriter final : public LineWriter {
 public:
  explicit FunctionWriter(LogSink::Function function) : function_(std::move(function)) {}
  int write(std::string& line) override {
    function_(line);
    return 0;
  }

 private:
  const LogSink::Function function_;
};

}  // namespace

std::unique_ptr<LineWriter> LineWriter::make(LogSink sink) {
  if (const int* fd = std::get_if<int>(&sink.target_)) {
    return std::make_unique<DescriptorWriter>(*fd);
  }
  if (std::ostream** stream = std::get_if<std::ostream*>(&sink.target_)) {
    return std::make_unique<StreamWriter>(**stream);
  }
  return std::make_unique<FunctionWriter>(std::get<LogSink::Function>(std::move(sink.target_)));
}

bool LineWriter::same(const LogSink& a, const LogSink& b) {
  if (a.target_.index() != b.target_.index()) return false;
  if (const auto* one = std::get_if<LogSink::Function>(&a.target_)) {
    using Plain = void (*)(std::string_view);
    const Plain* const left = one->target<Plain>();
    const Plain* const right = std::get<LogSink::Function>(b.target_).target<Plain>();
    return left != nullptr && right != nullptr && *left == *right;
  }
  if (const int* fd = std::get_if<int>(&a.target_)) return *fd == std::get<int>(b.target_);
  return std::get<std::ostream*>(a.target_) == std::get<std::ostream*>(b.target_);
}

}  // namespace codex::telemetry
