// What is kept of a pipe's bytes: a line until it is whole, the end of standard error.
#ifndef CODEX_TELEMETRY_SRC_PIPE_TEXT_H_
#define CODEX_TELEMETRY_SRC_PIPE_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace codex::telemetry {

// The reason that an observer gives for a line of which it did not keep all.
inline constexpr std::string_view kLineTooLong = "line too long";

// Cuts bytes at LF. Never keeps more than one line, and of that no more than `max_line`; one that is
// longer is told as soon as it is, and what follows of it is passed over.
class LineCutter {
 public:
  explicit LineCutter(std::size_t max_line) : max_line_(max_line) {}

  // line(std::string_view bytes, bool whole): without its LF; not whole when it was too long.
  template <typename Line>
  void feed(std::string_view bytes, const Line& line) {
    while (!bytes.empty()) {
      const std::size_t end = bytes.find('\n');
      const std::string_view piece = bytes.substr(0, end);
      const bool is_end = end != std::string_view::npos;
      const std::size_t room = max_line_ - buffer_.size();
      if (passing_over_) {
        passing_over_ = !is_end;
      } else if (piece.size() > room) {
        buffer_.append(piece.substr(0, room));
        passing_over_ = !is_end;
        give(line, false);
      } else if (is_end && buffer_.empty()) {
        line(piece, true);
      } else {
        buffer_.append(piece);
        if (is_end) give(line, true);
      }
      if (!is_end) return;
      bytes.remove_prefix(end + 1);
    }
  }
  // What stands there counts as a line.
  template <typename Line>
  void end(const Line& line) {
    passing_over_ = false;
    if (!buffer_.empty()) give(line, true);
  }

 private:
  template <typename Line>
  void give(const Line& line, bool whole) {
    const std::string bytes = std::exchange(buffer_, {});
    line(std::string_view(bytes), whole);
  }

  const std::size_t max_line_;
  std::string buffer_;
  bool passing_over_ = false;
};

class TextTail {
 public:
  explicit TextTail(std::size_t most) : most_(most) {}
  void add(std::string_view bytes);
  // The last bytes, from the begin of a character.
  std::string_view text() const;

 private:
  const std::size_t most_;
  std::string text_;
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_PIPE_TEXT_H_
