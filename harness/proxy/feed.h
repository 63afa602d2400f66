// From the process that forwards to the one that observes: a pipe of frames that is never waited
// for. What the observing side is too slow for waits in memory, up to a limit; what is beyond is
// dropped, counted, and told at its place.
#ifndef HARNESS_PROXY_FEED_H_
#define HARNESS_PROXY_FEED_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "harness/proxy/signals.h"
#include "harness/subject/fd.h"

namespace codex::harness {

enum class Stream : std::uint8_t { kInput, kOutput, kError };
inline constexpr std::size_t kStreams = 3;

// Whoever observes a session as it passes.
class SessionListener {
 public:
  virtual ~SessionListener() = default;
  virtual void started() = 0;
  // As they passed, cut anywhere; the order is the one in which the proxy read them.
  virtual void bytes(Stream stream, std::string_view bytes) = 0;
  // So many bytes are missing here.
  virtual void gap(Stream stream, std::uint64_t bytes) = 0;
  virtual void closed(Stream stream) = 0;
  // `asked`: its client has sent it a signal that ends programs. Nothing follows.
  virtual void ended(const ChildEnd& end, bool asked) = 0;
};

class FeedWriter {
 public:
  static constexpr std::size_t kDefaultLimit = 64U << 20U;

  explicit FeedWriter(Fd pipe, std::size_t limit = kDefaultLimit);

  void started();
  void bytes(Stream stream, std::string_view bytes);
  void closed(Stream stream);
  void ended(const ChildEnd& end, bool asked);

  // Hands over what can be handed over now. Never waits, never fails.
  void flush();
  // Frames wait for room in the pipe; fd() is then to be watched for it.
  bool waiting() const { return !frames_.empty(); }
  int fd() const { return pipe_.get(); }
  // Nobody reads any more.
  bool broken() const { return !pipe_; }
  void close() { pipe_.reset(); }

 private:
  void add(char kind, Stream stream, std::string_view data, bool needed);

  Fd pipe_;
  std::size_t limit_;
  std::deque<std::string> frames_;
  std::size_t written_ = 0;  // of the first
  std::size_t size_ = 0;     // of all
  std::array<std::uint64_t, kStreams> missing_{};
};

// Reads frames until the session has ended, and tells `listener`. False where the writer went
// before: what had come until then was told.
bool read_feed(int pipe, SessionListener& listener);

}  // namespace codex::harness

#endif  // HARNESS_PROXY_FEED_H_
