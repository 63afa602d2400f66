// Writing to a descriptor that others hold too, without ever waiting for its reader.
//
// O_NONBLOCK belongs to the open file, so setting it on a stdin or stdout that was inherited would
// change it for whoever gave it. A pipe or a terminal is opened a second time instead, a socket has
// a flag for each call, a file never blocks; of what is none of these no more than PIPE_BUF bytes
// are written at once, when poll(2) says that there is room.
#ifndef HARNESS_PROXY_OUTLET_H_
#define HARNESS_PROXY_OUTLET_H_

#include <sys/types.h>

#include <cstddef>
#include <string_view>

#include "harness/subject/fd.h"

namespace codex::harness {

class Outlet {
 public:
  Outlet() = default;
  explicit Outlet(Fd fd);

  // As write(2), but -1 with EAGAIN where the reader has to come first, and -1 with EPIPE without
  // a SIGPIPE (the process must ignore that signal where this is no socket).
  ssize_t write(std::string_view bytes) const;
  // What poll(2) is asked about; -1 when closed.
  int get() const { return fd_.get(); }
  explicit operator bool() const { return static_cast<bool>(fd_); }
  void close() { fd_.reset(); }
  // Bytes that a pipe takes before its reader must come, half of its size kept free; the largest
  // number for what is no pipe.
  std::size_t polite_room() const;

 private:
  enum class Kind { kFree, kSocket, kCareful };
  Fd fd_;
  Kind kind_ = Kind::kFree;
};

}  // namespace codex::harness

#endif  // HARNESS_PROXY_OUTLET_H_
