#include "harness/proxy/feed.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

namespace codex::harness {
namespace {

// What stands before each frame's data. Both ends are the same program.
struct Header {
  char kind = 0;
  Stream stream = Stream::kInput;
  std::uint32_t size = 0;
};

constexpr char kStarted = 'S';
constexpr char kBytes = 'B';
constexpr char kGap = 'G';
constexpr char kClosed = 'C';
constexpr char kEnded = 'E';

struct End {
  int exit = -1;
  int signal = 0;
  bool asked = false;
};

template <typename T>
std::string_view as_bytes(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

template <typename T>
T from_bytes(std::string_view bytes) {
  T value{};
  std::memcpy(&value, bytes.data(), std::min(bytes.size(), sizeof value));
  return value;
}

// False at the end of the pipe.
bool read_all(int pipe, char* to, std::size_t size) {
  while (size > 0) {
    const ssize_t count = ::read(pipe, to, size);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    to += count;
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

}  // namespace

FeedWriter::FeedWriter(Fd pipe, std::size_t limit) : pipe_(std::move(pipe)), limit_(limit) {
  if (pipe_) set_nonblocking(pipe_.get());
}

void FeedWriter::started() { add(kStarted, Stream::kInput, {}, true); }

void FeedWriter::bytes(Stream stream, std::string_view data) {
  std::uint64_t& missing = missing_[static_cast<std::size_t>(stream)];
  if (size_ + data.size() > limit_) {
    missing += data.size();
    return;
  }
  if (missing > 0) add(kGap, stream, as_bytes(std::exchange(missing, 0)), true);
  add(kBytes, stream, data, false);
}

void FeedWriter::closed(Stream stream) {
  std::uint64_t& missing = missing_[static_cast<std::size_t>(stream)];
  if (missing > 0) add(kGap, stream, as_bytes(std::exchange(missing, 0)), true);
  add(kClosed, stream, {}, true);
}

void FeedWriter::ended(const ChildEnd& end, bool asked) {
  for (std::size_t i = 0; i < kStreams; ++i) {
    if (missing_[i] > 0) {
      add(kGap, static_cast<Stream>(i), as_bytes(std::exchange(missing_[i], 0)), true);
    }
  }
  add(kEnded, Stream::kInput, as_bytes(End{end.exit.value_or(-1), end.signal.value_or(0), asked}),
      true);
}

void FeedWriter::add(char kind, Stream stream, std::string_view data, bool needed) {
  if (!pipe_ || (data.empty() && !needed)) return;
  std::string frame(as_bytes(Header{kind, stream, static_cast<std::uint32_t>(data.size())}));
  frame += data;
  size_ += frame.size();
  frames_.push_back(std::move(frame));
  flush();
}

void FeedWriter::flush() {
  while (pipe_ && !frames_.empty()) {
    const std::string& first = frames_.front();
    const ssize_t count = ::write(pipe_.get(), first.data() + written_, first.size() - written_);
    if (count < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) return;
      pipe_.reset();
      frames_.clear();
      return;
    }
    written_ += static_cast<std::size_t>(count);
    if (written_ < first.size()) continue;
    size_ -= first.size();
    written_ = 0;
    frames_.pop_front();
  }
}

bool read_feed(int pipe, SessionListener& listener) {
  std::vector<char> data;
  Header header;
  while (read_all(pipe, reinterpret_cast<char*>(&header), sizeof header)) {
    data.resize(header.size);
    if (!read_all(pipe, data.data(), data.size())) return false;
    const std::string_view bytes(data.data(), data.size());
    switch (header.kind) {
      case kStarted:
        listener.started();
        break;
      case kBytes:
        listener.bytes(header.stream, bytes);
        break;
      case kGap:
        listener.gap(header.stream, from_bytes<std::uint64_t>(bytes));
        break;
      case kClosed:
        listener.closed(header.stream);
        break;
      case kEnded: {
        const End end = from_bytes<End>(bytes);
        ChildEnd how;
        if (end.signal != 0) {
          how.signal = end.signal;
        } else {
          how.exit = end.exit;
        }
        listener.ended(how, end.asked);
        return true;
      }
      default:
        return false;
    }
  }
  return false;
}

}  // namespace codex::harness
