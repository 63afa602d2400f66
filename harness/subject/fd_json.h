// JSON lines over Unix stream sockets: how this program, its workers and its peers talk.
#ifndef HARNESS_SUBJECT_FD_JSON_H_
#define HARNESS_SUBJECT_FD_JSON_H_

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "codex/telemetry/json.h"
#include "harness/subject/fd.h"

namespace codex::harness {

// Collects lines, and the descriptors that come with them. Does not own the socket.
class LineReader {
 public:
  explicit LineReader(int socket) : socket_(socket) {}

  // Reads once: waits on a blocking socket, and on a non-blocking one comes back with nothing.
  // False when nothing more will come; lines that came before can still be taken.
  bool fill();
  // The next whole line, without its LF.
  std::optional<std::string> next();
  // The next descriptor that came (close-on-exec), in order of arrival; empty where none did.
  Fd take_fd();
  // Bytes that came and were not taken as lines.
  std::size_t pending() const { return buffer_.size() - begin_; }

 private:
  int socket_;
  std::string buffer_;
  std::size_t begin_ = 0;    // of the first line that was not taken
  std::size_t scanned_ = 0;  // no LF before this
  std::deque<Fd> fds_;
};

// All bytes, never a SIGPIPE. False when the other side is gone, or does not take them within
// `timeout_ms` of its last sign of life (negative: it may take for ever). On a non-blocking socket
// too it comes back only when all is written.
bool write_all(int fd, std::string_view bytes, int timeout_ms = -1);

// The value as one line.
bool write_line(int fd, const json::Value& value, int timeout_ms = -1);
// The same, and a descriptor with it (SCM_RIGHTS); the caller keeps its own.
bool write_line_with_fd(int socket, const json::Value& value, int fd_to_send, int timeout_ms = -1);

}  // namespace codex::harness

#endif  // HARNESS_SUBJECT_FD_JSON_H_
