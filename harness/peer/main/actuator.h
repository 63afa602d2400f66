// The hands of a peer: does what its conductor orders, one order after the other, and meanwhile
// reads its stdin and watches whether the conductor is still there.
#ifndef HARNESS_PEER_MAIN_ACTUATOR_H_
#define HARNESS_PEER_MAIN_ACTUATOR_H_

#include <signal.h>

#include <chrono>
#include <deque>
#include <optional>
#include <string>

#include "harness/peer/main/pieces.h"
#include "harness/peer/protocol.h"
#include "harness/subject/fd_json.h"

namespace codex::harness {

class Actuator {
 public:
  // Does not own the socket. As app-server it says each line of its stdin as it comes (and all of
  // them before it dies of SIGTERM), and gives the client time to take in its stderr before it
  // ends. Make it before anyone is told of this process: it is what handles that signal.
  Actuator(int socket, bool is_app_server, Pieces pieces);

  // Leaves the process: as ordered, or with kPeerAbandoned.
  [[noreturn]] void run();

 private:
  using Clock = std::chrono::steady_clock;
  // What the current order waits for.
  enum class Wait { kNothing, kWritable, kDrained, kTime };

  void send(const PeerMessage& message);
  void acknowledge(bool obeyed);
  void take_order();
  Wait step();
  Wait write_some(int fd);
  bool is_stderr_done();
  bool is_settled();
  void close_all_but_output();
  Wait leave();
  void wait(Wait what);
  void read_orders();
  void read_input();
  void say_lines();
  void end_terminated();
  bool is_output_read() const;

  int socket_;
  bool is_app_server_;
  std::optional<sigset_t> waiting_mask_;  // of signals, while it waits
  LineReader lines_;
  std::deque<Order> orders_;  // that have come and were not begun
  bool unread_ = false;       // the client reads no more
  std::string input_;
  bool input_open_ = true;
  std::optional<Order> order_;
  std::size_t written_ = 0;
  Pieces pieces_;
  Clock::time_point until_;         // of a sleep
  std::chrono::nanoseconds nap_;    // between two looks at the pipe
  bool stderr_used_ = false;
  int stderr_left_ = 0;             // bytes of it that the client has not read
  Clock::time_point stderr_since_;  // and since when
  bool leaving_ = false;            // only the output is open
  std::optional<Clock::time_point> settled_at_;
};

}  // namespace codex::harness

#endif  // HARNESS_PEER_MAIN_ACTUATOR_H_
