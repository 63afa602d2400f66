// Remembers short texts in which a scrubber has found nothing. Programs log the same few texts all
// the time, and comparing with one is cheaper than looking for secrets.
#ifndef CODEX_TELEMETRY_SRC_CLEAN_TEXTS_H_
#define CODEX_TELEMETRY_SRC_CLEAN_TEXTS_H_

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "codex/telemetry/scrub.h"

namespace codex::telemetry {

// Of one thread.
class CleanTexts {
 public:
  // As scrubber->may_hold_secrets(text).
  bool may_hold_secrets(const std::shared_ptr<const Scrubber>& scrubber, std::string_view text) {
    if (text.size() < sizeof(std::uint64_t) || text.size() > kLongest) {
      return scrubber->may_hold_secrets(text);
    }
    if (scrubber_ != scrubber) {
      known_ = {};
      scrubber_ = scrubber;
    }
    Known& known = known_[place(text)];
    if (std::string_view(known.text, known.size) == text) return false;
    if (scrubber->may_hold_secrets(text)) return true;
    known.size = text.copy(known.text, kLongest);
    return false;
  }

 private:
  static constexpr std::size_t kLongest = 88;
  static constexpr unsigned kPlaceBits = 6;
  struct Known {
    std::size_t size = 0;
    char text[kLongest];
  };

  static std::size_t place(std::string_view text) {
    std::uint64_t head = 0, tail = 0;
    std::memcpy(&head, text.data(), sizeof head);
    std::memcpy(&tail, text.data() + text.size() - sizeof tail, sizeof tail);
    const std::uint64_t mixed = (head ^ (tail << 1) ^ text.size()) * 0x9e3779b97f4a7c15U;
    return static_cast<std::size_t>(mixed >> (64 - kPlaceBits));
  }

  std::shared_ptr<const Scrubber> scrubber_;
  std::array<Known, 1U << kPlaceBits> known_{};
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_CLEAN_TEXTS_H_
