// Remembers short texts in which a scrubber has found nothing. Programs tell of the same few texts
// all the time, and comparing with one is cheaper than looking for secrets.
#ifndef CODEX_TELEMETRY_SRC_CLEAN_TEXTS_H_
#define CODEX_TELEMETRY_SRC_CLEAN_TEXTS_H_

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "codex/telemetry/scrub.h"
#include "scrub_names.h"

namespace codex::telemetry {

// Of one thread.
class CleanTexts {
 public:
  // As scrubber->may_hold_secrets(text).
  bool may_hold_secrets(const std::shared_ptr<const Scrubber>& scrubber, std::string_view text) {
    return doubtful(scrubber, text, texts_, [&] { return scrubber->may_hold_secrets(text); });
  }

  // False: the key holds no secret, and does not say that what stands under it is one.
  bool key_may_matter(const std::shared_ptr<const Scrubber>& scrubber, std::string_view key) {
    return doubtful(scrubber, key, keys_, [&] {
      if (!scrubber->may_hold_secrets(key)) return false;
      std::string text(key);
      return key_kind(key) != NameKind::kHarmless || scrubber->scrub(text);
    });
  }

 private:
  static constexpr std::size_t kLongest = 88;
  static constexpr unsigned kPlaceBits = 6;
  struct Known {
    std::size_t size = 0;
    char text[kLongest];
  };
  using Table = std::array<Known, 1U << kPlaceBits>;

  template <typename Look>
  bool doubtful(const std::shared_ptr<const Scrubber>& scrubber, std::string_view text,
                Table& table, const Look& look) {
    if (text.empty() || text.size() > kLongest) return look();
    if (scrubber_ != scrubber) {
      texts_ = {};
      keys_ = {};
      scrubber_ = scrubber;
    }
    Known& known = table[place(text)];
    if (std::string_view(known.text, known.size) == text) return false;
    if (look()) return true;
    known.size = text.copy(known.text, kLongest);
    return false;
  }

  static std::size_t place(std::string_view text) {
    std::uint64_t head = 0, tail = 0;
    if (text.size() < sizeof head) {
      std::memcpy(&head, text.data(), text.size());
    } else {
      std::memcpy(&head, text.data(), sizeof head);
      std::memcpy(&tail, text.data() + text.size() - sizeof tail, sizeof tail);
    }
    const std::uint64_t mixed = (head ^ (tail << 1) ^ text.size()) * 0x9e3779b97f4a7c15U;
    return static_cast<std::size_t>(mixed >> (64 - kPlaceBits));
  }

  std::shared_ptr<const Scrubber> scrubber_;
  Table texts_{};
  Table keys_{};
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_CLEAN_TEXTS_H_
