#include "harness/proxy/pump.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace codex::harness {

Pump::Pump(Fd from, Fd to, Tap tap)
    : from_(std::move(from)),
      to_(std::move(to)),
      tap_(std::move(tap)),
      buffer_(std::make_unique<char[]>(kPiece)) {}

void Pump::add_to(std::vector<pollfd>& waiting) {
  waits_ = open();
  reads_ = waits_ && from_ && pending() == 0;
  if (!waits_) return;
  place_ = waiting.size();
  // With no event asked for, poll(2) still tells of a reader that has gone.
  const short events = pending() > 0 ? POLLOUT : 0;
  waiting.push_back({to_.get(), events, 0});
  if (reads_) waiting.push_back({from_.get(), POLLIN, 0});
}

void Pump::serve(const std::vector<pollfd>& waiting) {
  if (!waits_ || !open()) return;
  const short there = waiting[place_].revents;
  // A socket or terminal that hangs up has no reader either.
  if ((there & (POLLERR | POLLHUP | POLLNVAL)) != 0) return close();
  if (pending() > 0) {
    if ((there & POLLOUT) != 0) write_some();
  } else if (reads_ && waiting[place_ + 1].revents != 0) {
    read_some();
  }
}

void Pump::read_some() {
  const ssize_t count = ::read(from_.get(), buffer_.get(), kPiece);
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (count <= 0) {
    from_.reset();
    to_.close();
    if (tap_) tap_({});
    return;
  }
  begin_ = 0;
  end_ = static_cast<std::size_t>(count);
  write_some();
  if (tap_) tap_({buffer_.get(), static_cast<std::size_t>(count)});
}

void Pump::write_some() {
  while (pending() > 0) {
    const ssize_t count = to_.write({buffer_.get() + begin_, pending()});
    if (count < 0) {
      if (errno != EAGAIN) close();
      return;
    }
    begin_ += static_cast<std::size_t>(count);
  }
}

bool Pump::readable() const {
  if (!from_) return false;
  pollfd ready{from_.get(), POLLIN, 0};
  return ::poll(&ready, 1, 0) > 0;
}

void Pump::close() {
  from_.reset();
  to_.close();
  begin_ = end_ = 0;
}

}  // namespace codex::harness
