#include "keyword_scan.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace codex::telemetry {
namespace {

// The three bytes from `at` on are the low ones, whatever the byte order.
std::uint32_t load(const char* at) {
  std::uint32_t bytes;
  std::memcpy(&bytes, at, sizeof bytes);
  if constexpr (std::endian::native == std::endian::big) bytes = __builtin_bswap32(bytes);
  return bytes;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

// How often a character is met in English text and code, roughly.
int commonness(char c) {
  constexpr std::string_view kByFrequency = "zqxjkvbpygfwmucldrhsnioate";
  const auto rank = kByFrequency.find(lower(c));
  return rank == std::string_view::npos ? 12 : static_cast<int>(rank) + 1;
}

bool equal(std::string_view text, std::string_view literal, bool ignore_case) {
  if (!ignore_case) return text == literal;
  return std::equal(text.begin(), text.end(), literal.begin(),
                    [](char a, char b) { return lower(a) == b; });
}

}  // namespace

void KeywordScanner::add(std::string_view literal, bool ignore_case, std::uint32_t keyword) {
  Keyword added{std::string(literal), ignore_case, keyword, 0, 0};
  if (ignore_case) std::transform(literal.begin(), literal.end(), added.literal.begin(), lower);
  int best = 0;
  for (std::size_t offset = 0; offset + 3 <= literal.size(); ++offset) {
    const int score = commonness(literal[offset]) * commonness(literal[offset + 1]) *
                      commonness(literal[offset + 2]);
    if (offset == 0 || score < best) {
      best = score;
      added.offset = offset;
    }
  }
  char bytes[4] = {};
  std::memcpy(bytes, added.literal.data() + added.offset, 3);
  const std::uint32_t bucket = hash(load(bytes));
  added.next = first_[bucket];
  const auto index = static_cast<std::uint32_t>(keywords_.size());
  by_first_byte_[static_cast<unsigned char>(lower(literal.front()))].push_back(index);
  longest_ = std::max(longest_, literal.size());
  keywords_.push_back(std::move(added));
  first_[bucket] = static_cast<std::uint32_t>(keywords_.size());
  present_[bucket] = 1;
}

template <typename OnHit>
bool KeywordScanner::walk(std::string_view text, OnHit on_hit) const {
  const char* const data = text.data();
  std::size_t i = 0;
  // Eight triples a round; the last of them reads up to the eleventh byte.
  for (; i + 11 <= text.size(); i += 8) {
    std::uint32_t buckets[8];
    unsigned any = 0;
    for (std::size_t k = 0; k < 8; ++k) {
      buckets[k] = hash(load(data + i + k));
      any |= present_[buckets[k]];
    }
    if (any == 0) continue;
    for (std::size_t k = 0; k < 8; ++k) {
      if (present_[buckets[k]] != 0 && compare(text, i + k, buckets[k], on_hit)) return true;
    }
  }
  for (; i + 3 <= text.size(); ++i) {
    char bytes[4] = {};
    std::memcpy(bytes, data + i, 3);
    const std::uint32_t bucket = hash(load(bytes));
    if (present_[bucket] != 0 && compare(text, i, bucket, on_hit)) return true;
  }
  return false;
}

template <typename OnHit>
bool KeywordScanner::compare(std::string_view text, std::size_t position, std::uint32_t bucket,
                             OnHit& on_hit) const {
  for (std::uint32_t next = first_[bucket]; next != 0;) {
    const Keyword& keyword = keywords_[next - 1U];
    next = keyword.next;
    if (position < keyword.offset) continue;
    const std::string_view here = text.substr(position - keyword.offset, keyword.literal.size());
    if (here.size() == keyword.literal.size() &&
        equal(here, keyword.literal, keyword.ignore_case) &&
        on_hit(Hit{position - keyword.offset, keyword.keyword})) {
      return true;
    }
  }
  return false;
}

void KeywordScanner::scan(std::string_view text, std::vector<Hit>& hits) const {
  walk(text, [&hits](const Hit& hit) {
    hits.push_back(hit);
    return false;
  });
}

std::size_t KeywordScanner::open_end(std::string_view text) const {
  if (text.size() >= longest_) text.remove_prefix(text.size() - longest_ + 1);
  for (; !text.empty(); text.remove_prefix(1)) {
    for (const std::uint32_t index : by_first_byte_[static_cast<unsigned char>(lower(text[0]))]) {
      const std::string_view literal = keywords_[index].literal;
      if (literal.size() <= text.size()) continue;
      const bool begins =
          std::equal(text.begin(), text.end(), literal.begin(),
                     [](char a, char b) { return lower(a) == lower(b); });
      if (begins) return text.size();
    }
  }
  return 0;
}

bool KeywordScanner::contains_any(std::string_view text) const {
  return walk(text, [](const Hit&) { return true; });
}

}  // namespace codex::telemetry
