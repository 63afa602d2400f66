#include "harness/peer/main/actuator.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <ctime>
#include <thread>
#include <utility>

namespace codex::harness {
namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;

constexpr nanoseconds kFirstNap = microseconds(20);
// A client that reads comes soon; one that does not for a while may never, and where many sessions
// run at once it is their processor time that is spent on looking.
constexpr nanoseconds kLongestNap = std::chrono::milliseconds(10);

bool is_reader_gone(int fd) {
  pollfd waiting{fd, 0, 0};
  return ::poll(&waiting, 1, 0) > 0 && (waiting.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0;
}

int unread(int fd) {
  int waiting = 0;
  return ::ioctl(fd, FIONREAD, &waiting) == 0 ? waiting : 0;
}

// As long as this, without any of it being read, the peer waits for the client to read stderr.
constexpr std::chrono::milliseconds kStderrPatience{500};
// From the moment that a client has read its stderr, a thread of its own takes to make lines of it
// that the one which sees the end of stdout then quotes (openai_codex/client.py: _stderr_tail).
constexpr std::chrono::milliseconds kStderrSettling{50};

// True when the client has read everything, or never will. What is no pipe counts as read.
bool is_drained(int fd) {
  return unread(fd) == 0 || is_reader_gone(fd);
}

volatile std::sig_atomic_t terminated = 0;

void on_termination(int /*number*/) {
  terminated = 1;
}

// From now on SIGTERM comes only while the process waits with the mask that this returns.
sigset_t hold_back_termination() {
  struct sigaction action {};
  action.sa_handler = on_termination;
  ::sigaction(SIGTERM, &action, nullptr);
  sigset_t only;
  ::sigemptyset(&only);
  ::sigaddset(&only, SIGTERM);
  sigset_t before;
  ::sigprocmask(SIG_BLOCK, &only, &before);
  ::sigdelset(&before, SIGTERM);
  return before;
}

// Dies of the signal, whatever the parent process had ignored or blocked; leaves no core file.
void die_of(int number) {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  std::signal(number, SIG_DFL);
  sigset_t mask;
  ::sigemptyset(&mask);
  ::sigaddset(&mask, number);
  ::sigprocmask(SIG_UNBLOCK, &mask, nullptr);
  ::kill(::getpid(), number);
}

}  // namespace

Actuator::Actuator(int socket, bool is_app_server, Pieces pieces)
    : socket_(socket),
      is_app_server_(is_app_server),
      lines_(socket),
      pieces_(std::move(pieces)) {
  if (is_app_server) waiting_mask_ = hold_back_termination();
}

void Actuator::run() {
  // Naps are shorter than the slack that timers have by default.
  ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
  for (;;) {
    Wait what = Wait::kNothing;
    take_order();
    while (order_ && (what = step()) == Wait::kNothing)
      take_order();
    wait(what);
  }
}

void Actuator::send(const PeerMessage& message) {
  if (!write_line(socket_, to_json(message))) ::_exit(kPeerAbandoned);
}

void Actuator::acknowledge(bool obeyed) {
  order_.reset();
  send({.kind = PeerMessage::Kind::kAck, .obeyed = obeyed});
}

void Actuator::take_order() {
  if (order_ || orders_.empty()) return;
  order_ = std::move(orders_.front());
  orders_.pop_front();
  written_ = 0;
  nap_ = kFirstNap;
  if (order_->kind == Order::Kind::kSleep) {
    const std::chrono::duration<double, std::milli> time(order_->sleep_ms);
    until_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(time);
  }
}

// Goes on with the order as far as it can without waiting.
Actuator::Wait Actuator::step() {
  switch (order_->kind) {
    case Order::Kind::kOut:
      return write_some(STDOUT_FILENO);
    case Order::Kind::kErr:
      return write_some(STDERR_FILENO);
    case Order::Kind::kEof:
      if (!is_stderr_done() || !is_settled()) return Wait::kDrained;
      ::close(STDOUT_FILENO);
      break;
    case Order::Kind::kSleep:
      if (Clock::now() < until_) return Wait::kTime;
      break;
    case Order::Kind::kExit:
    case Order::Kind::kSignal:
      return leave();
    case Order::Kind::kStay:
    case Order::Kind::kUnread:  // is no order to obey: read_orders() has taken it
      break;
  }
  acknowledge(true);
  return Wait::kNothing;
}

bool Actuator::is_output_read() const {
  return unread_ || is_drained(STDOUT_FILENO);
}

Actuator::Wait Actuator::write_some(int fd) {
  const std::string& bytes = order_->bytes;
  if (fd == STDERR_FILENO && written_ == 0) {
    stderr_used_ = true;
    settled_at_.reset();
  }
  while (written_ < bytes.size()) {
    if (unread_ && fd == STDOUT_FILENO) {
      acknowledge(false);
      return Wait::kNothing;
    }
    pollfd waiting{fd, POLLOUT, 0};
    if (::poll(&waiting, 1, 0) == 0) return Wait::kWritable;
    if (fd == STDOUT_FILENO && pieces_.are_cut()) {
      if (written_ > 0 && !is_output_read()) return Wait::kDrained;
      std::this_thread::sleep_for(pieces_.delay());
    }
    // A pipe that is writable takes this much without blocking.
    const std::size_t most = PIPE_BUF;
    const std::size_t size =
        fd == STDOUT_FILENO ? pieces_.next(bytes, written_, most) : std::min(bytes.size() - written_, most);
    const ssize_t put = ::write(fd, bytes.data() + written_, size);
    if (put >= 0) {
      written_ += static_cast<std::size_t>(put);
      nap_ = kFirstNap;
    } else if (errno == EAGAIN) {
      return Wait::kWritable;
    } else if (errno != EINTR) {
      acknowledge(false);
      return Wait::kNothing;
    }
  }
  // Only stdout is paced: stderr may stay unread for as long as the client likes.
  if (fd == STDOUT_FILENO && !is_output_read()) return Wait::kDrained;
  acknowledge(fd != STDOUT_FILENO || !(unread_ || is_reader_gone(fd)));
  return Wait::kNothing;
}

// How much of the end of stderr a client sees would be chance, if it were not waited for. But some
// read it only when the process is gone.
bool Actuator::is_stderr_done() {
  if (is_drained(STDERR_FILENO)) return true;
  const int left = unread(STDERR_FILENO);
  const Clock::time_point now = Clock::now();
  if (left != stderr_left_) {
    stderr_left_ = left;
    stderr_since_ = now;
  }
  return now - stderr_since_ > kStderrPatience;
}

bool Actuator::is_settled() {
  if (!is_app_server_ || !stderr_used_) return true;
  const Clock::time_point now = Clock::now();
  if (!settled_at_) settled_at_ = now + kStderrSettling;
  return now >= *settled_at_;
}

// In the order of a process whose client takes the end of its output for its own: what is written
// to it by then fails, and the last line of stderr has ended, be it a whole one or not.
void Actuator::close_all_but_output() {
  leaving_ = true;
  input_open_ = false;
  ::close(STDIN_FILENO);
  ::close(STDERR_FILENO);
}

Actuator::Wait Actuator::leave() {
  if (!leaving_ && (!is_stderr_done() || !is_output_read())) return Wait::kDrained;
  if (is_app_server_) {
    if (!leaving_) close_all_but_output();
    if (!is_settled()) return Wait::kDrained;
    ::close(STDOUT_FILENO);
  }
  const Order order = *order_;
  acknowledge(true);
  if (order.kind == Order::Kind::kExit) ::_exit(order.number);
  die_of(order.number);
  return Wait::kNothing;  // not every signal kills
}

void Actuator::wait(Wait what) {
  nanoseconds time{-1};
  std::array<pollfd, 3> fds{
      {{socket_, POLLIN, 0}, {input_open_ ? STDIN_FILENO : -1, POLLIN, 0}, {-1, POLLOUT, 0}}};
  if (what == Wait::kWritable) {
    fds[2].fd = order_->kind == Order::Kind::kOut ? STDOUT_FILENO : STDERR_FILENO;
  } else if (what == Wait::kDrained) {
    time = nap_;
    nap_ = std::min(nap_ * 3 / 2, kLongestNap);
  } else if (what == Wait::kTime) {
    time = std::max<nanoseconds>(until_ - Clock::now(), nanoseconds{0});
  }
  const std::time_t seconds = time / std::chrono::seconds(1);
  const timespec limit{seconds, static_cast<long>((time % std::chrono::seconds(1)).count())};
  const int ready = ::ppoll(fds.data(), fds.size(), time.count() < 0 ? nullptr : &limit,
                            waiting_mask_ ? &*waiting_mask_ : nullptr);
  if (terminated != 0) end_terminated();
  if (ready <= 0) return;
  if (fds[1].revents != 0) read_input();
  if (fds[0].revents != 0) read_orders();
}

// The client has closed its end before it sent the signal: what it wrote by then was sent.
void Actuator::end_terminated() {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  while (input_open_ && ::poll(&input, 1, 0) > 0)
    read_input();
  die_of(SIGTERM);
}

void Actuator::read_orders() {
  const bool is_open = lines_.fill();
  while (const std::optional<std::string> line = lines_.next()) {
    std::optional<Order> order = parse_order(*line);
    if (!order) ::_exit(kPeerAbandoned);  // whoever that is, it is no conductor
    if (order->kind == Order::Kind::kUnread) {
      unread_ = true;
    } else {
      orders_.push_back(std::move(*order));
    }
  }
  if (!is_open) ::_exit(kPeerAbandoned);
}

void Actuator::read_input() {
  std::array<char, 64 * 1024> chunk;
  const ssize_t got = ::read(STDIN_FILENO, chunk.data(), chunk.size());
  if (got > 0) {
    input_.append(chunk.data(), static_cast<std::size_t>(got));
    if (is_app_server_) say_lines();
  } else if (got == 0 || (errno != EINTR && errno != EAGAIN)) {
    input_open_ = false;
    send({.kind = PeerMessage::Kind::kStdin, .input = std::move(input_)});
  }
}

void Actuator::say_lines() {
  std::size_t begin = 0;
  for (std::size_t end; (end = input_.find('\n', begin)) != std::string::npos; begin = end + 1) {
    send({.kind = PeerMessage::Kind::kLine, .input = input_.substr(begin, end - begin)});
  }
  input_.erase(0, begin);
}

}  // namespace codex::harness
