#include "cli/observe_lines.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace codex::cli {
namespace {

using harness::Fd;
using harness::Outlet;

constexpr std::chrono::milliseconds kPatience(500);
constexpr int kNap = 5;  // milliseconds between two looks at a pipe that is half full

Fd copy_of(int fd) { return Fd(::fcntl(fd, F_DUPFD_CLOEXEC, 3)); }

}  // namespace

ObserveLines::ObserveLines(Outlet outlet, std::string name, bool polite,
                           std::optional<Milliseconds> patience)
    : outlet_(std::move(outlet)), name_(std::move(name)), polite_(polite), patience_(patience) {}

harness::Result<ObserveLines> ObserveLines::file(const std::string& path) {
  // Not to wait for the reader of a pipe.
  Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0666));
  if (!fd) {
    return harness::Error{.message = "cannot be written: " + std::generic_category().message(errno),
                          .file = path,
                          .hint = "name a file in a folder that is there"};
  }
  return ObserveLines(Outlet(std::move(fd)), path, false, kPatience);
}

ObserveLines ObserveLines::standard_error(bool beside_codex) {
  return {Outlet(copy_of(STDERR_FILENO)), "stderr", beside_codex, kPatience};
}

ObserveLines ObserveLines::standard_output() {
  return {Outlet(copy_of(STDOUT_FILENO)), "stdout", false, std::nullopt};
}

void ObserveLines::write(std::string_view line) {
  std::string whole = std::exchange(cut_, false) ? "\n" : "";
  whole += line;
  whole += '\n';
  if (write_all(whole)) return;
  if (lost_++ == 0) reason_ = std::generic_category().message(errno);
}

bool ObserveLines::write_all(std::string_view bytes) {
  if (!outlet_) {
    errno = EBADF;
    return false;
  }
  const std::size_t size = bytes.size();
  while (!bytes.empty()) {
    if (!wait_for_room(bytes.size())) return false;
    const ssize_t count = outlet_.write(bytes);
    if (count < 0 && errno == EAGAIN) continue;
    if (count < 0) {
      cut_ = bytes.size() < size;
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

// False, with EAGAIN, when the reader's time is over. It may take a line that fits later on.
bool ObserveLines::wait_for_room(std::size_t bytes) {
  while (true) {
    pollfd ready{outlet_.get(), POLLOUT, 0};
    const bool polite = !polite_ || outlet_.polite_room() >= bytes;
    if (polite && ::poll(&ready, 1, 0) > 0) return true;
    if (patience_ && patience_->count() <= 0) {
      errno = EAGAIN;
      return false;
    }
    if (polite && !patience_) {
      ::poll(&ready, 1, -1);
      continue;
    }
    ::poll(nullptr, 0, kNap);
    if (patience_) *patience_ -= Milliseconds(kNap);
  }
}

}  // namespace codex::cli
