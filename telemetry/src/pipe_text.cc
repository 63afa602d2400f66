#include "pipe_text.h"

namespace codex::telemetry {

void TextTail::add(std::string_view bytes) {
  text_.append(bytes);
  // Not on each call, and a character more than is told: where one begins is seen at the end.
  const std::size_t kept = most_ + 4;
  if (text_.size() / 2 > kept) text_.erase(0, text_.size() - kept);
}

std::string_view TextTail::text() const {
  std::string_view tail = text_;
  if (tail.size() <= most_) return tail;
  tail.remove_prefix(tail.size() - most_);
  for (int i = 0; i < 3 && !tail.empty(); ++i) {
    if ((static_cast<unsigned char>(tail.front()) & 0xC0) != 0x80) break;
    tail.remove_prefix(1);
  }
  return tail;
}

}  // namespace codex::telemetry
