#include "harness/peer/main/pieces.h"

#include <algorithm>

#include "harness/model/utf8.h"

namespace codex::harness {
namespace {

constexpr std::uint64_t kStream = 0;
constexpr std::size_t kMostBits = 13;  // pieces of up to 4096 bytes, small ones as often as large ones
// asyncio names in its error how much it had read of a line that is too long for it
// (asyncio/streams.py, readuntil).
constexpr std::size_t kLongestCut = std::size_t{32} << 10;
constexpr std::size_t kDelayOnceIn = 8;
constexpr std::size_t kLongestDelayUs = 3000;

}  // namespace

Pieces::Pieces(std::optional<std::uint64_t> seed) {
  if (seed) random_.emplace(*seed, kStream);
}

std::size_t Pieces::next(std::string_view bytes, std::size_t from, std::size_t most) {
  const std::size_t left = std::min(bytes.size() - from, most);
  // Where bytes are no UTF-8 Python's errors name their place in what was read at once.
  if (!random_ || bytes.size() > kLongestCut || !is_utf8(bytes)) return left;
  const std::size_t longest = std::size_t{1} << random_->below(kMostBits);
  return std::min(left, 1 + random_->below(longest));
}

std::chrono::nanoseconds Pieces::delay() {
  if (!random_ || !random_->once_in(kDelayOnceIn)) return std::chrono::nanoseconds(0);
  return std::chrono::microseconds(random_->below(kLongestDelayUs));
}

}  // namespace codex::harness
