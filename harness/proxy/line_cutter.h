// Lines of a stream that comes in pieces, and may have holes.
#ifndef HARNESS_PROXY_LINE_CUTTER_H_
#define HARNESS_PROXY_LINE_CUTTER_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace codex::harness {

class LineCutter {
 public:
  // `line(text)` for each line that is whole, its LF included.
  template <typename Line>
  void feed(std::string_view bytes, const Line& line) {
    for (std::size_t end = 0; (end = bytes.find('\n')) != std::string_view::npos;) {
      const std::string_view piece = bytes.substr(0, end + 1);
      bytes.remove_prefix(end + 1);
      if (broken_) {
        broken_ = false;
      } else if (begun_.empty()) {
        line(piece);
      } else {
        begun_ += piece;
        line(std::string_view(begun_));
      }
      begun_.clear();
    }
    if (!broken_) begun_ += bytes;
  }

  // Bytes are missing here: what has begun is no line, nor is what goes on until the next LF.
  void gap() {
    begun_.clear();
    broken_ = true;
  }

  // The end of the stream: what has begun counts as a line, without an LF.
  template <typename Line>
  void end(const Line& line) {
    if (!begun_.empty()) line(std::string_view(begun_));
    begun_.clear();
  }

 private:
  std::string begun_;
  bool broken_ = false;
};

}  // namespace codex::harness

#endif  // HARNESS_PROXY_LINE_CUTTER_H_
