// Finds many literals in a text at once, at more than a gigabyte a second where there are none.
#ifndef CODEX_TELEMETRY_SRC_KEYWORD_SCAN_H_
#define CODEX_TELEMETRY_SRC_KEYWORD_SCAN_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace codex::telemetry {

// Every literal is known by three of its bytes, the rarest ones; a table of hashes tells which
// triples of the text are worth a comparison.
class KeywordScanner {
 public:
  struct Hit {
    std::size_t position;   // where the literal starts
    std::uint32_t keyword;  // as given to add()
  };

  // A literal of at least three bytes; ignore_case: ASCII letters of either case match.
  void add(std::string_view literal, bool ignore_case, std::uint32_t keyword);
  // Appends all occurrences, also overlapping ones, in no particular order.
  void scan(std::string_view text, std::vector<Hit>& hits) const;
  bool contains_any(std::string_view text) const;
  // The size of the longest end of `text` that is the begin of a literal, and not all of it. Case
  // is ignored.
  std::size_t open_end(std::string_view text) const;

 private:
  static constexpr unsigned kHashBits = 14;
  struct Keyword {
    std::string literal;
    bool ignore_case;
    std::uint32_t keyword;
    std::size_t offset;  // of the three bytes in the literal
    std::uint32_t next;  // 1 + index of the next one with this hash; 0: none
  };

  static std::uint32_t hash(std::uint32_t bytes) {
    // Bit 5 folds the case of letters; what else it folds, the comparison tells apart.
    return ((bytes | 0x202020U) & 0xffffffU) * 0x9e3779b1U >> (32 - kHashBits);
  }
  // Calls `on_hit` for each occurrence until it returns true; whether it did.
  template <typename OnHit>
  bool walk(std::string_view text, OnHit on_hit) const;
  template <typename OnHit>
  bool compare(std::string_view text, std::size_t position, std::uint32_t bucket,
               OnHit& on_hit) const;

  std::array<std::uint8_t, 1U << kHashBits> present_{};
  std::array<std::uint32_t, 1U << kHashBits> first_{};
  std::vector<Keyword> keywords_;
  std::array<std::vector<std::uint32_t>, 256> by_first_byte_;  // of the literals, in lower case
  std::size_t longest_ = 0;
};

}  // namespace codex::telemetry

#endif  // CODEX_TELEMETRY_SRC_KEYWORD_SCAN_H_
