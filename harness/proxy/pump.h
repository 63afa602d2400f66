// One direction of a proxy: what comes out of one descriptor goes into another, as it comes.
//
// Nothing is held back for a line or a size. While the reader is slow nothing more is read, so that
// the writer feels it as if there were no proxy. An end of the source is passed on when all before
// it was written; a reader that has gone is passed on at once, by closing the source.
#ifndef HARNESS_PROXY_PUMP_H_
#define HARNESS_PROXY_PUMP_H_

#include <poll.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "harness/proxy/outlet.h"
#include "harness/subject/fd.h"

namespace codex::harness {

class Pump {
 public:
  // Gets every piece after it went on, or as much of it as the reader took; an empty one for the
  // end of the source.
  using Tap = std::function<void(std::string_view)>;

  // Reads `from` only when poll(2) says so, so it may block.
  Pump(Fd from, Fd to, Tap tap);

  // What to wait for; serve() looks at what came of it.
  void add_to(std::vector<pollfd>& waiting);
  void serve(const std::vector<pollfd>& waiting);

  // Something may still go through.
  bool open() const { return static_cast<bool>(to_); }
  // Read and not written yet.
  std::size_t pending() const { return end_ - begin_; }
  // Is there anything to read right now, be it the end?
  bool readable() const;
  // Both ends, whatever is pending.
  void close();
  void forget_tap() { tap_ = nullptr; }

 private:
  static constexpr std::size_t kPiece = 64U << 10U;

  void read_some();
  void write_some();

  Fd from_;
  Outlet to_;
  Tap tap_;
  std::unique_ptr<char[]> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t place_ = 0;  // in `waiting`, of `to`; `from` follows where it is waited for
  bool waits_ = false;
  bool reads_ = false;
};

}  // namespace codex::harness

#endif  // HARNESS_PROXY_PUMP_H_
